package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.conf.Settings;
import org.jooq.conf.SettingsTools;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.DefaultExecuteListenerProvider;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.schema.OutboxTable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs single statements, each in a short transaction of its own, READ COMMITTED, and never in one of the caller's.
 *
 * <p>Where READ COMMITTED is the database's default, which is asked once, a statement is sent with auto-commit on: one round trip, and nothing
 * is left behind in the session, so that poolers do not matter. Elsewhere a transaction is begun and its isolation level set. A statement that
 * PostgreSQL gave up because of others (40001, 40P01) changed nothing and is sent again.
 */
final class OwnTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(OwnTransactions.class);
    private static final int TRIES = 5;

    private final OutboxTable table;
    private final DataSource dataSource;
    private final Configuration base;
    private volatile Isolation isolation = Isolation.UNKNOWN;

    private enum Isolation {
        UNKNOWN,
        READ_COMMITTED,
        OTHER
    }

    OwnTransactions(OutboxTable table, DataSource dataSource, Configuration base) {
        this.table = table;
        this.dataSource = dataSource;
        // jOOQ's own log would print payloads and error texts.
        Settings settings = SettingsTools.clone(base.settings()).withMaxRows(0).withExecuteLogging(false);
        this.base =
                base.derive(settings).deriveAppending(new DefaultExecuteListenerProvider(new UnpreparedStatements()));
    }

    <R> R run(Function<Configuration, R> statement) {
        for (int tries = 1; ; tries++) {
            try {
                return runOnce(statement);
            } catch (DataAccessException e) {
                if (tries == TRIES || !gaveWay(e)) {
                    throw e;
                }
                isolation = Isolation.UNKNOWN;
            }
        }
    }

    private static boolean gaveWay(DataAccessException e) {
        return e.sqlState().equals("40001") || e.sqlState().equals("40P01");
    }

    private <R> R runOnce(Function<Configuration, R> statement) {
        if (SpringTransactions.isTransactionAware(dataSource) && SpringTransactions.isTransactionActive(dataSource)) {
            throw ambient("Spring has one open on this thread");
        }
        try (Connection connection = dataSource.getConnection()) {
            requireIdle(connection);
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                return isReadCommitted(connection)
                        ? statement.apply(on(connection))
                        : runReadCommitted(connection, statement);
            } finally {
                restore(connection, autoCommit);
            }
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": " + e.getMessage(), e);
        }
    }

    /** What the statement returned or threw counts, even if the connection has broken since; then no state of it matters any more. */
    private static void restore(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            LOG.debug("auto-commit could not be set back to {}", autoCommit, e);
        }
    }

    /** A connection with work in progress belongs to somebody's transaction: turning auto-commit on would commit that work. */
    private void requireIdle(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            throw new OutboxException(
                    "outbox " + table + ": " + connection.getClass().getName()
                            + " does not give access to PostgreSQL's own connection, so that it cannot be seen whether a transaction is open on it."
                            + " Give the repository a DataSource whose connections can be unwrapped");
        }
        if (connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
            throw ambient("the connection that the DataSource handed out is in the middle of one");
        }
    }

    private OutboxException ambient(String found) {
        return new OutboxException("outbox " + table
                + ": this operation needs a transaction of its own and must not join one of the caller's, but " + found
                + ". Call it outside of any transaction, or give the repository a DataSource of its own");
    }

    private boolean isReadCommitted(Connection connection) {
        if (isolation == Isolation.UNKNOWN) {
            Object level =
                    DSL.using(on(connection)).fetchValue("select pg_catalog.current_setting('transaction_isolation')");
            isolation = "read committed".equals(level) ? Isolation.READ_COMMITTED : Isolation.OTHER;
        }
        return isolation == Isolation.READ_COMMITTED;
    }

    private <R> R runReadCommitted(Connection connection, Function<Configuration, R> statement) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Configuration configuration = on(connection);
            DSL.using(configuration).execute("set transaction isolation level read committed");
            R result = statement.apply(configuration);
            connection.commit();
            return result;
        } catch (Throwable e) {
            connection.rollback();
            throw e;
        }
    }

    private Configuration on(Connection connection) {
        return base.derive(new DefaultConnectionProvider(connection));
    }
}
