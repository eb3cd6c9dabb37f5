package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.jooq.JooqOutboxRepository.TransactionCheck;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a scope on which a message would be committed by itself, or never.
 *
 * <p>Auto-commit gives most cases away. A pool that hands out connections with auto-commit off does not: there, a captured outer context gets
 * a connection of its own, whose work nobody commits. It is told apart by where the connection comes from: inside a transaction jOOQ answers
 * with the transaction's one connection, outside with the {@code DataSource}.
 */
final class CallerTransaction {

    private final OutboxTable table;
    private final @Nullable TransactionCheck check;

    CallerTransaction(OutboxTable table, @Nullable TransactionCheck check) {
        this.table = table;
        this.check = check;
    }

    void require(Configuration configuration) {
        requirePostgres(table, configuration);
        ConnectionProvider provider = configuration.connectionProvider();
        if (provider instanceof DataSourceConnectionProvider source) {
            requireTransactionOf(source.dataSource());
        }
        Connection connection = acquire(provider);
        try {
            requireOpen(connection);
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + table + ": the state of the connection could not be read", e);
        } finally {
            provider.release(connection);
        }
        if (configuration.transactionProvider() instanceof ThreadLocalTransactionProvider) {
            requireBoundToThread(provider, connection);
        }
    }

    static void requirePostgres(OutboxTable table, Configuration configuration) {
        if (configuration.family() != SQLDialect.POSTGRES) {
            throw new OutboxException("outbox " + table + ": this Configuration has the SQL dialect "
                    + configuration.dialect() + ", the outbox needs POSTGRES");
        }
    }

    private void requireTransactionOf(DataSource dataSource) {
        if (SpringTransactions.isTransactionAware(dataSource)) {
            if (!SpringTransactions.isTransactionActive(dataSource)) {
                throw none(
                        "Spring has no transaction open on this thread for its DataSource",
                        "Enqueue inside @Transactional, a TransactionTemplate, or dsl.transactionResult(…)");
            }
        } else if (check == null) {
            throw none(
                    "its connections come straight from a "
                            + dataSource.getClass().getName() + ", not from a transaction",
                    "Pass the Configuration that your transaction's lambda received: a DSLContext captured outside of it writes on a"
                            + " connection of its own. If a transaction manager other than jOOQ's or Spring's is at work, give the"
                            + " repository a TransactionCheck");
        } else if (!check.isTransactionActive(dataSource)) {
            throw none("the TransactionCheck says that none is active for its DataSource", "Begin one first");
        }
    }

    private Connection acquire(ConnectionProvider provider) {
        Connection connection = provider.acquire();
        if (connection == null) {
            throw none(
                    "it has no JDBC connection (" + provider.getClass().getSimpleName() + ")",
                    "Pass the Configuration that your transaction's lambda received");
        }
        return connection;
    }

    private void requireOpen(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            throw none(
                    "auto-commit is on",
                    "Pass the Configuration that your transaction's lambda received: a DSLContext captured outside of it commits on its own");
        }
        if (connection.isReadOnly()) {
            throw new OutboxException("outbox " + table
                    + ": the transaction is read-only, so no message can be written. Begin one that may write");
        }
    }

    /** Outside a transaction the thread-local provider asks its pool each time, and gets another connection. */
    private void requireBoundToThread(ConnectionProvider provider, Connection first) {
        Connection second = acquire(provider);
        provider.release(second);
        if (second != first) {
            throw none(
                    "no transaction is bound to this thread",
                    "Enqueue inside dsl.transactionResult(…), on the same thread");
        }
    }

    private NoActiveTransactionException none(String found, String wayOut) {
        return new NoActiveTransactionException(
                "outbox " + table + ": no transaction is open on this Configuration: " + found + ". " + wayOut + ".");
    }
}
