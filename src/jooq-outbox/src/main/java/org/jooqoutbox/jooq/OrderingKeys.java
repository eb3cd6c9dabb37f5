package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.when;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * What is read from the index on (ordering_key, seq) of pending rows with an ordering key: the head of each key, its row with the smallest seq,
 * by skipping from one key to the next. So a key costs one look into the index, however many messages it has.
 */
final class OrderingKeys {

    private static final Name HEADS = name("heads");
    private static final Name COUNTED = name("counted");
    private static final Field<Integer> COUNTED_SO_FAR = field(name("heads", "counted"), Integer.class);

    /** The columns of {@link #heads}. */
    static final Field<String> KEY = column(OUTBOX.ORDERING_KEY);

    static final Field<UUID> ID = column(OUTBOX.ID);
    static final Field<String> KIND = column(OUTBOX.KIND);
    static final Field<OffsetDateTime> RETRY_AT = column(OUTBOX.RETRY_AT);
    static final Field<Integer> ATTEMPTS = column(OUTBOX.ATTEMPTS);
    static final Field<Integer> UNSETTLED = column(OUTBOX.UNSETTLED);

    private OrderingKeys() {}

    /**
     * The heads, in the order of their keys; for a recursive WITH.
     *
     * @param from where to begin
     * @param counts which heads count
     * @param most after so many that count it ends
     */
    static CommonTableExpression<?> heads(Outbox o, Condition from, Condition counts, Field<Integer> most) {
        Table<?> first = head(o, from, counts).asTable("head");
        Table<?> next = lateral(head(o, o.ORDERING_KEY.gt(KEY), counts)).as("head");
        Field<Integer> one = field(name("head", "counted"), Integer.class);
        return HEADS.fields(Stream.concat(columns(o).map(Field::getUnqualifiedName), Stream.of(COUNTED))
                        .toArray(Name[]::new))
                .as(select(found(o, one))
                        .from(first)
                        .unionAll(select(found(o, COUNTED_SO_FAR.plus(one)))
                                .from(table(HEADS))
                                .crossJoin(next)
                                .where(COUNTED_SO_FAR.lt(most))));
    }

    static Condition isIn(Outbox o) {
        return o.STATUS.eq(inline("pending")).and(o.ORDERING_KEY.isNotNull());
    }

    private static Select<Record> head(Outbox o, Condition where, Condition counts) {
        Field<Integer> one = when(counts, inline(1)).otherwise(inline(0));
        return select(columns(o).toList())
                .select(one.as(COUNTED))
                .from(o)
                .where(isIn(o))
                .and(where)
                .orderBy(o.ORDERING_KEY, o.SEQ)
                .limit(inline(1));
    }

    private static List<SelectField<?>> found(Outbox o, Field<Integer> counted) {
        return Stream.<SelectField<?>>concat(
                        columns(o).map(column -> field(name("head", column.getName()))), Stream.of(counted))
                .toList();
    }

    private static Stream<Field<?>> columns(Outbox o) {
        return Stream.of(o.ORDERING_KEY, o.ID, o.KIND, o.RETRY_AT, o.ATTEMPTS, o.UNSETTLED);
    }

    private static <T> Field<T> column(Field<T> column) {
        return field(name("heads", column.getName()), column.getDataType());
    }
}
