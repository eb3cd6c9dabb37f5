package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.Configuration;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.RowCountQuery;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooqoutbox.schema.OutboxTable;

/**
 * One statement of one outbox: written with the generated classes, rendered once, bound anew at each execution. Rendering a claim costs as
 * much as several round trips' client work; and a text that exists already cannot be mapped differently by anybody's settings.
 */
final class Statement {

    private final String sql;
    private final List<String> parameters;

    private Statement(String sql, List<String> parameters) {
        this.sql = sql;
        this.parameters = parameters;
    }

    /** Renders a statement whose every bind value is a named parameter. */
    static Statement render(OutboxMapping mapping, Query query) {
        String prefix = unusedPrefix(mapping.table());
        Settings settings = mapping.renderSettings().withRenderNamedParamPrefix(prefix);
        String named = DSL.using(SQLDialect.POSTGRES, settings).renderNamedParams(query);
        List<String> parameters = new ArrayList<>();
        Matcher matcher = Pattern.compile(Pattern.quote(prefix) + "([a-z_]+)").matcher(named);
        String sql = matcher.replaceAll(match -> {
            parameters.add(match.group(1));
            return "?";
        });
        return new Statement(sql, List.copyOf(parameters));
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
        List<String> all = new ArrayList<>(parameters);
        all.addAll(next.parameters);
        return new Statement(sql + ";\n" + next.sql, List.copyOf(all));
    }

    RowCountQuery query(Configuration configuration, Map<String, Field<?>> values) {
        return DSL.using(configuration).query(sql, inOrder(values));
    }

    /** Every row, whatever the caller's settings say about the number of rows. */
    ResultQuery<Record> resultQuery(Configuration configuration, Map<String, Field<?>> values) {
        return DSL.using(configuration).resultQuery(sql, inOrder(values)).maxRows(Integer.MAX_VALUE);
    }

    private Object[] inOrder(Map<String, Field<?>> values) {
        return parameters.stream().map(values::get).toArray();
    }
}
