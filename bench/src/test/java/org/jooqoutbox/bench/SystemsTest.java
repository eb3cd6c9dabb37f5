package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.bench.systems.JdbcRuler;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SystemsTest {

    private static final int MESSAGES = 2_000;
    private static final int THREADS = 4;
    private static final double PATIENCE_SECONDS = 120;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static Server server;

    static List<QueueSystem> all() {
        return Systems.all();
    }

    @BeforeAll
    static void startServer() {
        server = Server.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void worker_backlog_handlesEachOnce(QueueSystem system) throws Exception {
        DrainTurn turn = drain(system, 1);

        assertThat(turn.drained()).isTrue();
        assertThat(turn.handled()).isEqualTo(MESSAGES);
        assertThat(turn.again()).isZero();
        assertThat(turn.walBytes()).isPositive();
        assertThat(turn.commits()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void ruler_threeWorkers_shareTheBacklog(JdbcRuler.Form form) throws Exception {
        DrainTurn turn = drain(new JdbcRuler(form, 10), 3);

        assertThat(turn.drained()).isTrue();
        assertThat(turn.handled()).isEqualTo(MESSAGES);
        assertThat(turn.again()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void ruler_handlerThrows_endsAndSaysSoWhenItIsClosed(JdbcRuler.Form form) throws Exception {
        QueueSystem ruler = new JdbcRuler(form, 10);
        try (Backlog backlog = backlog(ruler);
                Database database = backlog.copy()) {
            CountDownLatch called = new CountDownLatch(1);
            QueueSystem.Running running = ruler.start(database, THREADS, payload -> {
                called.countDown();
                throw new UnsupportedOperationException("not today");
            });
            called.await();

            assertThatIllegalStateException().isThrownBy(running::close).withStackTraceContaining("not today");
            assertThat(ruler.remaining(database)).isEqualTo(MESSAGES);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void systems_allOfThem_sayWhatTheyAre(QueueSystem system) {
        assertThat(system.title()).isNotBlank();
        assertThat(system.version()).isNotBlank();
        assertThat(system.settings()).isNotBlank();
        assertThat(system.tables()).isNotEmpty().allMatch(table -> table.contains("."));
    }

    @Test
    void titles_ofAll_differ() {
        assertThat(Systems.all().stream().map(QueueSystem::title)).doesNotHaveDuplicates();
    }

    private static DrainTurn drain(QueueSystem system, int workers) throws Exception {
        try (Backlog backlog = backlog(system);
                Database database = backlog.copy()) {
            return DrainTurn.take(
                    server, database, new DrainTurn.Job(system, MESSAGES, workers, THREADS, 0, PATIENCE_SECONDS));
        }
    }

    private static Backlog backlog(QueueSystem system) throws Exception {
        return Backlog.fill(server, system, MESSAGES, "systems_test_" + DATABASES.incrementAndGet());
    }
}
