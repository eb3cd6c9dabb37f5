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
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;

/** This library, in one of its forms. */
public enum JooqOutboxSystem implements QueueSystem {

    /** A Worker whose handlers run under a lease: the usual form. */
    LEASED("jooq-outbox, leased", "concurrency as asked for"),
    ;

    private static final OutboxTable TABLE = OutboxTable.of("outbox_bench", "outbox");
    private static final MessageKind<String> KIND = MessageKind.json("bench.event");
    private static final String APPLICATION = "bench-jooq-outbox";

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
        OutboxSchema.install(connections.dataSource(APPLICATION), TABLE);
    }

    @Override
    public List<String> tables() {
        return List.of(TABLE.schema() + "." + TABLE.name());
    }

    @Override
    public long remaining(Connections connections) {
        return DSL.using(connections.dataSource(APPLICATION), SQLDialect.POSTGRES)
                .fetchCount(DSL.table(DSL.name(TABLE.schema(), TABLE.name())));
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

    private static Running start(Connections connections, int threads, Handler handler, DispatchListener listener) {
        // Four callers, and one to spare for the look-ahead.
        HikariDataSource pool = connections.pool(APPLICATION, 5);
        Worker worker = Worker.builder(JooqOutboxRepository.of(pool, TABLE))
                .handle(KIND, (payload, message) -> handler.handle(payload))
                .concurrency(threads)
                .listener(listener)
                .build();
        worker.start();
        return () -> {
            worker.close();
            pool.close();
        };
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
            this.outbox = JooqOutboxRepository.forEnqueue(TABLE);
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
