package org.jooqoutbox.bench.systems;

import com.zaxxer.hikari.HikariDataSource;
import io.namastack.outbox.Outbox;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Namastack Outbox by its starter for JDBC: each worker and each sender is a Spring application of its own. Messages have no key, as they are
 * in no order; the library then gives each one of its own. So no message has to wait for an earlier one that failed, and to look for such is
 * spared.
 */
final class NamastackSystem implements QueueSystem {

    private static final String APPLICATION = "bench-namastack";
    private static final int BATCH = 5_000;
    private static final String POLLING = "25ms";

    /** As in its own performance tests, up to 32 threads. */
    private static final int CONNECTIONS = 30;

    private final Map<String, Object> more;

    NamastackSystem() {
        this(Map.of());
    }

    /** @param more properties beside those in {@link #settings()} */
    NamastackSystem(Map<String, Object> more) {
        this.more = more;
    }

    @Override
    public String title() {
        return "Namastack Outbox";
    }

    @Override
    public String version() {
        return PeerVersions.of("namastack");
    }

    @Override
    public String settings() {
        return """
                batch-size %,d, fixed polling every %s, executor pool as threads asked for, at most %d connections, stop-on-first-failure off, \
                delete-completed-records, rebalance and heartbeat every second, no event multicaster, \
                payload as it is""".formatted(BATCH, POLLING, CONNECTIONS);
    }

    @Override
    public void install(Connections connections) {
        // The tables are created by its starter.
        try (ConfigurableApplicationContext context = NamastackContext.ofSender(
                connections.dataSource(APPLICATION), Map.of(NamastackContext.CREATE_TABLES, true))) {
            context.getBean(Outbox.class);
        }
    }

    @Override
    public List<String> tables() {
        return List.of("public.outbox_record");
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return Counted.rows(connections.dataSource(APPLICATION), "public.outbox_record where status = 'NEW'");
    }

    @Override
    public Sender sender(Connections connections) throws SQLException {
        return new OutboxSender(new SingleConnectionDataSource(
                connections.dataSource(APPLICATION).getConnection(), true));
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) {
        HikariDataSource pool = connections.pool(APPLICATION, Math.min(threads + 2, CONNECTIONS));
        ConfigurableApplicationContext context = NamastackContext.ofWorker(pool, properties(threads), handler);
        return () -> {
            context.close();
            pool.close();
        };
    }

    private Map<String, Object> properties(int threads) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "namastack.outbox.polling.batch-size",
                BATCH,
                "namastack.outbox.polling.fixed.interval",
                POLLING,
                "namastack.outbox.processing.executor-core-pool-size",
                threads,
                "namastack.outbox.processing.executor-max-pool-size",
                threads,
                "namastack.outbox.processing.delete-completed-records",
                true,
                "namastack.outbox.processing.stop-on-first-failure",
                false,
                "namastack.outbox.instance.rebalance-interval",
                "1s",
                "namastack.outbox.instance.heartbeat-interval",
                "1s",
                "namastack.outbox.instance.stale-instance-timeout",
                "10s"));
        properties.putAll(more);
        return properties;
    }

    private static final class OutboxSender implements Sender {

        private final SingleConnectionDataSource connection;
        private final ConfigurableApplicationContext context;
        private final TransactionTemplate transactions;
        private final JdbcTemplate jdbc;
        private final Outbox outbox;

        OutboxSender(SingleConnectionDataSource connection) {
            this.connection = connection;
            this.context = NamastackContext.ofSender(connection, Map.of());
            this.transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            this.jdbc = new JdbcTemplate(connection);
            this.outbox = context.getBean(Outbox.class);
        }

        @Override
        public void send(List<String> payloads) {
            transactions.executeWithoutResult(status -> {
                jdbc.update(Business.INSERT, UUID.randomUUID(), Business.NOTE);
                payloads.forEach(outbox::schedule);
            });
        }

        @Override
        public void close() {
            context.close();
            connection.destroy();
        }
    }
}
