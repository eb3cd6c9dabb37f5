package org.jooqoutbox.it.wakeup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Processes that tell each other by NOTIFY. The other process is a plain connection here, which knows the channel and nothing else. */
class NotificationTest {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final TestOutbox OUTBOX = TestOutbox.create("notifications");
    private static final TestOutbox OTHER = TestOutbox.create("notifications_other");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final String application = "notifications-" + COUNT.incrementAndGet();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notificationOfAnotherProcess_wakesSubscribers(boolean autoCommit) throws Exception {
        HikariDataSource pool = pool(autoCommit, 3);
        Calls calls = new Calls();
        subscribe(notified(pool, OUTBOX.table()), calls);
        calls.awaitAtLeast(1);
        RawListener.send(OUTBOX.table());
        calls.awaitAtLeast(2);
    }

    @Test
    void commit_notifiesOtherProcesses() throws Exception {
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        commit(producerContext(pool(true, 3)), OUTBOX.table());
        assertThat(elsewhere.awaitNext(OUTBOX.table())).isEqualTo(1);
    }

    @Test
    void wakeUp_notifiesOtherProcesses() throws Exception {
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        notified(pool(true, 3), OUTBOX.table()).wakeUp();
        elsewhere.awaitNext(OUTBOX.table());
    }

    @Test
    void rollback_notifiesNobody() throws Exception {
        HikariDataSource pool = pool(true, 3);
        DSLContext dsl = producerContext(pool);
        RawListener elsewhere = opened(new RawListener(OUTBOX.table(), OTHER.table()));
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    producer(pool, OUTBOX.table()).enqueue(trx, KIND.draft("1"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        commit(dsl, OTHER.table());
        elsewhere.awaitNext(OTHER.table());
        assertThat(elsewhere.count(OUTBOX.table())).isZero();
    }

    @Test
    void withoutNotifications_nobodyIsNotified() throws Exception {
        HikariDataSource pool = pool(true, 3);
        RawListener elsewhere = opened(new RawListener(OUTBOX.table(), OTHER.table()));
        producerContext(pool).transaction(trx -> {
            JooqOutboxRepository.forEnqueue(OUTBOX.table()).enqueue(trx, KIND.draft("1"));
        });
        commit(producerContext(pool), OTHER.table());
        elsewhere.awaitNext(OTHER.table());
        assertThat(elsewhere.count(OUTBOX.table())).isZero();
    }

    // It has called its subscribers already.
    @Test
    void ownNotification_isNotHeard() throws Exception {
        HikariDataSource pool = pool(true, 4);
        Calls calls = new Calls();
        Calls otherCalls = new Calls();
        subscribe(notified(pool, OUTBOX.table()), calls);
        subscribe(notified(pool, OTHER.table()), otherCalls);
        calls.awaitAtLeast(1);
        otherCalls.awaitAtLeast(1);
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        commit(producerContext(pool), OUTBOX.table());
        elsewhere.awaitNext(OUTBOX.table());
        sendAndAwait(OTHER.table(), otherCalls);
        sendAndAwait(OTHER.table(), otherCalls);
        assertThat(calls.count()).isEqualTo(2);
    }

    /** The sender ends when it has sent everything. */
    private static void awaitAllSent(RawListener elsewhere) throws SQLException {
        until(() -> threads("jooq-outbox-notify") == 0);
        elsewhere.drain(Duration.ofMillis(500));
    }

    private static void sendAndAwait(OutboxTable table, Calls calls) throws Exception {
        int before = calls.count();
        RawListener.send(table);
        calls.awaitAtLeast(before + 1);
    }

    @Test
    void thousandCommits_areFewNotifications_andTheLastIsToldOf() throws Exception {
        HikariDataSource pool = pool(true, 6);
        DSLContext dsl = producerContext(pool);
        WatchedDataSource sending = new WatchedDataSource(pool, 0);
        JooqOutboxRepository one = producer(sending.dataSource(), OUTBOX.table());
        RawListener elsewhere = opened(new RawListener(OUTBOX.table(), OTHER.table()));
        long start = System.nanoTime();
        inParallel(
                4,
                250,
                () -> dsl.transaction(trx -> {
                    one.enqueue(trx, KIND.draft("1"));
                }));
        long tenMillis = (System.nanoTime() - start) / 10_000_000;
        awaitAllSent(elsewhere);
        assertThat(elsewhere.count(OUTBOX.table())).isBetween(1, (int) tenMillis + 2);
        assertThat(sending.asked()).isEqualTo(elsewhere.count(OUTBOX.table()));
        one.wakeUp();
        elsewhere.awaitNext(OUTBOX.table());
    }

    @Test
    void wakeUps_withoutAPause_areAtMostOneNotificationInTenMilliseconds() throws Exception {
        JooqOutboxRepository outbox = producer(pool(true, 3), OUTBOX.table());
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(2)) {
            outbox.wakeUp();
        }
        long tenMillis = (System.nanoTime() - start) / 10_000_000;
        awaitAllSent(elsewhere);
        assertThat(elsewhere.count(OUTBOX.table())).isBetween(2, (int) tenMillis + 2);
    }

    @Test
    void commit_withSeveralOutboxes_notifiesEach() throws Exception {
        HikariDataSource pool = pool(true, 3);
        RawListener elsewhere = opened(new RawListener(OUTBOX.table(), OTHER.table()));
        producerContext(pool).transaction(trx -> {
            producer(pool, OUTBOX.table()).enqueue(trx, KIND.draft("1"));
            producer(pool, OTHER.table()).enqueue(trx, KIND.draft("1"));
        });
        awaitAllSent(elsewhere);
        assertThat(elsewhere.count(OUTBOX.table())).isEqualTo(1);
        assertThat(elsewhere.count(OTHER.table())).isEqualTo(1);
    }

    @Test
    void manyOutboxes_areListenedForOnOneConnection() throws Exception {
        HikariDataSource pool = pool(true, 3);
        List<OutboxTable> tables = new ArrayList<>();
        List<Calls> calls = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            tables.add(OutboxTable.of("notifications_tenant_" + i, "outbox"));
            calls.add(new Calls());
            subscribe(notified(pool, tables.get(i)), calls.get(i));
        }
        for (Calls each : calls) {
            each.awaitAtLeast(1);
        }
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
        until(() -> threads("jooq-outbox-listen") == 1);
        RawListener.send(tables.get(1100));
        calls.get(1100).awaitAtLeast(2);
        assertThat(calls.get(1099).count()).isEqualTo(1);
    }

    @Test
    void subscriptions_thatComeAndGo_areListenedForAsLongAsTheyAreThere() throws Exception {
        HikariDataSource pool = pool(true, 3);
        Calls first = new Calls();
        Calls second = new Calls();
        subscribe(notified(pool, OUTBOX.table()), first);
        first.awaitAtLeast(1);
        Subscription later = subscribe(notified(pool, OTHER.table()), second);
        Calls third = new Calls();
        Subscription again = subscribe(notified(pool, OTHER.table()), third);
        second.awaitAtLeast(1);
        later.close();
        later.close();
        int secondBefore = second.count();
        sendAndAwait(OTHER.table(), third);
        sendAndAwait(OTHER.table(), third);
        again.close();
        until(() -> lastQuery().equals("unlisten " + OTHER.table().notificationChannel()));
        assertThat(second.count()).isEqualTo(secondBefore);
        RawListener.send(OUTBOX.table());
        first.awaitAtLeast(2);
    }

    @Test
    void brokenConnection_isReplaced_andWhatMayHaveBeenMissedIsLookedFor() throws Exception {
        HikariDataSource pool = pool(true, 3);
        Calls calls = new Calls();
        subscribe(notified(pool, OUTBOX.table()), calls);
        calls.awaitAtLeast(1);
        assertThat(OUTBOX.dsl()
                        .fetchValue(
                                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = {0}"
                                        + " and query like 'listen jo\\_%'",
                                DSL.val(application)))
                .isEqualTo(true);
        calls.awaitAtLeast(2);
        RawListener.send(OUTBOX.table());
        calls.awaitAtLeast(3);
    }

    // Without a question nobody would ever find out.
    @Test
    void connectionThatTheNetworkForgot_isReplaced() throws Exception {
        Network network = opened(new Network(Postgres.port()));
        PGSimpleDataSource through = new PGSimpleDataSource();
        through.setUrl(Postgres.jdbcUrl().replace(":" + Postgres.port(), ":" + network.port()));
        through.setUser(Postgres.user());
        through.setPassword(Postgres.password());
        Calls calls = new Calls();
        subscribe(
                JooqOutboxRepository.builder(OUTBOX.table())
                        .notifyThrough(Postgres.dataSource())
                        .listenThrough(through)
                        .build(),
                calls);
        calls.awaitAtLeast(1);
        network.forgetConnections();
        calls.awaitAtLeast(2);
        RawListener.send(OUTBOX.table());
        calls.awaitAtLeast(3);
    }

    @Test
    void databaseThatCannotBeReached_isTriedAgain() throws Exception {
        HikariDataSource pool = pool(true, 3);
        WatchedDataSource refusing = new WatchedDataSource(pool, 2);
        Calls calls = new Calls();
        CapturedLog log = opened(new CapturedLog());
        subscribe(
                JooqOutboxRepository.builder(OUTBOX.table())
                        .dataSource(pool)
                        .notifications()
                        .listenThrough(refusing.dataSource())
                        .build(),
                calls);
        calls.awaitAtLeast(1);
        assertThat(refusing.asked()).isEqualTo(3);
        assertThat(log.text()).containsOnlyOnce("WARN").contains("nothing is listened to until there is a connection");
    }

    @Test
    void poolerInTransactionMode_isFoundOut_andTheConnectionGivenBack() throws Exception {
        TransactionModePooler pooler = opened(new TransactionModePooler(Postgres.dataSource()));
        Calls calls = new Calls();
        CapturedLog log = opened(new CapturedLog());
        Subscription subscription = subscribe(
                JooqOutboxRepository.builder(OUTBOX.table())
                        .dataSource(pooler.dataSource())
                        .notifications()
                        .build(),
                calls);
        log.await("pooler in transaction mode");
        assertThat(log.text())
                .containsOnlyOnce("WARN")
                .contains("did not arrive", "listenThrough(dataSource)", "dispatchers poll");
        until(() -> pooler.open() == 0);
        assertThat(pooler.opened()).isEqualTo(2);
        assertThat(calls.count()).isZero();
        subscription.close();
        until(() -> threads("jooq-outbox-listen") == 0);
    }

    @Test
    void poolerInTransactionMode_withAnotherDataSourceThatGoesPastIt_works() throws Exception {
        TransactionModePooler pooler = opened(new TransactionModePooler(Postgres.dataSource()));
        Calls calls = new Calls();
        JooqOutboxRepository outbox = JooqOutboxRepository.builder(OUTBOX.table())
                .dataSource(pooler.dataSource())
                .notifications()
                .listenThrough(Postgres.dataSource())
                .build();
        subscribe(outbox, calls);
        calls.awaitAtLeast(1);
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        outbox.wakeUp();
        elsewhere.awaitNext(OUTBOX.table());
        RawListener.send(OUTBOX.table());
        calls.awaitAtLeast(3);
    }

    @Test
    void poolOfOne_isFoundOut_andItsConnectionGivenBack() throws Exception {
        HikariDataSource pool = pool(true, 1);
        CapturedLog log = opened(new CapturedLog());
        subscribe(notified(pool, OUTBOX.table()), new Calls());
        log.await("It takes a second connection");
        until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
    }

    @Test
    void lastSubscriptionClosed_endsThread_andGivesTheConnectionBackAsItCame() throws Exception {
        HikariDataSource pool = pool(false, 2);
        Calls calls = new Calls();
        List<Subscription> subscriptions = List.of(
                subscribe(notified(pool, OUTBOX.table()), calls), subscribe(notified(pool, OTHER.table()), calls));
        calls.awaitAtLeast(2);
        subscriptions.forEach(Subscription::close);
        until(() -> threads("jooq-outbox-listen") == 0);
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        try (Connection one = pool.getConnection();
                Connection two = pool.getConnection()) {
            assertListensToNothing(one);
            assertListensToNothing(two);
        }
    }

    @Test
    void sender_withNothingToSend_endsAndBeginsAgain() throws Exception {
        HikariDataSource pool = pool(true, 3);
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        commit(producerContext(pool), OUTBOX.table());
        elsewhere.awaitNext(OUTBOX.table());
        until(() -> threads("jooq-outbox-notify") == 0);
        commit(producerContext(pool), OUTBOX.table());
        elsewhere.awaitNext(OUTBOX.table());
    }

    @Test
    void notificationThatCannotBeSent_isLoggedOnce_andHarmsNoCommit() throws Exception {
        HikariDataSource pool = pool(true, 3);
        DSLContext dsl = producerContext(pool);
        WatchedDataSource refusing = new WatchedDataSource(pool, 2);
        JooqOutboxRepository outbox = producer(refusing.dataSource(), OUTBOX.table());
        RawListener elsewhere = opened(new RawListener(OUTBOX.table()));
        CapturedLog log = opened(new CapturedLog());
        int before = OUTBOX.rows().size();
        int commits = 0;
        while (refusing.asked() <= 2) {
            dsl.transaction(trx -> {
                outbox.enqueue(trx, KIND.draft("1"));
            });
            commits++;
        }
        elsewhere.awaitNext(OUTBOX.table());
        assertThat(OUTBOX.rows()).hasSize(before + commits);
        assertThat(log.text()).containsOnlyOnce("WARN").contains("find what is due at their next poll");
    }

    @Test
    void notifications_withoutDataSource_areRefused() {
        assertThatThrownBy(() -> JooqOutboxRepository.builder(OUTBOX.table())
                        .notifications()
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("notifyThrough(dataSource)");
    }

    private static JooqOutboxRepository notified(HikariDataSource pool, OutboxTable table) {
        return JooqOutboxRepository.builder(table)
                .dataSource(pool)
                .notifications()
                .build();
    }

    private static JooqOutboxRepository producer(DataSource pool, OutboxTable table) {
        return JooqOutboxRepository.builder(table).notifyThrough(pool).build();
    }

    private static DSLContext producerContext(HikariDataSource pool) {
        return DSL.using(new DefaultConfiguration()
                .set(new DataSourceConnectionProvider(pool))
                .set(SQLDialect.POSTGRES)
                .set(JooqOutboxRepository.wakeUpAfterCommit()));
    }

    private static void commit(DSLContext dsl, OutboxTable table) {
        JooqOutboxRepository outbox = producer(Postgres.dataSource(), table);
        dsl.transaction(trx -> {
            outbox.enqueue(trx, KIND.draft("1"));
        });
    }

    private HikariDataSource pool(boolean autoCommit, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(Postgres.jdbcUrl());
        config.setUsername(Postgres.user());
        config.setPassword(Postgres.password());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setAutoCommit(autoCommit);
        config.setConnectionTimeout(2000);
        config.addDataSourceProperty("ApplicationName", application);
        return opened(new HikariDataSource(config));
    }

    private Subscription subscribe(JooqOutboxRepository outbox, Calls calls) {
        return opened(outbox.onWakeUp(calls));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    /** What the connection that listens was last asked. */
    private String lastQuery() {
        return String.valueOf(OUTBOX.dsl()
                .fetchValue(
                        "select max(query) from pg_stat_activity where application_name = {0} and query like '%listen jo\\_%'",
                        DSL.val(application)));
    }

    private static void assertListensToNothing(Connection connection) throws SQLException {
        assertThat(connection.getAutoCommit()).isFalse();
        assertThat(connection.getNetworkTimeout()).isZero();
        try (Statement statement = connection.createStatement();
                ResultSet channels = statement.executeQuery("select pg_listening_channels()")) {
            assertThat(channels.next()).isFalse();
        }
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    private static void inParallel(int threads, int times, Runnable what) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(executor.submit(() -> {
                    for (int n = 0; n < times; n++) {
                        what.run();
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get(BOUND.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** Asks again and again until it is so; each question is a round trip to the server. */
    private static void until(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > BOUND.toNanos()) {
                throw new AssertionError("not so within " + BOUND);
            }
            OUTBOX.dsl().selectOne().fetch();
        }
    }
}
