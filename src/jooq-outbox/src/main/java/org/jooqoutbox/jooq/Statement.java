package org.jooqoutbox.jooq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.Configuration;
import org.jooq.Context;
import org.jooq.Cursor;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.RowCountQuery;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.CustomQueryPart;
import org.jooq.impl.DSL;
import org.jooqoutbox.schema.OutboxTable;

/**
 * One statement of one outbox: written with the generated classes, rendered once, bound anew at each execution. Rendering a claim costs as
 * much as several round trips' client work; and a text that exists already cannot be mapped differently by anybody's settings.
 */
final class Statement {

    private static final String BOUND = "{0}";
    private static final Field<?>[] NO_FIELDS = {DSL.inline(0)};

    private final List<String> texts;
    private final List<String> parameters;

    /**
     * A statement.
     *
     * @param texts what stands before each parameter, and after the last one
     */
    private Statement(List<String> texts, List<String> parameters) {
        this.texts = List.copyOf(texts);
        this.parameters = List.copyOf(parameters);
    }

    /** Renders a statement whose every bind value is a named parameter. */
    static Statement render(OutboxMapping mapping, Query query) {
        String prefix = unusedPrefix(mapping.table());
        Settings settings = mapping.renderSettings().withRenderNamedParamPrefix(prefix);
        String named = DSL.using(SQLDialect.POSTGRES, settings).renderNamedParams(query);
        List<String> texts = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        Matcher matcher = Pattern.compile(Pattern.quote(prefix) + "([a-z_]+)").matcher(named);
        int end = 0;
        while (matcher.find()) {
            texts.add(named.substring(end, matcher.start()));
            parameters.add(matcher.group(1));
            end = matcher.end();
        }
        texts.add(named.substring(end));
        return new Statement(texts, parameters);
    }

    private static String unusedPrefix(OutboxTable table) {
        StringBuilder prefix = new StringBuilder("@");
        while (table.toString().contains(prefix)) {
            prefix.append('@');
        }
        return prefix.toString();
    }

    /** This statement and then that one, sent at once. They must not give one name to different parameters. */
    Statement then(Statement next) {
        int last = texts.size() - 1;
        List<String> all = new ArrayList<>(texts.subList(0, last));
        all.add(texts.get(last) + ";\n" + next.texts.get(0));
        all.addAll(next.texts.subList(1, next.texts.size()));
        List<String> both = new ArrayList<>(parameters);
        both.addAll(next.parameters);
        return new Statement(all, both);
    }

    RowCountQuery query(Configuration configuration, Map<String, Field<?>> values) {
        return DSL.using(configuration).query(BOUND, new Bound(texts, inOrder(values)));
    }

    /** Every row, whatever the caller's settings say about the number of rows. */
    ResultQuery<Record> resultQuery(Configuration configuration, Map<String, Field<?>> values) {
        return DSL.using(configuration)
                .resultQuery(BOUND, new Bound(texts, inOrder(values)))
                .maxRows(Integer.MAX_VALUE);
    }

    /** Reads an answer. */
    @FunctionalInterface
    interface Reader<R> {

        R read(ResultSet rows) throws SQLException;
    }

    /**
     * Sends it and reads what the driver received: a record of jOOQ's for each row would cost more than all the rest. If it is several statements,
     * the answer to the first that has one is read, and the rows lead to the others.
     */
    <R> R read(Configuration configuration, Map<String, Field<?>> values, Reader<R> reader) {
        try (Cursor<?> cursor =
                resultQuery(configuration, values).coerce(NO_FIELDS).fetchLazy()) {
            return reader.read(cursor.resultSet());
        } catch (SQLException e) {
            throw new DataAccessException("an answer could not be read: " + e.getMessage(), e);
        }
    }

    private Field<?>[] inOrder(Map<String, Field<?>> values) {
        Field<?>[] inOrder = new Field<?>[parameters.size()];
        for (int i = 0; i < inOrder.length; i++) {
            inOrder[i] = Objects.requireNonNull(values.get(parameters.get(i)));
        }
        return inOrder;
    }

    /** The text with its values. jOOQ is spared searching it for places where values belong. */
    private static final class Bound extends CustomQueryPart {

        private static final long serialVersionUID = 1L;

        private final transient List<String> texts;
        private final transient Field<?>[] values;

        Bound(List<String> texts, Field<?>[] values) {
            this.texts = texts;
            this.values = values;
        }

        @Override
        public void accept(Context<?> context) {
            for (int i = 0; i < values.length; i++) {
                context.sql(texts.get(i)).visit(values[i]);
            }
            context.sql(texts.get(values.length));
        }
    }
}
