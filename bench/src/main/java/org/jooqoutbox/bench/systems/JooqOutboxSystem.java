package org.jooqoutbox.bench.systems;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jooq.Configuration;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.tools.jdbc.JDBCUtils;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/** This library, in one of its forms. */
public enum JooqOutboxSystem implements QueueSystem {

    /** A Worker whose handlers run under a lease: the usual form. */
    LEASED("jooq-outbox, leased", "concurrency as asked for") {
        @Override
        Running start(HikariDataSource pool, int threads, Handler handler, DispatchListener listener) {
            return started(pool, leased(pool, threads, handler, listener));
        }
    },

    /** The same, with larger claims and settlements. */
    LEASED_1000(
            "jooq-outbox, leased, batch 1000",
            "concurrency as asked for, batch and settleBatch 1,000, maxWaiting 10,000") {
        @Override
        Running start(HikariDataSource pool, int threads, Handler handler, DispatchListener listener) {
            return started(
                    pool,
                    leased(pool, threads, handler, listener)
                            .batch(LARGE)
                            .settleBatch(LARGE)
                            .maxWaiting(10 * LARGE));
        }
    },

    /** A Worker whose handlers run in the transaction that removes their message. */
    TRANSACTIONAL("jooq-outbox, transactional", "concurrency as asked for") {
        @Override
        Running start(HikariDataSource pool, int threads, Handler handler, DispatchListener listener) {
            return started(
                    pool,
                    Worker.builder(JooqOutboxRepository.of(pool, OwnTable.TABLE))
                            .handleInTransaction(KIND, (trx, payload, message) -> handler.handle(payload))
                            .concurrency(threads)
                            .listener(listener));
        }
    },

    /** A Drainer, started anew whenever it has come to its end. */
    DRAINER(
            "jooq-outbox, drainer",
            "concurrency as asked for; started again at once, or after 50 ms if it found nothing") {
        @Override
        Running start(HikariDataSource pool, int threads, Handler handler, DispatchListener listener) {
            Drainer drainer = Drainer.builder(JooqOutboxRepository.of(pool, OwnTable.TABLE))
                    .handle(KIND, (payload, message) -> handler.handle(payload))
                    .concurrency(threads)
                    .listener(listener)
                    .build();
            return PollingLoop.start(APPLICATION, new Passes(drainer, pool), PAUSE_MILLIS);
        }
    };

    private static final MessageKind<String> KIND = MessageKind.json(OwnTable.KIND);
    private static final String APPLICATION = "bench-jooq-outbox";
    private static final int LARGE = 1_000;
    private static final long PAUSE_MILLIS = 50;

    /** Callers, and one to spare for the look-ahead. */
    private static final int CONNECTIONS = 5;

    private final String words;
    private final String settings;

    JooqOutboxSystem(String words, String settings) {
        this.words = words;
        this.settings = settings;
    }

    @Override
    public String title() {
        return words;
    }

    @Override
    public String version() {
        return System.getProperty("bench.version", "unknown");
    }

    @Override
    public String settings() {
        return settings;
    }

    @Override
    public void install(Connections connections) throws SQLException {
        OwnTable.install(connections, APPLICATION);
    }

    @Override
    public List<String> tables() {
        return OwnTable.names();
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return OwnTable.remaining(connections, APPLICATION);
    }

    @Override
    public Sender sender(Connections connections) throws SQLException {
        return new OwnSender(connections.dataSource(APPLICATION).getConnection());
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) {
        return start(connections, threads, handler, new DispatchListener() {});
    }

    @Override
    public Optional<Running> startTelling(
            Connections connections, int threads, Handler handler, Consumer<String> settled) {
        return Optional.of(start(connections, threads, handler, new DispatchListener() {
            @Override
            public void delivered(Message message) {
                settled.accept(message.payload());
            }
        }));
    }

    private Running start(Connections connections, int threads, Handler handler, DispatchListener listener) {
        // One for each handler, too, where it has a transaction.
        int size = CONNECTIONS + (this == TRANSACTIONAL ? threads : 0);
        return start(connections.pool(APPLICATION, size), threads, handler, listener);
    }

    /** Starts it on this pool, which is closed with it. */
    abstract Running start(HikariDataSource pool, int threads, Handler handler, DispatchListener listener);

    private static Worker.Builder<Configuration> leased(
            HikariDataSource pool, int threads, Handler handler, DispatchListener listener) {
        return Worker.builder(JooqOutboxRepository.of(pool, OwnTable.TABLE))
                .handle(KIND, (payload, message) -> handler.handle(payload))
                .concurrency(threads)
                .listener(listener);
    }

    private static Running started(HikariDataSource pool, Worker.Builder<?> builder) {
        Worker worker = builder.build();
        worker.start();
        return () -> {
            worker.close();
            pool.close();
        };
    }

    /** One pass of a Drainer after the other. */
    private record Passes(Drainer drainer, HikariDataSource pool) implements PollingLoop.Work {

        @Override
        public boolean round() {
            return drainer.drain().claimed() > 0;
        }

        @Override
        public void stop(Thread thread) {
            thread.interrupt();
        }

        @Override
        public void close() {
            // What the interrupt was for is over.
            Thread.interrupted();
            pool.close();
        }
    }

    /** Enqueues in a transaction of jOOQ's, and wakes workers of the same process up. */
    private static final class OwnSender implements Sender {

        private final Connection connection;
        private final Configuration configuration;
        private final JooqOutboxRepository outbox;

        OwnSender(Connection connection) {
            this.connection = connection;
            this.configuration =
                    new DefaultConfiguration().set(SQLDialect.POSTGRES).set(connection);
            configuration.setAppending(JooqOutboxRepository.wakeUpAfterCommit());
            this.outbox = JooqOutboxRepository.forEnqueue(OwnTable.TABLE);
        }

        @Override
        public void send(List<String> payloads) {
            List<MessageDraft> drafts = payloads.stream().map(KIND::draft).toList();
            configuration.dsl().transaction(trx -> {
                trx.dsl()
                        .insertInto(DSL.table(DSL.name("public", "business")))
                        .columns(DSL.field(DSL.name("id"), UUID.class), DSL.field(DSL.name("note"), String.class))
                        .values(UUID.randomUUID(), "a booking")
                        .execute();
                outbox.enqueue(trx, drafts);
            });
        }

        @Override
        public void close() {
            JDBCUtils.safeClose(connection);
        }
    }
}
