package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Call;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

class SettlingTest {

    private static List<Integer> sizes(Simulation sim) {
        return sim.outbox.calls(Op.SETTLE).stream().map(Call::size).toList();
    }

    @Test
    void settle_lastHandlerReturned_isSentAtOnce() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> delivers(Duration.ofMillis(3)));
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sim.callTimes(Op.SETTLE)).containsExactly(Duration.ofMillis(3));
    }

    @Test
    void settle_othersAtWork_waitsForCompanyOfTenMilliseconds() {
        Simulation sim = Simulation.worker();
        List<UUID> ids = sim.outbox.add("a", 4);
        List<Integer> millis = List.of(5, 9, 14, 300);
        sim.handlers.script(m -> delivers(Duration.ofMillis(millis.get(ids.indexOf(m.id())))));
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sim.callTimes(Op.SETTLE)).containsExactly(Duration.ofMillis(15), Duration.ofMillis(300));
        assertThat(sizes(sim)).containsExactly(3, 1);
    }

    @Test
    void settle_fullBatch_isSentBeforeItsTime() {
        Simulation sim = Simulation.worker(b -> b.settleBatch(5).settleWithin(Duration.ofSeconds(1)));
        sim.outbox.add("a", 10);
        sim.handlers.script(m -> delivers(Duration.ofMillis(m.id().getLeastSignificantBits() <= 5 ? 10 : 900)));
        sim.runFor(Duration.ofSeconds(5));
        assertThat(sim.callTimes(Op.SETTLE)).containsExactly(Duration.ofMillis(10), Duration.ofMillis(900));
        assertThat(sizes(sim)).containsExactly(5, 5);
    }

    @Test
    void settle_mixedOutcomes_travelTogether() {
        Simulation sim = Simulation.worker(b -> b.retry(RetryPolicy.standard().maxFailures(1))
                .handle(Simulation.B, (p, m) -> {}, RetryPolicy.fixed(Duration.ofMinutes(1))));
        UUID done = sim.outbox.addOne("a", 0);
        UUID dead = sim.outbox.addOne("a", 0);
        UUID failed = sim.outbox.addOne("b", 0);
        sim.handlers.script(m -> m.id().equals(done) ? delivers(Duration.ZERO) : fails(Duration.ZERO));
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sizes(sim)).containsExactly(3);
        assertThat(sim.outbox.has(done)).isFalse();
        assertThat(sim.outbox.row(dead).status).isEqualTo("dead");
        assertThat(sim.outbox.row(failed).dueAt)
                .isBetween(
                        Duration.ofSeconds(60).toNanos(), Duration.ofSeconds(66).toNanos());
        assertThat(sim.recorder.ids(Told.DELIVERED)).containsExactly(done);
        assertThat(sim.recorder.ids(Told.DEAD)).containsExactly(dead);
        assertThat(sim.recorder.ids(Told.FAILED)).containsExactly(failed);
        assertThat(sim.recorder.events(Told.FAILED).get(0).text()).isEqualTo("java.lang.IllegalStateException: no");
    }

    // U5: the first failure is number one, and the tenth the last.
    @Test
    void failure_repeated_becomesADeadLetterWithTheTenth() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> fails(Duration.ofMillis(1)));
        sim.runUntil(() -> sim.count(Told.DEAD) == 1);
        assertThat(sim.handlers.started()).hasSize(10);
        assertThat(sim.count(Told.FAILED)).isEqualTo(9);
        assertThat(sim.outbox.row(id).failures).isEqualTo(10);
        assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(5 * 511));
    }

    @Test
    void failure_counterAtItsEnd_doesNotOverflow() {
        Simulation sim = Simulation.worker(b -> b.retry(RetryPolicy.standard().unlimited()));
        UUID id = sim.outbox.addOne("a", 0);
        sim.outbox.row(id).failures = Integer.MAX_VALUE;
        sim.handlers.script(m -> fails(Duration.ofMillis(1)));
        sim.runFor(Duration.ofSeconds(1));
        assertThat((Duration) sim.recorder.events(Told.FAILED).get(0).detail())
                .isBetween(Duration.ofMinutes(6), Duration.ofHours(1));
    }

    // U12: the acknowledgement fails, is tried again within the lease, and the message is not delivered twice.
    @Test
    void settle_failingForAWhile_isRepeatedWithinTheLease() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 10);
        sim.outbox.fail(Op.SETTLE, 100_000, Fault.REFUSED);
        sim.time.after(Duration.ofSeconds(20), sim.outbox::heal);
        sim.runFor(Duration.ofSeconds(100));
        assertThat(sim.report().delivered()).isEqualTo(10);
        assertThat(sim.handlers.started()).hasSize(10);
        assertThat(sim.count(Told.SETTLE_FAILED)).isBetween(20, 50);
        assertThat(sim.count(Told.LEASE_LOST)).isZero();
        sim.assertAccountedFor();
    }

    @Test
    void settle_failingBeyondTheLease_givesUpAndIsDeliveredAgain() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.outbox.fail(Op.SETTLE, 100_000, Fault.REFUSED);
        sim.time.after(Duration.ofSeconds(40), sim.outbox::heal);
        sim.runFor(Duration.ofSeconds(100));
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactly(id);
        assertThat(sim.handlers.started()).hasSize(2);
        assertThat(sim.report().delivered()).isEqualTo(1);
        sim.assertAccountedFor();
    }

    @Test
    void settle_failing_nothingMoreIsClaimed() {
        Simulation sim = Simulation.worker(b -> b.batch(10));
        sim.outbox.add("a", 1000);
        sim.outbox.fail(Op.SETTLE, 100_000, Fault.REFUSED);
        sim.runTo(Duration.ofSeconds(1));
        int started = sim.handlers.started().size();
        sim.runTo(Duration.ofSeconds(29));
        assertThat(sim.handlers.started()).hasSize(started);
        assertThat(started).isLessThan(130);
    }

    // The reply is lost and the row gone: no lost lease, and no second delivery.
    @Test
    void settle_replyLost_isUnconfirmed() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.outbox.fail(Op.SETTLE, Fault.REPLY_LOST);
        sim.runFor(Duration.ofSeconds(100));
        assertThat(sim.recorder.ids(Told.UNCONFIRMED)).containsExactly(id);
        assertThat(sim.count(Told.LEASE_LOST)).isZero();
        assertThat(sim.handlers.started()).hasSize(1);
        sim.assertAccountedFor();
    }

    @Test
    void settle_leaseStolenMeanwhile_isReported() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.time.after(Duration.ofSeconds(1), () -> sim.outbox.steal(id));
        sim.runFor(Duration.ofSeconds(10));
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactly(id);
        assertThat(sim.count(Told.DELIVERED)).isZero();
        assertThat(sim.outbox.has(id)).isTrue();
        sim.assertAccountedFor();
    }

    @Test
    void settle_rowBusy_isRepeatedForThatRowAlone() {
        Simulation sim = Simulation.worker();
        List<UUID> ids = sim.outbox.add("a", 3);
        sim.outbox.busy(ids.get(1), 4);
        sim.runFor(Duration.ofSeconds(10));
        assertThat(sim.report().delivered()).isEqualTo(3);
        assertThat(sizes(sim)).containsExactly(3, 1, 1, 1, 1);
        assertThat(sim.callTimes(Op.SETTLE).get(4)).isLessThan(Duration.ofSeconds(1));
    }

    // A busy row tells for certain that nothing happened: losing the lease then is no lost reply.
    @Test
    void settle_busyThenStolen_isALostLease() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.outbox.busy(id, 1);
        sim.outbox.settling(settlements -> sim.time.after(Duration.ofMillis(5), () -> sim.outbox.steal(id)));
        sim.runFor(Duration.ofSeconds(5));
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactly(id);
        assertThat(sim.count(Told.UNCONFIRMED)).isZero();
    }

    @Test
    void settle_busyUntilTheLeaseEnds_givesUp() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.outbox.busy(id, 1_000_000);
        sim.runTo(Duration.ofSeconds(31));
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactly(id);
        assertThat(sim.outbox.calls(Op.SETTLE)).hasSizeLessThan(70);
    }

    // One outcome that no call survives does not take the others with it.
    @Test
    void settle_oneOutcomeThatBreaksTheCall_othersAreRecorded() {
        Simulation sim = Simulation.worker(b -> b.concurrency(64));
        List<UUID> ids = sim.outbox.add("a", 64);
        sim.outbox.settling(settlements -> breakOn(ids.get(0), settlements));
        sim.runTo(Duration.ofSeconds(10));
        assertThat(sim.report().delivered()).isEqualTo(63);
    }

    private static void breakOn(UUID id, List<Settlement> settlements) {
        if (settlements.stream().anyMatch(s -> s.message().id().equals(id))) {
            throw new IllegalStateException("cannot be written");
        }
    }

    @Test
    void settle_anyThrowable_doesNotEndTheLoop() {
        for (Throwable error : Throwables.all()) {
            Simulation sim = Simulation.worker();
            sim.outbox.add("a", 1);
            sim.outbox.throwing(op -> error);
            sim.outbox.fail(Op.SETTLE, Fault.REFUSED, Fault.REFUSED);
            sim.runFor(Duration.ofSeconds(2));
            assertThat(sim.report().delivered()).as("%s", error).isEqualTo(1);
        }
    }

    @Test
    void release_ofUnhandledKind_costsNothing() {
        Simulation sim = Simulation.worker();
        sim.outbox.ignoreKinds();
        UUID foreign = sim.outbox.addOne("unknown", 0);
        sim.outbox.add("a", 5);
        sim.runFor(Duration.ofSeconds(10));
        assertThat(sim.report().delivered()).isEqualTo(5);
        assertThat(sim.outbox.row(foreign).failures).isZero();
        assertThat(sim.outbox.row(foreign).unsettled).isZero();
        assertThat(sim.outbox.row(foreign).attempts).isLessThan(100);
    }

    @Test
    void settle_lateDeliveryOfAnAbandonedHandler_isStillRecorded() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(56)).ignoringInterrupt());
        sim.time.after(Duration.ofSeconds(30), () -> sim.outbox.fail(Op.CLAIM, 100_000, Fault.REFUSED));
        sim.runFor(Duration.ofSeconds(70));
        assertThat(sim.recorder.ids(Told.ABANDONED)).containsExactly(id);
        assertThat(sim.recorder.ids(Told.DELIVERED)).containsExactly(id);
        sim.assertAccountedFor();
    }
}
