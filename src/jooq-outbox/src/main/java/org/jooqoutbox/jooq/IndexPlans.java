package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;

/**
 * A connection in auto-commit mode whose statements PostgreSQL may plan once for all their executions, which otherwise costs it much of what a claim itself does. Whether they are prepared on the server at all is for the driver to say, by its {@code prepareThreshold}.
 *
 * <p>A plan that is made while the outbox is empty reads the whole table, for that is the fastest way through an empty one; kept, it reads the
 * whole backlog at each claim after a bulk load. So the planner is left nothing but indexes, and just-in-time compilation, which guesses from the
 * same estimates, is off. These settings go ahead of each statement in the same round trip and are local to its transaction: no session keeps
 * them.
 */
final class IndexPlans extends DefaultConnection {

    private static final Map<String, String> SETTINGS = settings();

    /** For a select: makes the settings. */
    private static final String SET = eachSetting("pg_catalog.set_config('%1$s', '%2$s', true)");

    /** For a select: makes the settings, and notes what they were. */
    static final String SET_AND_NOTE =
            eachSetting("pg_catalog.set_config('jooq_outbox.%1$s', pg_catalog.current_setting('%1$s'), true),"
                    + " pg_catalog.set_config('%1$s', '%2$s', true)");

    /** For a select later in the transaction: what was noted is set again. */
    static final String SET_BACK =
            eachSetting("pg_catalog.set_config('%1$s', pg_catalog.current_setting('jooq_outbox.%1$s'), true)");

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("enable_seqscan", "off");
        settings.put("enable_bitmapscan", "off");
        settings.put("jit", "off");
        settings.put("plan_cache_mode", "force_generic_plan");
        return settings;
    }

    private static String eachSetting(String expression) {
        return SETTINGS.entrySet().stream()
                .map(setting -> String.format(Locale.ROOT, expression, setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", "));
    }

    IndexPlans(Connection connection) {
        super(connection);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return new AfterSettings(super.prepareStatement("select " + SET + ";\n" + sql));
    }

    /** Passes over the answer to the settings. */
    private static final class AfterSettings extends DefaultPreparedStatement {

        AfterSettings(PreparedStatement statement) {
            super(statement);
        }

        @Override
        public boolean execute() throws SQLException {
            super.execute();
            return getMoreResults();
        }
    }
}
