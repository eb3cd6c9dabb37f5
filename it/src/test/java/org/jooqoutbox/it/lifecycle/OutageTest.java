package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** The database is away, comes and goes, or is not what it should be. */
@Timeout(120)
class OutageTest {

    private static final int REFUSALS = 5;
    private static final int MESSAGES = 2_000;
    private static final int CUTS = 15;
    private static final int DELIVERIES_PER_CUT = 100; // some are not confirmed: their reply was cut

    private final Gauge gauge = new Gauge();

    @Test
    void start_databaseRefusesConnectionsForAWhile_goesOnTryingAndDelivers() throws Exception {
        TestOutbox outbox = TestOutbox.create("refused");
        AtomicInteger refusals = new AtomicInteger(REFUSALS);
        JooqOutboxRepository repository =
                JooqOutboxRepository.of(FaultyDataSource.refusing(refusals, outbox.dataSource()), outbox.table());
        Sender.send(outbox);
        try (Worker worker = Worker.builder(repository)
                .listener(gauge)
                .shortestPoll(Duration.ofMillis(10))
                .longestPoll(Duration.ofMillis(50))
                .handle(Sender.KIND, (payload, message) -> {})
                .build()) {
            worker.start();
            gauge.await(Event.DELIVERED, 1);
            assertThat(gauge.count(Event.CLAIM_FAILED))
                    .isEqualTo(REFUSALS - 1); // one was met by the check of the table
            assertThat(worker.stop().clean()).isTrue();
        }
        assertThat(outbox.rows()).isEmpty();
    }

    @Test
    void start_tableIsNotThere_throwsAndCloseIsHarmless() {
        JooqOutboxRepository nowhere =
                JooqOutboxRepository.of(Postgres.dataSource(), OutboxTable.of("no_such_schema", "outbox"));
        assertThatThrownBy(() -> {
                    try (Worker worker = Worker.builder(nowhere)
                            .handle(Sender.KIND, (payload, message) -> {})
                            .build()) {
                        worker.start();
                    }
                })
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("no_such_schema.outbox")
                .hasNoSuppressedExceptions();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains("no_such_schema"));
    }

    // F35: all connections of the worker are cut again and again, in whatever they are doing.
    @Test
    void delivery_backendsTerminatedAgainAndAgain_losesNothing() throws Exception {
        TestOutbox outbox = TestOutbox.create("terminated");
        Set<UUID> sent = Sender.send(outbox, MESSAGES);
        Set<UUID> handled = ConcurrentHashMap.newKeySet();
        try (HikariDataSource pool = pool("cut");
                Worker worker = Worker.builder(JooqOutboxRepository.of(pool, outbox.table()))
                        .listener(gauge)
                        .batch(20)
                        .settleBatch(20)
                        .lease(Duration.ofSeconds(2))
                        .handlerDeadline(Duration.ofMillis(1500))
                        .shortestPoll(Duration.ofMillis(10))
                        .longestPoll(Duration.ofMillis(50))
                        .handle(Sender.KIND, (payload, message) -> handled.add(message.id()))
                        .build()) {
            worker.start();
            for (int cut = 1; cut <= CUTS; cut++) {
                gauge.await(Event.DELIVERED, cut * DELIVERIES_PER_CUT);
                gauge.await(() -> terminateBackendsOf(outbox, "cut") > 0); // the pool may just be opening all of them
            }
            gauge.await(() -> outbox.rows().isEmpty());
        }
        assertThat(handled).isEqualTo(sent);
        assertThat(gauge.count(Event.CLAIM_FAILED) + gauge.count(Event.SETTLE_FAILED))
                .as("calls that were cut")
                .isPositive();
    }

    private static HikariDataSource pool(String applicationName) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(Postgres.user());
        dataSource.setPassword(Postgres.password());
        dataSource.setApplicationName(applicationName);
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(2);
        return new HikariDataSource(config);
    }

    private static int terminateBackendsOf(TestOutbox outbox, String applicationName) {
        return outbox.dsl()
                .fetchSingle(
                        "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = ?",
                        applicationName)
                .into(int.class);
    }
}
