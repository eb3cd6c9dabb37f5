package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;

/**
 * Settings that are sent ahead of a statement, in the same round trip, and are local to its transaction: no session keeps them. Safe for use by
 * many threads.
 *
 * <p>With {@link #ofIndexPlans} a statement may be planned once for all its executions, which otherwise costs PostgreSQL much of what a claim
 * itself does. Whether it is prepared on the server at all is for the driver to say, by its {@code prepareThreshold}. A plan that is made while the outbox is empty reads the whole table, for that is the fastest way through an empty one; kept, it reads the
 * whole backlog at each claim after a bulk load. So the planner is left nothing but indexes, and just-in-time compilation, which guesses from the
 * same estimates, is off.
 */
final class LocalSettings {

    private static final int MOST_TEXTS = 16;

    /** For a select: makes the settings. */
    static final String SET = "pg_catalog.set_config('enable_seqscan', 'off', true),"
            + " pg_catalog.set_config('enable_bitmapscan', 'off', true), pg_catalog.set_config('jit', 'off', true),"
            + " pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)";

    /** For a select: makes the one that the look-up of a row by its id needs, and notes what it was. */
    private static final String SET_AND_NOTE =
            "pg_catalog.set_config('jooq_outbox.enable_seqscan', pg_catalog.current_setting('enable_seqscan'), true),"
                    + " pg_catalog.set_config('enable_seqscan', 'off', true)";

    /** An expression for the first statement of a transaction: what was noted is set again. */
    static final String SET_BACK =
            "pg_catalog.set_config('enable_seqscan', pg_catalog.current_setting('jooq_outbox.enable_seqscan'), true)";

    private final String first;

    // Taken apart and put together a text is another object each time, of which the driver would compute the hash anew:
    // that takes it longer than
    // to compare it with a few.
    private final List<Text> texts = new CopyOnWriteArrayList<>();

    private record Text(String sql, String withSettings) {}

    private LocalSettings(String first) {
        this.first = first;
    }

    /** For statements in auto-commit mode that are planned once. */
    static LocalSettings ofIndexPlans() {
        return new LocalSettings("select " + SET + ";\n");
    }

    /** The same, which are not to wait longer than this for a lock. */
    static LocalSettings ofIndexPlans(Duration lockTimeout) {
        return new LocalSettings("select " + SET + ", " + ofLockTimeout(lockTimeout) + ";\n");
    }

    /** For statements in auto-commit mode that are not to wait longer than this for a lock. */
    static LocalSettings ofLocks(Duration timeout) {
        return new LocalSettings("select " + ofLockTimeout(timeout) + ";\n");
    }

    private static String ofLockTimeout(Duration timeout) {
        return "pg_catalog.set_config('lock_timeout', '" + timeout.toMillis() + "', true)";
    }

    /**
     * For a statement that finds one row by its id, is planned once, and begins a transaction that goes on after it, on a connection whose
     * transactions are READ COMMITTED: it has to return {@link #SET_BACK}.
     */
    static LocalSettings ofIndexPlanAtFirst() {
        return new LocalSettings("select " + SET_AND_NOTE + ";\n");
    }

    /** The same, where transactions are anything else. */
    static LocalSettings ofIndexPlanAtFirstReadCommitted() {
        return new LocalSettings("set transaction isolation level read committed;\nselect " + SET_AND_NOTE + ";\n");
    }

    /** This connection, for such statements. */
    Connection on(Connection connection) {
        return new Setting(connection);
    }

    private String withSettings(String sql) {
        for (Text text : texts) {
            if (text.sql().equals(sql)) {
                return text.withSettings();
            }
        }
        Text text = new Text(sql, first + sql);
        if (texts.size() < MOST_TEXTS) {
            texts.add(text);
        }
        return text.withSettings();
    }

    private final class Setting extends DefaultConnection {

        Setting(Connection connection) {
            super(connection);
        }

        @Override
        public PreparedStatement prepareStatement(String sql) throws SQLException {
            return new AfterSettings(super.prepareStatement(withSettings(sql)));
        }
    }

    /** Passes over the answers to the settings. */
    private static final class AfterSettings extends DefaultPreparedStatement {

        AfterSettings(PreparedStatement statement) {
            super(statement);
        }

        @Override
        public boolean execute() throws SQLException {
            boolean rows = super.execute();
            return (rows || getMoreResults()) && getMoreResults();
        }

        @Override
        public ResultSet executeQuery() throws SQLException {
            execute();
            return getResultSet();
        }

        @Override
        public int executeUpdate() throws SQLException {
            execute();
            return getUpdateCount();
        }
    }
}
