package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.hangs;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

class LeaseTest {

    /** A hundred messages of 20 s each for ten handlers: the last wait for three minutes, six leases. */
    private static Simulation slow() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(20)));
        return sim;
    }

    @Test
    void renewal_batchLongerThanItsLease_nobodyElseGetsIt() {
        Simulation sim = slow();
        sim.runUntil(() -> sim.report().delivered() == 100);
        assertThat(sim.handlers.started()).hasSize(100).allMatch(m -> m.attempts() == 1);
        assertThat(sim.elapsed()).isBetween(Duration.ofSeconds(200), Duration.ofSeconds(201));
        assertThat(sim.count(Told.LEASE_LOST)).isZero();
        sim.assertAccountedFor();
    }

    @Test
    void renewal_heldMessages_happensEveryThirdOfTheLease() {
        Simulation sim = slow().runTo(Duration.ofSeconds(45));
        assertThat(sim.callTimes(Op.RENEW))
                .containsExactly(
                        Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(40));
        assertThat(sim.outbox.calls(Op.RENEW).get(0).size()).isEqualTo(100);
    }

    @Test
    void renewal_nothingHeld_isNotSent() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 20);
        sim.runFor(Duration.ofMinutes(5));
        assertThat(sim.outbox.calls(Op.RENEW)).isEmpty();
    }

    @Test
    void renewal_failingForAWhile_isRepeatedAndNothingIsLost() {
        Simulation sim = slow();
        sim.time.after(Duration.ofSeconds(5), () -> sim.outbox.fail(Op.RENEW, 100_000, Fault.REFUSED));
        sim.time.after(Duration.ofSeconds(22), sim.outbox::heal);
        sim.runUntil(() -> sim.report().delivered() == 100);
        assertThat(sim.handlers.started()).hasSize(100);
        assertThat(sim.count(Told.RENEW_FAILED)).isBetween(10, 30);
    }

    // What cannot be renewed is given back while the lease still holds, instead of being started on borrowed time.
    @Test
    void renewal_failingForLong_waitingMessagesAreGivenBackBeforeTheLeaseEnds() {
        Simulation sim = slow();
        sim.outbox.fail(Op.RENEW, 100_000, Fault.REFUSED);
        sim.runUntil(() -> sim.count(Told.RELEASED) > 0);
        assertThat(sim.elapsed()).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(27));
        assertThat(sim.count(Told.RELEASED)).isEqualTo(80);
        assertThat(sim.handlers.started()).hasSize(20);
        assertThat(sim.outbox.rows().stream().filter(r -> r.unsettled == 0)).hasSize(80);
    }

    @Test
    void lease_endedDuringALongPause_isRenewedBeforeAnythingStarts() {
        Simulation sim = slow().runTo(Duration.ofSeconds(19));
        int before = sim.handlers.started().size();
        sim.time.advance(Duration.ofSeconds(60));
        sim.runUntil(() -> sim.handlers.started().size() > before);
        assertThat(sim.outbox.calls(Op.RENEW).get(1).at())
                .isEqualTo(Duration.ofSeconds(79).toNanos());
        assertThat(sim.count(Told.LEASE_LOST)).isZero();
    }

    @Test
    void lease_lostDuringALongPause_waitingMessagesAreDropped() {
        Simulation sim = slow().runTo(Duration.ofSeconds(5));
        List<UUID> all = sim.outbox.rows().stream().map(row -> row.id).toList();
        sim.time.advance(Duration.ofSeconds(60));
        all.forEach(sim.outbox::steal);
        sim.runTo(Duration.ofSeconds(66));
        assertThat(sim.handlers.started()).hasSize(10);
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactlyInAnyOrderElementsOf(all);
        sim.runUntil(() -> sim.outbox.pending() == 0);
        sim.assertAccountedFor();
    }

    @Test
    void lease_lostWhileRunning_handlerIsInterruptedAndNothingIsSettled() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> m.attempts() == 1 ? delivers(Duration.ofSeconds(20)) : hangs());
        sim.time.after(Duration.ofSeconds(9), () -> sim.outbox.steal(id));
        sim.runTo(Duration.ofSeconds(11));
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactly(id);
        assertThat(sim.handlers.running()).isEmpty();
        sim.runTo(Duration.ofSeconds(21));
        assertThat(sim.outbox.calls(Op.SETTLE)).isEmpty();
        assertThat(sim.outbox.has(id)).isTrue();
        sim.assertAccountedFor();
    }

    @Test
    void lease_lostAndInterruptIgnored_placeIsGivenAwayAtTheEndOfTheLease() {
        Simulation sim = Simulation.worker(b -> b.concurrency(1));
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> hangs().ignoringInterrupt());
        sim.time.after(Duration.ofSeconds(9), () -> sim.outbox.steal(id));
        sim.runTo(Duration.ofSeconds(29));
        assertThat(sim.count(Told.ABANDONED)).isZero();
        sim.runTo(Duration.ofSeconds(31));
        assertThat(sim.count(Told.ABANDONED)).isEqualTo(1);
        sim.assertAccountedFor();
    }

    // Claims come all the time, each with a lease that ends later than those before it.
    @Test
    void renewal_whileOthersAreClaimedAllTheTime_comesInTime() {
        Simulation sim = Simulation.worker(b -> b.handle(Simulation.B, (payload, message) -> {}));
        sim.outbox.add("a", 100);
        for (int second = 1; second < 60; second++) {
            sim.time.after(Duration.ofSeconds(second), () -> sim.outbox.add("b", 1));
        }
        sim.handlers.script(m -> delivers(m.kind().equals("a") ? Duration.ofSeconds(5) : Duration.ofMillis(1)));
        sim.runTo(Duration.ofSeconds(58));
        assertThat(sim.recorder.events(Told.DELIVERED).stream()
                        .filter(event ->
                                ((org.jooqoutbox.Message) event.detail()).kind().equals("a")))
                .hasSizeGreaterThan(90);
        assertThat(sim.outbox.rows()).allMatch(row -> row.attempts <= 1);
        assertThat(sim.count(Told.LEASE_LOST)).isZero();
    }

    @Test
    void lease_lost_isNotRenewedAnyMore() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(24)));
        sim.time.after(Duration.ofSeconds(9), () -> sim.outbox.steal(id));
        sim.runTo(Duration.ofSeconds(23));
        assertThat(sim.outbox.calls(Op.RENEW)).hasSize(1);
    }

    // The local end of the lease counts from before the call: a slow database must not make it seem longer than it is.
    @Test
    void lease_slowClaim_isReckonedFromBeforeIt() {
        Simulation sim = slow();
        sim.outbox.before(op -> sim.time.advance(op == Op.CLAIM ? Duration.ofSeconds(8) : Duration.ZERO));
        sim.runUntil(() -> sim.outbox.calls(Op.RENEW).size() == 1);
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void renewal_rowBusy_isRepeatedSoon() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(20)));
        sim.outbox.busy(id, 1);
        sim.runTo(Duration.ofSeconds(11));
        assertThat(sim.callTimes(Op.RENEW)).hasSize(2);
        assertThat(sim.callTimes(Op.RENEW).get(1)).isLessThan(Duration.ofMillis(10_100));
    }

    @Test
    void renewal_anyThrowable_doesNotEndTheLoop() {
        for (Throwable error : Throwables.all()) {
            Simulation sim = slow();
            sim.outbox.throwing(op -> error);
            sim.outbox.fail(Op.RENEW, Fault.REFUSED, Fault.REFUSED);
            sim.runUntil(() -> sim.report().delivered() == 100);
            assertThat(sim.count(Told.RENEW_FAILED)).as("%s", error).isEqualTo(2);
        }
    }
}
