package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Configuration;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository.TransactionalWork;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Delivery and removal of a message in one transaction: its row is deleted first, then the work is done, then both are committed.
 *
 * Why the row is deleted first. The deletion is fenced as any settlement and locks the row: from then on nobody else can claim it, even if the
 * lease ends while the work is going on; and who comes too late never does the work.
 *
 * Where it may end. Before the commit is sent: the server rolls back, the message is there, its effect is not. After the commit took effect:
 * the message is gone, its effect is there. In between nobody knows here, so the server is asked what became of the transaction, by its id, on
 * another connection, after this one was given back (a pool may have only one). The absence of the row would not prove it: if the transaction was
 * rolled back, and the lease ended, somebody else may have delivered the message by now. Where that cannot be told (the server is still at it, or
 * cannot be reached), the exception of the commit stands, and the fence sees to it that the message is not delivered twice into this database.
 *
 * The connection is in the hands of the user while the work is done. What he gets ends nothing by mistake, and has none of our settings.
 */
final class TransactionalDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionalDelivery.class);
    private static final Duration MAX_IDLE_TIMEOUT = Duration.ofDays(1);

    private final OutboxTable table;
    private final Statements statements;
    private final Configuration callers;
    private final LocalSettings plan = LocalSettings.ofIndexPlanAtFirst();
    private final LocalSettings planReadCommitted = LocalSettings.ofIndexPlanAtFirstReadCommitted();

    /** How a transaction ended; with the lost commit, if nobody knows whether it took effect. */
    private record End(Verdict verdict, @Nullable Exception lostCommit, String transactionId) {}

    TransactionalDelivery(OutboxTable table, Statements statements, Configuration callers) {
        this.table = table;
        this.statements = statements;
        this.callers = callers.deriveAppending(WakeUpListener.INSTANCE);
    }

    Verdict deliver(OwnTransactions own, Message message, Duration idleTimeout, TransactionalWork<Configuration> work)
            throws Exception {
        requireIdleTimeout(idleTimeout);
        Objects.requireNonNull(work, "work");
        End end = own.connections().<End, Exception>use(c -> onConnection(own, c, message, idleTimeout, work));
        if (end.lostCommit() != null && !tookEffect(own, end.transactionId(), end.lostCommit())) {
            throw end.lostCommit();
        }
        return end.verdict();
    }

    private static void requireIdleTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_IDLE_TIMEOUT) > 0) {
            throw new IllegalArgumentException("idleTimeout must be from one millisecond to one day, it is " + timeout);
        }
    }

    private End onConnection(
            OwnTransactions own,
            Connection connection,
            Message message,
            Duration idleTimeout,
            TransactionalWork<Configuration> work)
            throws Exception {
        DeliveryTransaction transaction = new DeliveryTransaction(table, connection);
        try {
            connection.setAutoCommit(true);
            LocalSettings settings = own.isReadCommitted(connection) ? plan : planReadCommitted;
            connection.setAutoCommit(false);
            Optional<String> transactionId =
                    RemovalStatement.send(own.on(settings.on(connection)), statements, message, idleTimeout);
            if (transactionId.isEmpty()) {
                return new End(
                        SettlementBatch.ofMissing(own.on(connection), statements, List.of(message))
                                .get(0),
                        null,
                        "");
            }
            return new End(Verdict.APPLIED, perform(transaction, connection, work), transactionId.get());
        } finally {
            transaction.rollbackUnlessEnded();
        }
    }

    /** Returns null if it was committed, and why that is unknown if it is. */
    private @Nullable Exception perform(
            DeliveryTransaction transaction, Connection connection, TransactionalWork<Configuration> work)
            throws Exception {
        ThrownByWork thrown = new ThrownByWork();
        Configuration configuration = callers.derive()
                .set(new DefaultConnectionProvider(BorrowedConnection.of(connection, table)))
                .set(transaction);
        try {
            DSL.using(configuration).transaction(trx -> thrown.watch(work, trx));
        } catch (RuntimeException | Error e) {
            if (transaction.lostCommit() != null) {
                return transaction.lostCommit();
            }
            if (!transaction.isCommitted()) {
                thrown.rethrow();
                throw e;
            }
            LOG.warn("outbox {}: a TransactionListener threw after a message was delivered and committed", table, e);
        }
        return null;
    }

    private static boolean tookEffect(OwnTransactions own, String transactionId, Exception lostCommit) {
        try {
            Object status = own.run(configuration -> DSL.using(configuration)
                    .fetchValue("select pg_catalog.pg_xact_status({0}::pg_catalog.xid8)", val(transactionId)));
            return "committed".equals(status);
        } catch (RuntimeException e) {
            lostCommit.addSuppressed(e);
            return false;
        }
    }

    /** What the work threw, before jOOQ wraps it. */
    private static final class ThrownByWork {

        private @Nullable Exception exception;
        private @Nullable Error error;

        void watch(TransactionalWork<Configuration> work, Configuration transaction) throws Exception {
            try {
                work.run(transaction);
            } catch (Exception e) {
                exception = e;
                throw e;
            } catch (Error e) {
                error = e;
                throw e;
            }
        }

        void rethrow() throws Exception {
            if (exception != null) {
                throw exception;
            }
            if (error != null) {
                throw error;
            }
        }
    }
}
