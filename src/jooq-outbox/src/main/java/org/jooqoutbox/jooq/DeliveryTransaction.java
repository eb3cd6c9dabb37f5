package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.Deque;
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
    private final Deque<Savepoint> savepoints = new ArrayDeque<>();
    private boolean entered;
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

    void rollbackUnlessEnded() {
        if (!committed && !rolledBack) {
            rolledBack = true;
            OwnConnections.rollback(connection);
        }
    }

    @Override
    public void begin(TransactionContext context) {
        if (!entered) {
            entered = true;
            return;
        }
        try {
            savepoints.push(connection.setSavepoint());
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": no savepoint for a nested transaction", e);
        }
    }

    @Override
    public void commit(TransactionContext context) {
        if (savepoints.isEmpty()) {
            commit();
        } else {
            release(savepoints.getFirst());
            savepoints.pop();
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
            requireOpen(connection.unwrap(BaseConnection.class).getTransactionState());
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

    @Override
    public void rollback(TransactionContext context) {
        if (savepoints.isEmpty()) {
            rollbackUnlessEnded();
            return;
        }
        try {
            connection.rollback(savepoints.pop());
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": a nested transaction could not be rolled back", e);
        }
    }
}
