package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.IdentityHashMap;
import java.util.Objects;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The transaction that delivers one message, as jOOQ sees it. It has begun already: the outermost of jOOQ's transactions ends it, those nested
 * in that one are savepoints. For one thread.
 */
final class DeliveryTransaction implements TransactionProvider {

    private final OutboxTable table;
    private final Connection connection;
    private final IdentityHashMap<TransactionContext, Savepoint> savepoints = new IdentityHashMap<>();
    private @Nullable TransactionContext outermost;
    private boolean committed;
    private boolean rolledBack;
    private @Nullable Exception lostCommit;

    DeliveryTransaction(OutboxTable table, Connection connection) {
        this.table = table;
        this.connection = connection;
    }

    boolean isCommitted() {
        return committed;
    }

    /** What the commit threw: whether it took effect is unknown. */
    @Nullable
    Exception lostCommit() {
        return lostCommit;
    }

    /** Whatever is open is rolled back: the transaction, or one that somebody's listener began after it. */
    void rollbackUnlessEnded() {
        rolledBack = rolledBack || !committed;
        if (!isIdle()) {
            OwnConnections.rollback(connection);
        }
    }

    private boolean isIdle() {
        try {
            return state() == TransactionState.IDLE;
        } catch (SQLException e) {
            return false;
        }
    }

    private TransactionState state() throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState();
    }

    @Override
    public void begin(TransactionContext context) {
        if (outermost == null) {
            outermost = context;
            return;
        }
        try {
            savepoints.put(context, connection.setSavepoint());
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": no savepoint for a nested transaction", e);
        }
    }

    @Override
    public void commit(TransactionContext context) {
        if (context == outermost) {
            commit();
        } else {
            release(Objects.requireNonNull(savepoints.get(context)));
            savepoints.remove(context);
        }
    }

    /** Fails if a statement failed and its exception was swallowed. jOOQ rolls back to the savepoint then. */
    private void release(Savepoint savepoint) {
        try {
            connection.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": a nested transaction could not be committed", e);
        }
    }

    private void commit() {
        try {
            requireOpen(rolledBack ? TransactionState.IDLE : state());
            connection.commit();
            committed = true;
        } catch (OutboxException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            lostCommit = e;
            throw new DataAccessException("outbox " + table + ": commit", e);
        }
    }

    /** PostgreSQL answers a commit of a failed transaction by rolling back, and the driver returns as if all were well. */
    private void requireOpen(TransactionState state) {
        if (state == TransactionState.FAILED) {
            throw new OutboxException("outbox " + table
                    + ": the message was not delivered, because a statement of its handler failed, and the"
                    + " handler went on without throwing: PostgreSQL can only roll such a transaction back. Let the exception through,"
                    + " or run a statement that may fail in a nested transaction: trx.dsl().transaction(…)");
        }
        if (state == TransactionState.IDLE) {
            throw new OutboxException("outbox " + table
                    + ": the handler ended the transaction in which its message is removed, by a statement"
                    + " of its own. It is committed when the handler returns, and rolled back when it throws");
        }
    }

    // jOOQ rolls back a level of which the beginning failed, too. It has no savepoint, and the one before it is not its
    // own.
    @Override
    public void rollback(TransactionContext context) {
        Savepoint savepoint = savepoints.remove(context);
        if (context == outermost || outermost == null) {
            rollbackUnlessEnded();
        } else if (savepoint != null) {
            rollbackTo(savepoint);
        }
    }

    private void rollbackTo(Savepoint savepoint) {
        try {
            connection.rollback(savepoint);
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": a nested transaction could not be rolled back", e);
        }
    }
}
