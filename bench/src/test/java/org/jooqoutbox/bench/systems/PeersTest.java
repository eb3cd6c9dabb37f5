package org.jooqoutbox.bench.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooqoutbox.codegen.ThrowawayPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeersTest {

    private static final long PATIENCE_SECONDS = 60;

    private static ThrowawayPostgres postgres;

    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private TestDatabase database;

    static List<QueueSystem> all() {
        return Peers.all();
    }

    static Stream<QueueSystem> sending() {
        return Peers.all().stream().filter(system -> !(system instanceof JobRunrSystem));
    }

    /** All of them, with retries that one can wait for. */
    static List<QueueSystem> retryingSoon() {
        return List.of(
                new GruelboxSystem(Duration.ofSeconds(1)),
                new NamastackSystem(Map.of("namastack.outbox.retry.exponential.initial-delay", "100ms")),
                new DbSchedulerSystem(Duration.ofMillis(100)),
                new JobRunrSystem());
    }

    @BeforeAll
    static void startPostgres() {
        postgres = ThrowawayPostgres.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void createDatabase() {
        database = new TestDatabase(postgres);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("all")
    void workers_backlogOfAThousand_handleEachOnce(QueueSystem system) throws Exception {
        system.install(database);
        system.fill(database, payloads(0, 1_000).stream());
        assertThat(system.remaining(database)).isEqualTo(1_000);

        try (QueueSystem.Running one = system.start(database, 4, handled::add);
                QueueSystem.Running two = system.start(database, 4, handled::add)) {
            assertThat(one).isNotSameAs(two);
            assertThat(received(1_000)).containsExactlyInAnyOrderElementsOf(payloads(0, 1_000));
        }

        assertThat(handled).as("handled again").isEmpty();
        assertThat(system.remaining(database)).isZero();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("sending")
    void send_workersInTheSameProcess_handEachOverOnce(QueueSystem system) throws Exception {
        system.install(database);

        try (QueueSystem.Running one = system.start(database, 4, handled::add);
                QueueSystem.Running two = system.start(database, 4, handled::add);
                QueueSystem.Sender sender = system.sender(database)) {
            assertThat(one).isNotSameAs(two);
            sender.send(payloads(0, 1));
            sender.send(payloads(1, 100));
            for (int from = 100; from < 1_000; from += 300) {
                sender.send(payloads(from, from + 300));
            }
            assertThat(received(1_000)).containsExactlyInAnyOrderElementsOf(payloads(0, 1_000));
        }

        assertThat(handled).as("handled again").isEmpty();
        assertThat(system.remaining(database)).isZero();
        assertThat(database.count("public.business")).isEqualTo(5);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("sending")
    void send_commitFails_leavesNothing(QueueSystem system) throws Exception {
        system.install(database);

        try (QueueSystem.Sender sender = system.sender(database)) {
            letCommitsFail();
            assertThatThrownBy(() -> sender.send(payloads(0, 10))).hasStackTraceContaining("no booking today");
            assertThat(database.count("public.business")).isZero();
            assertThat(system.tables())
                    .allSatisfy(table -> assertThat(database.count(table)).isZero());

            database.dsl().execute("drop trigger refuse on public.business");
            sender.send(payloads(0, 10));
            assertThat(system.remaining(database)).isEqualTo(10);
            assertThat(database.count("public.business")).isEqualTo(1);
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("retryingSoon")
    void handler_failsAtFirst_isGivenTheMessageAgain(QueueSystem system) throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        system.install(database);
        system.fill(database, payloads(0, 3).stream());

        try (QueueSystem.Running worker = system.start(database, 4, payload -> {
            if (payload.equals(payload(1)) && seen.add(payload)) {
                throw new IllegalStateException("at first");
            }
            handled.add(payload);
        })) {
            assertThat(worker).isNotNull();
            assertThat(received(3)).containsExactlyInAnyOrderElementsOf(payloads(0, 3));
        }

        assertThat(seen).containsExactly(payload(1));
        assertThat(handled).as("handled again").isEmpty();
        assertThat(system.remaining(database)).isZero();
    }

    @Test
    void versionAndSettings_ofEach_areKnown() {
        Map<String, String> versions = new HashMap<>();

        assertThat(Peers.all()).allSatisfy(system -> {
            assertThat(system.version()).matches("\\d+\\.\\d+\\.\\d+");
            assertThat(system.settings()).isNotBlank();
            assertThat(versions.put(system.title(), system.version())).isNull();
        });
    }

    @Test
    void sender_ofJobRunr_saysWhyThereIsNone() {
        assertThatThrownBy(() -> new JobRunrSystem().sender(database))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Pro edition");
    }

    private List<String> received(int count) throws InterruptedException {
        List<String> received = new ArrayList<>();
        while (received.size() < count) {
            String payload = handled.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(payload).as("after %d of %d", received.size(), count).isNotNull();
            received.add(payload);
        }
        return received;
    }

    private void letCommitsFail() {
        database.dsl().execute("""
                create function refuse() returns trigger language plpgsql as $$ begin raise 'no booking today'; end $$""");
        database.dsl().execute("""
                create constraint trigger refuse after insert on public.business
                deferrable initially deferred for each row execute function refuse()""");
    }

    private static List<String> payloads(int from, int to) {
        return IntStream.range(from, to).mapToObj(PeersTest::payload).toList();
    }

    private static String payload(int number) {
        return "{\"number\": " + number + ", \"text\": \"it's »quoted« \\\"so\\\"\"}";
    }
}
