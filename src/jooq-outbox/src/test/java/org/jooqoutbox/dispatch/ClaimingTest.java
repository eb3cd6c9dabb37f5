package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Call;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

class ClaimingTest {

    private static ClaimRequest request(Call call) {
        return (ClaimRequest) call.arguments().get(0);
    }

    // U9: one failure does not end the pass; 500 are due, 500 are handled.
    @Test
    void drain_oneHandlerFails_handlesAllTheOthers() {
        Simulation sim = Simulation.drainer(b -> b.batch(50), Duration.ofMinutes(10));
        List<UUID> ids = sim.outbox.add("a", 500);
        sim.handlers.script(
                m -> m.id().equals(ids.get(6)) ? fails(Duration.ofMillis(1)) : delivers(Duration.ofMillis(1)));
        sim.run();
        assertThat(sim.report().delivered()).isEqualTo(499);
        assertThat(sim.report().failed()).isEqualTo(1);
        assertThat(sim.core.drained()).isTrue();
        assertThat(sim.outbox.row(ids.get(6)).failures).isEqualTo(1);
    }

    // U10: failures do not slow down the catching-up.
    @Test
    void backlog_oneFailurePerBatch_isWorkedOffWithoutPolling() {
        Simulation sim = Simulation.worker(b -> b.batch(50));
        sim.outbox.add("a", 2000);
        sim.handlers.script(
                m -> m.id().getLeastSignificantBits() % 50 == 0 ? fails(Duration.ZERO) : delivers(Duration.ZERO));
        sim.runUntil(() -> sim.report().delivered() == 1960);
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void claim_emptyOutbox_backsOffToTheLongestPoll() {
        Simulation sim = Simulation.worker().runFor(Duration.ofSeconds(20));
        List<Duration> times = sim.callTimes(Op.CLAIM);
        assertThat(times.get(0)).isZero();
        Duration expected = Duration.ofMillis(50);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i).minus(times.get(i - 1)))
                    .as("pause %d", i)
                    .isBetween(expected.dividedBy(2), expected);
            expected = Duration.ofMillis(Math.min(1000, expected.toMillis() * 2));
        }
        assertThat(times).hasSizeBetween(22, 45);
    }

    @Test
    void claim_somethingClaimed_pollsQuicklyAgain() {
        Simulation sim = Simulation.worker().runTo(Duration.ofSeconds(20));
        sim.outbox.add("a", 1);
        sim.runUntil(() -> sim.report().delivered() == 1);
        int before = sim.outbox.calls(Op.CLAIM).size();
        Duration then = sim.elapsed();
        sim.runUntil(() -> sim.outbox.calls(Op.CLAIM).size() == before + 2);
        assertThat(sim.elapsed().minus(then)).isLessThan(Duration.ofMillis(160));
    }

    @Test
    void claim_fullBatch_isRepeatedAsSoonAsThereIsRoom() {
        Simulation sim = Simulation.worker(b -> b.batch(20).concurrency(5));
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.runUntil(() -> sim.report().delivered() == 100);
        assertThat(sim.elapsed()).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(41));
        assertThat(sim.handlers.most()).isEqualTo(5);
        assertThat(sim.outbox.calls(Op.CLAIM)).allMatch(call -> call.size() <= 20);
    }

    @Test
    void claim_messagesWaiting_takesOnlyWhatFitsTheBatch() {
        Simulation sim = Simulation.worker(b -> b.batch(20).concurrency(5));
        sim.outbox.add("a", 1000);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.runTo(Duration.ofSeconds(30));
        // 20 at first, five of them started; after that whenever fewer than five wait
        assertThat(sim.outbox.calls(Op.CLAIM).stream().map(Call::size)).startsWith(20, 20, 20);
        assertThat(sim.outbox.rows().stream().filter(r -> r.attempts > 0).count()
                        + sim.report().delivered())
                .isLessThanOrEqualTo(sim.report().delivered() + 25);
    }

    @Test
    void claim_batchSmallerThanConcurrency_fillsAllHandlers() {
        Simulation sim = Simulation.worker(b -> b.batch(1).concurrency(4));
        sim.outbox.add("a", 8);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(1)));
        sim.runUntil(() -> sim.report().delivered() == 8);
        assertThat(sim.handlers.most()).isEqualTo(4);
    }

    // U23: a kind without a handler is neither claimed nor counted.
    @Test
    void claim_kindWithoutHandler_staysUntouched() {
        Simulation sim = Simulation.worker();
        UUID foreign = sim.outbox.addOne("unknown", 0);
        sim.outbox.add("a", 5);
        sim.runFor(Duration.ofSeconds(5));
        assertThat(sim.report().delivered()).isEqualTo(5);
        assertThat(sim.outbox.row(foreign).attempts).isZero();
        assertThat(sim.outbox.calls(Op.CLAIM))
                .allMatch(call -> request(call).kinds().equals(java.util.Set.of("a")));
    }

    @Test
    void claim_settings_arePassedOn() {
        Simulation sim = Simulation.worker(b -> b.handle(Simulation.B, (p, m) -> {})
                        .lease(Duration.ofSeconds(60))
                        .batch(7)
                        .maxDeaths(5))
                .runTo(Duration.ofMillis(10));
        assertThat(request(sim.outbox.calls(Op.CLAIM).get(0)))
                .isEqualTo(ClaimRequest.of(7)
                        .lease(Duration.ofSeconds(60))
                        .kinds(List.of("a", "b"))
                        .maxDeaths(5));
    }

    @Test
    void claim_unlimitedDeaths_isPassedOn() {
        Simulation sim = Simulation.worker(b -> b.unlimitedDeaths()).runTo(Duration.ofMillis(10));
        assertThat(request(sim.outbox.calls(Op.CLAIM).get(0)).maxDeaths()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void executor_refusesEverything_doesNotMakeItSpin() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 500);
        sim.handlers.reject(start -> true);
        sim.runFor(Duration.ofSeconds(20));
        assertThat(sim.handlers.starts()).isBetween(20, 50);
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSizeLessThan(60);
        assertThat(sim.outbox.rows()).hasSize(500).allMatch(row -> row.failures == 0 && row.unsettled == 0);
        sim.assertAccountedFor();
    }

    // U27: an outage costs time, never the loop; it backs off, and everything is delivered afterwards.
    @Test
    void claim_failingForAMinute_backsOffAndRecovers() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 10);
        sim.outbox.fail(Op.CLAIM, 100_000, Fault.REFUSED);
        sim.time.after(Duration.ofMinutes(1), sim.outbox::heal);
        sim.runUntil(() -> sim.report().delivered() == 10);
        assertThat(sim.elapsed()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(62));
        assertThat(sim.count(Told.CLAIM_FAILED)).isBetween(60, 130);
    }

    @Test
    void claim_anyThrowable_doesNotEndTheLoop() {
        for (Throwable error : Throwables.all()) {
            Simulation sim = Simulation.worker();
            sim.outbox.add("a", 1);
            sim.outbox.throwing(op -> error);
            sim.outbox.fail(Op.CLAIM, Fault.REFUSED, Fault.REFUSED);
            sim.runFor(Duration.ofSeconds(2));
            assertThat(sim.report().delivered()).as("%s", error).isEqualTo(1);
            assertThat(sim.count(Told.CLAIM_FAILED)).isEqualTo(2);
        }
    }

    // The reply is lost: the messages come back when their lease ends, and are suspects then, one after the other.
    @Test
    void claim_replyLost_deliversAfterTheLease() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 3);
        sim.outbox.fail(Op.CLAIM, Fault.REPLY_LOST);
        sim.runFor(Duration.ofSeconds(40));
        assertThat(sim.report().delivered()).isEqualTo(3);
        assertThat(sim.handlers.started()).allMatch(m -> m.attempts() == 2 && m.unsettled() == 1);
        assertThat(sim.handlers.violations()).isEmpty();
    }

    @Test
    void claim_deadLetterInIt_isTold() {
        Simulation sim = Simulation.worker();
        UUID poison = sim.outbox.addOne("a", 4);
        sim.outbox.add("a", 2);
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sim.recorder.ids(Told.DEAD)).containsExactly(poison);
        assertThat(sim.recorder.events(Told.DEAD).get(0).text()).isEqualTo("died 4 times without a result");
        assertThat(sim.report().delivered()).isEqualTo(2);
        sim.assertAccountedFor();
    }
}
