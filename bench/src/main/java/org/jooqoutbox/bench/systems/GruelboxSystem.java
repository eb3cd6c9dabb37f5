package org.jooqoutbox.bench.systems;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * gruelbox/transaction-outbox on plain JDBC.
 *
 * <p>A message is a call of {@link Event}. If a worker of this system runs in the sender's process, it gets the message right after the commit,
 * which is what that library is built for; its flushing then only mops up. If none runs there, nobody is told, and the message is left for
 * flushing, which finds it a second later: it cannot be due at once, as an entry has to lie in the future when it is written.
 */
final class GruelboxSystem implements QueueSystem {

    /** How its tables and sessions are called. */
    static final String APPLICATION = "bench-gruelbox";

    // It tells its version. Held here, or its level would be forgotten.
    private static final Logger VALIDATOR = Logger.getLogger("org.hibernate.validator");

    static {
        VALIDATOR.setLevel(Level.WARNING);
    }

    private static final Duration BACKLOG_DUE_AFTER = Duration.ofSeconds(1);

    private final Neighbours<GruelboxWorker> neighbours = new Neighbours<>();
    private final Duration attemptFrequency;

    GruelboxSystem() {
        this(Duration.ofSeconds(30));
    }

    /** @param attemptFrequency when what has failed is tried again, and what did not fit into a worker's queue is looked at again */
    GruelboxSystem(Duration attemptFrequency) {
        this.attemptFrequency = attemptFrequency;
    }

    @Override
    public String title() {
        return "gruelbox transaction-outbox";
    }

    @Override
    public String version() {
        return PeerVersions.of("gruelbox");
    }

    @Override
    public String settings() {
        return """
                executor and connections as threads asked for, queue of %,d; flush in a loop, %,d at once (its default), which waits while the \
                queue is full, pause of %d ms when nothing is due; attemptFrequency %d s; handed to a worker of the same process after the \
                commit, else due after %d s; serializeMdc off""".formatted(
                        GruelboxWorker.QUEUE,
                        GruelboxWorker.FLUSH_BATCH,
                        GruelboxWorker.PAUSE.toMillis(),
                        attemptFrequency.toSeconds(),
                        BACKLOG_DUE_AFTER.toSeconds());
    }

    @Override
    public void install(Connections connections) {
        TransactionManager transactions = TransactionManager.fromDataSource(connections.dataSource(APPLICATION));
        outbox(transactions, attemptFrequency)
                .submitter((entry, processor) -> {})
                .build();
    }

    @Override
    public List<String> tables() {
        return List.of("public.txno_outbox");
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return Counted.rows(
                connections.dataSource(APPLICATION), "public.txno_outbox where not blocked and not processed");
    }

    @Override
    public Sender sender(Connections connections) throws SQLException {
        return new GruelboxSender(connections);
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) {
        // Its transactions hold a connection while the handler runs, and one flushes.
        HikariDataSource pool = connections.pool(APPLICATION, threads + 1);
        GruelboxWorker worker = new GruelboxWorker(pool, threads, attemptFrequency, handler);
        neighbours.add(connections, worker);
        return () -> {
            neighbours.remove(connections, worker);
            worker.close();
            pool.close();
        };
    }

    /** What senders and workers have in common. */
    static TransactionOutbox.TransactionOutboxBuilder outbox(
            TransactionManager transactions, Duration attemptFrequency) {
        return TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .attemptFrequency(attemptFrequency)
                .serializeMdc(false);
    }

    /** A message is a call of this. */
    interface Event {

        void handle(String payload) throws Exception;
    }

    private final class GruelboxSender implements Sender {

        private final Connections connections;
        private final SingleConnectionDataSource connection;
        private final TransactionManager transactions;
        private final TransactionOutbox handingOver;
        private final TransactionOutbox leaving;

        GruelboxSender(Connections connections) throws SQLException {
            this.connections = connections;
            this.connection = new SingleConnectionDataSource(
                    connections.dataSource(APPLICATION).getConnection(), true);
            this.transactions = TransactionManager.fromDataSource(connection);
            Submitter neighbour =
                    (entry, processor) -> neighbours.next(connections).ifPresent(worker -> worker.offer(entry));
            this.handingOver =
                    outbox(transactions, attemptFrequency).submitter(neighbour).build();
            this.leaving = outbox(transactions, BACKLOG_DUE_AFTER)
                    .submitter((entry, processor) -> {})
                    .build();
        }

        @Override
        public void send(List<String> payloads) throws Exception {
            TransactionOutbox outbox = neighbours.next(connections).isPresent() ? handingOver : leaving;
            transactions.inTransactionThrows(transaction -> {
                Business.insert(transaction.connection());
                Event event = outbox.schedule(Event.class);
                for (String payload : payloads) {
                    event.handle(payload);
                }
            });
        }

        @Override
        public void close() {
            connection.destroy();
        }
    }
}
