package org.jooqoutbox.jooq;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.Converters;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.impl.AbstractBinding;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a bind value to the JDBC driver, and its type to the statement's text. jOOQ would cast it once more, and write an array out as a text of
 * PostgreSQL's; the driver sends most of them as they are in memory. Not for R2DBC, which has no arrays of this kind.
 */
final class DriverBinding extends AbstractBinding<Object, Object> {

    private static final long serialVersionUID = 1L;

    private static final DataType<Object> UUIDS = type("uuid");
    private static final DataType<Object> INTEGERS = type("int4");
    private static final DataType<Object> LONGS = type("int8");
    private static final DataType<Object> TEXTS = type("text");
    private static final DataType<Object> TIMES = type("timestamptz");

    private final String elementType;

    private DriverBinding(String elementType) {
        this.elementType = elementType;
    }

    /**
     * The type of such values, none of them null.
     *
     * @param elementType what PostgreSQL calls the elements of those that are arrays
     */
    static DataType<Object> type(String elementType) {
        // Of one that may be null jOOQ makes, for each value that is not, another one that may not.
        return SQLDataType.OTHER
                .asConvertedDataType(new DriverBinding(elementType))
                .notNull();
    }

    /** A value that is no array, and not null. */
    static Field<?> value(Object value) {
        return DSL.val(value, TEXTS);
    }

    static Field<?> uuids(Stream<UUID> elements) {
        return array(elements.toArray(UUID[]::new), UUIDS);
    }

    static Field<?> integers(Stream<Integer> elements) {
        return array(elements.toArray(Integer[]::new), INTEGERS);
    }

    static Field<?> longs(Stream<@Nullable Long> elements) {
        return array(elements.toArray(Long[]::new), LONGS);
    }

    static Field<?> texts(Stream<@Nullable String> elements) {
        return array(elements.toArray(String[]::new), TEXTS);
    }

    static Field<?> times(Stream<@Nullable OffsetDateTime> elements) {
        return array(elements.toArray(OffsetDateTime[]::new), TIMES);
    }

    private static Field<?> array(@Nullable Object[] elements, DataType<Object> type) {
        return DSL.val((Object) elements, type);
    }

    @Override
    public Converter<Object, Object> converter() {
        return Converters.identity(Object.class);
    }

    /** Where the caller's settings want no bind values at all, jOOQ writes it. */
    @Override
    protected void sqlInline(BindingSQLContext<Object> context) {
        context.render().visit(DSL.inline(context.value()));
    }

    @Override
    public void set(BindingSetStatementContext<Object> context) throws SQLException {
        PreparedStatement statement = context.statement();
        if (context.value() instanceof Object[] elements) {
            statement.setArray(context.index(), statement.getConnection().createArrayOf(elementType, elements));
        } else {
            statement.setObject(context.index(), context.value());
        }
    }

    @Override
    public void get(BindingGetResultSetContext<Object> context) throws SQLException {
        throw new SQLFeatureNotSupportedException("for bind values only");
    }
}
