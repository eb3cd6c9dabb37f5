package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
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

    private static Server server;
    private static DrainBacklogs backlogs;

    static List<QueueSystem> all() {
        return Systems.all();
    }

    /** That each of the others hands a message over once is a matter of PeersTest. */
    static Stream<QueueSystem> onOwnTableAndOneOfEachOther() {
        return Systems.all().stream()
                .filter(system -> !Systems.peers().contains(system) || system == Systems.fastestPeer());
    }

    @BeforeAll
    static void startServer() {
        server = Server.start();
        backlogs = new DrainBacklogs(server);
    }

    @AfterAll
    static void stopServer() {
        backlogs.close();
        server.close();
    }

    @ParameterizedTest
    @MethodSource("onOwnTableAndOneOfEachOther")
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
        try (Database database = backlog(ruler).copy()) {
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
    void backlogs_ofRulerAndLibrary_areOne() throws Exception {
        assertThat(backlog(Systems.ours())).isSameAs(backlog(Systems.rulerOf(Systems.ours())));
        assertThat(backlog(Systems.goPort())).isNotSameAs(backlog(Systems.ours()));
    }

    @Test
    void fill_backlogThatIsThere_isReplaced() throws Exception {
        backlogs.fill(Systems.goPort(), 10);

        assertThat(backlogs.of(Systems.goPort()).messages()).isEqualTo(10);

        backlogs.fill(Systems.goPort(), MESSAGES);
    }

    @Test
    void peers_ofSystems_areFoundAmongAll() {
        assertThat(Systems.all()).containsAll(Systems.peers()).contains(Systems.fastestPeer());
    }

    @Test
    void titles_ofAll_differ() {
        assertThat(Systems.all().stream().map(QueueSystem::title)).doesNotHaveDuplicates();
    }

    private static DrainTurn drain(QueueSystem system, int workers) throws Exception {
        try (Database database = backlog(system).copy()) {
            return DrainTurn.take(
                    server, database, new DrainTurn.Job(system, MESSAGES, workers, THREADS, 0, PATIENCE_SECONDS));
        }
    }

    private static Backlog backlog(QueueSystem system) throws Exception {
        if (!backlogs.has(system)) {
            backlogs.fill(system, MESSAGES);
        }
        return backlogs.of(system);
    }
}
