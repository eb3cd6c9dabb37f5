package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jooqoutbox.OutboxException;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections for transactions of our own: never one that is in the middle of one of the caller's, and given back as it came. */
final class OwnConnections {

    private static final Logger LOG = LoggerFactory.getLogger(OwnConnections.class);

    private final String outbox;
    private final DataSource dataSource;

    OwnConnections(String outbox, DataSource dataSource) {
        this.outbox = outbox;
        this.dataSource = dataSource;
    }

    /** What is done with a connection. It leaves no transaction open. */
    interface Use<R, X extends Exception> {
        R on(Connection connection) throws SQLException, X;
    }

    /** What was returned or thrown counts, even if the connection has broken since; then no state of it matters any more. */
    <R, X extends Exception> R use(Use<R, X> use) throws SQLException, X {
        if (SpringTransactions.isTransactionAware(dataSource) && SpringTransactions.isTransactionActive(dataSource)) {
            throw ambient("Spring has one open on this thread");
        }
        Connection connection = dataSource.getConnection();
        try {
            requireIdle(connection);
            boolean autoCommit = connection.getAutoCommit();
            try {
                return use.on(connection);
            } finally {
                quietly("auto-commit could not be set back", () -> connection.setAutoCommit(autoCommit));
            }
        } finally {
            quietly("a connection could not be given back", connection::close);
        }
    }

    /** Rolls back. A connection that cannot is ended: setting its auto-commit back would commit what is open on it. */
    static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a transaction could not be rolled back", e);
            quietly("a connection could not be ended", () -> connection.abort(Runnable::run));
        }
    }

    /** A connection with work in progress belongs to somebody's transaction: turning auto-commit on would commit that work. */
    private void requireIdle(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            throw new OutboxException(
                    "outbox " + outbox + ": " + connection.getClass().getName()
                            + " does not give access to PostgreSQL's own connection, so that it cannot be seen whether a transaction is open on it."
                            + " Give the repository a DataSource whose connections can be unwrapped");
        }
        if (connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
            throw ambient("the connection that the DataSource handed out is in the middle of one");
        }
    }

    private OutboxException ambient(String found) {
        return new OutboxException("outbox " + outbox
                + ": this operation needs a transaction of its own and must not join one of the caller's, but " + found
                + ". Call it outside of any transaction, or give the repository a DataSource of its own");
    }

    private interface Action {
        void run() throws SQLException;
    }

    private static void quietly(String failure, Action action) {
        try {
            action.run();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("{}", failure, e);
        }
    }
}
