package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hints that something may be due: the first tests in virtual time, the others on real threads. */
@Timeout(60)
class WakeUpTest {

    // Longer than the test may take: without a hint nothing is found in time.
    private static final Duration NEVER = Duration.ofHours(1);

    private final VirtualOutbox outbox = new VirtualOutbox(System::nanoTime);
    private final Recorder recorder = new Recorder(System::nanoTime);
    private Worker worker = worker(b -> b);

    private Worker worker(UnaryOperator<Worker.Builder<Void>> options) {
        return options.apply(Worker.builder(outbox)
                        .handle(Simulation.A, (payload, message) -> {})
                        .lease(NEVER.plusSeconds(1))
                        .shortestPoll(NEVER)
                        .longestPoll(NEVER)
                        .listener(recorder))
                .build();
    }

    @AfterEach
    void stop() {
        worker.stop();
    }

    @Test
    void hint_duringAPause_claimsAtOnce() {
        Simulation sim = Simulation.worker().runTo(Duration.ofSeconds(20));
        int claims = sim.outbox.calls(Op.CLAIM).size();
        sim.outbox.add("a", 1);
        sim.engine.wakeUp();
        sim.runUntil(() -> sim.outbox.calls(Op.CLAIM).size() > claims);
        assertThat(sim.elapsed())
                .isEqualTo(
                        Duration.ofNanos(sim.outbox.calls(Op.CLAIM).get(claims).at()));
        sim.runUntil(() -> sim.report().delivered() == 1);
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(20_010));
    }

    @Test
    void hint_nothingDue_isFollowedByThePausesOfTheBeginning() {
        Simulation sim = Simulation.worker();
        sim.time.after(Duration.ofSeconds(20), sim.engine::wakeUp);
        sim.runTo(Duration.ofSeconds(20));
        int before = sim.outbox.calls(Op.CLAIM).size();
        sim.runTo(Duration.ofSeconds(21));
        assertThat(sim.outbox.calls(Op.CLAIM).size() - before).isBetween(4, 8);
    }

    @Test
    void hints_manyBeforeTheMailIsRead_areOneClaim() {
        Simulation sim = Simulation.worker().runTo(Duration.ofSeconds(20));
        int claims = sim.outbox.calls(Op.CLAIM).size();
        Duration then = sim.elapsed();
        for (int i = 0; i < 1_000; i++) {
            sim.engine.wakeUp();
        }
        sim.runTo(then.plusMillis(10));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(claims + 1);
        sim.engine.wakeUp();
        sim.runTo(then.plusMillis(20));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(claims + 2);
    }

    @Test
    void hint_whileEverythingIsFull_claimsWhenThereIsRoomAndNotBefore() {
        Simulation sim = Simulation.worker(b -> b.batch(5).concurrency(5));
        sim.outbox.add("a", 30);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.runTo(Duration.ofSeconds(1));
        int claims = sim.outbox.calls(Op.CLAIM).size();
        for (int i = 0; i < 100; i++) {
            sim.time.after(Duration.ofMillis(5L * i), sim.engine::wakeUp);
        }
        sim.runTo(Duration.ofMillis(1_900));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(claims);
        assertThat(sim.handlers.most()).isEqualTo(5);
        sim.runFor(Duration.ofSeconds(20));
        assertThat(sim.report().delivered()).isEqualTo(30);
    }

    @Test
    void hint_whileASuspectIsHeld_claimsNothingBesideIt() {
        Simulation sim = Simulation.worker();
        sim.outbox.addOne("a", 1);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.runTo(Duration.ofSeconds(1));
        sim.outbox.add("a", 1);
        sim.engine.wakeUp();
        sim.runFor(Duration.ofSeconds(10));
        assertThat(sim.handlers.violations()).isEmpty();
        assertThat(sim.report().delivered()).isEqualTo(2);
    }

    @Test
    void hint_whileItStops_claimsNothing() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.runTo(Duration.ofSeconds(1));
        int claims = sim.outbox.calls(Op.CLAIM).size();
        sim.engine.requestStop();
        sim.engine.wakeUp();
        sim.run();
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(claims);
        sim.assertAccountedFor();
    }

    @Test
    void worker_isWokenUp_deliversAtOnce() throws Exception {
        worker.start();
        recorder.await(Told.CLAIMED, 1);
        outbox.add("a", 3);
        outbox.wakeUp();
        recorder.await(Told.DELIVERED, 3);
        outbox.add("a", 1);
        outbox.wakeUp();
        recorder.await(Told.DELIVERED, 4);
    }

    @Test
    void worker_stopped_isNotSubscribedAnyMore() throws Exception {
        worker.start();
        recorder.await(Told.CLAIMED, 1);
        assertThat(outbox.subscribers()).isEqualTo(1);
        worker.stop();
        assertThat(outbox.subscribers()).isZero();
    }

    @Test
    void worker_withoutWakeUps_neverSubscribes() throws Exception {
        worker = worker(Worker.Builder::withoutWakeUps);
        outbox.onWakeUpThrows(new IllegalStateException("nobody was to ask"));
        worker.start();
        recorder.await(Told.CLAIMED, 1);
        assertThat(outbox.subscribers()).isZero();
    }

    @Test
    void drainer_neverSubscribes() {
        outbox.add("a", 3);
        outbox.onWakeUpThrows(new IllegalStateException("nobody was to ask"));
        Drainer drainer = Drainer.builder(outbox)
                .handle(
                        Simulation.A,
                        (payload, message) -> assertThat(outbox.subscribers()).isZero())
                .build();
        assertThat(drainer.drain().delivered()).isEqualTo(3);
    }

    @Test
    void onWakeUp_throws_isNoError() throws Exception {
        outbox.onWakeUpThrows(new IllegalStateException("not here"));
        outbox.add("a", 3);
        worker.start();
        recorder.await(Told.DELIVERED, 3);
        assertThat(worker.stop().clean()).isTrue();
        assertThat(recorder.count(Told.CLAIM_FAILED)).isZero();
    }
}
