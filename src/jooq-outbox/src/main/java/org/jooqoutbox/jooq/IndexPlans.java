package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;

/**
 * A connection in auto-commit mode whose statements PostgreSQL may plan once for all their executions, which is otherwise half of what a claim of
 * a hundred messages costs it. Whether they are prepared on the server at all is for the driver to say, by its {@code prepareThreshold}.
 *
 * <p>A plan that is made while the outbox is empty reads the whole table, for that is the fastest way through an empty one; kept, it reads the
 * whole backlog at each claim after a bulk load. So the planner is left nothing but indexes, and just-in-time compilation, which guesses from the
 * same estimates, is off. These settings go ahead of each statement in the same round trip and are local to its transaction: no session keeps
 * them.
 */
final class IndexPlans extends DefaultConnection {

    private static final String SETTINGS = "select pg_catalog.set_config('enable_seqscan', 'off', true),"
            + " pg_catalog.set_config('enable_bitmapscan', 'off', true), pg_catalog.set_config('jit', 'off', true),"
            + " pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true);\n";

    IndexPlans(Connection connection) {
        super(connection);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return new AfterSettings(super.prepareStatement(SETTINGS + sql));
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
