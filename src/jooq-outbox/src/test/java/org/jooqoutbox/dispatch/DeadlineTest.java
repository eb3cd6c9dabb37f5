package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.hangs;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualHandlers.Behaviour;
import org.junit.jupiter.api.Test;

// U22: one handler that hangs costs its own place for a while, not the worker.
class DeadlineTest {

    @Test
    void deadline_handlerThatHangs_isInterruptedAndFails() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> hangs());
        sim.runTo(Duration.ofSeconds(26));
        assertThat(sim.recorder.ids(Told.OVERDUE)).containsExactly(id);
        assertThat(sim.recorder.events(Told.FAILED).get(0).text())
                .isEqualTo("the handler's deadline of PT25S passed; then java.lang.InterruptedException: interrupted");
        assertThat(sim.outbox.row(id).failures).isEqualTo(1);
    }

    @Test
    void deadline_handlerInTime_isNotInterrupted() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 30);
        sim.handlers.script(m -> delivers(Duration.ofMillis(24_999)));
        sim.runUntil(() -> sim.report().delivered() == 30);
        assertThat(sim.count(Told.OVERDUE)).isZero();
    }

    @Test
    void deadline_handlerDeliversAfterAll_isDone() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(27)).ignoringInterrupt());
        sim.runTo(Duration.ofSeconds(28));
        assertThat(sim.recorder.ids(Told.OVERDUE)).containsExactly(id);
        assertThat(sim.recorder.ids(Told.DELIVERED)).containsExactly(id);
    }

    @Test
    void deadline_oneHandlerHangs_othersGoOn() {
        Simulation sim = Simulation.worker(b -> b.concurrency(2));
        UUID stuck = sim.outbox.addOne("a", 0);
        sim.outbox.add("a", 1000);
        sim.handlers.script(m -> m.id().equals(stuck) ? hangs() : delivers(Duration.ofMillis(10)));
        sim.runTo(Duration.ofSeconds(11));
        assertThat(sim.report().delivered()).isEqualTo(1000);
    }

    @Test
    void interrupt_ignoredUntilTheLeaseEnds_freesThePlace() {
        Simulation sim = Simulation.worker(b -> b.concurrency(1));
        UUID stuck = sim.outbox.addOne("a", 0);
        sim.outbox.add("a", 5);
        sim.handlers.script(m -> m.id().equals(stuck) && m.attempts() == 1
                ? hangs().ignoringInterrupt()
                : delivers(Duration.ofMillis(10)));
        sim.runUntil(() -> sim.count(Told.ABANDONED) == 1);
        // renewed at 20 s for the last time, interrupted at 25 s, its lease over at 50 s
        assertThat(sim.firstAt(Told.ABANDONED)).isEqualTo(Duration.ofSeconds(50));
        assertThat(sim.recorder.ids(Told.ABANDONED)).containsExactly(stuck);
    }

    @Test
    void abandoned_asManyAsMayRun_stopsClaimingUntilOneReturns() {
        Simulation sim = Simulation.worker(b -> b.concurrency(2));
        List<UUID> stuck = sim.outbox.add("a", 2);
        sim.handlers.script(m -> stuck.contains(m.id()) && m.attempts() == 1
                ? delivers(Duration.ofMinutes(5)).ignoringInterrupt()
                : delivers(Duration.ofMillis(10)));
        sim.runUntil(() -> sim.count(Told.STALLED) == 1);
        sim.outbox.add("a", 10);
        Duration stalledAt = sim.firstAt(Told.STALLED);
        sim.runTo(Duration.ofMinutes(4));
        assertThat(sim.callTimes(VirtualOutbox.Op.CLAIM)).allMatch(time -> time.compareTo(stalledAt) <= 0);
        assertThat(sim.count(Told.STALLED)).isEqualTo(1);
        sim.runFor(Duration.ofMinutes(6));
        assertThat(sim.report().delivered()).isEqualTo(12);
        sim.assertAccountedFor();
    }

    @Test
    void interrupt_isSentOnce() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        Behaviour stubborn = delivers(Duration.ofSeconds(29)).ignoringInterrupt();
        sim.handlers.script(m -> stubborn);
        sim.runFor(Duration.ofSeconds(28));
        assertThat(sim.count(Told.OVERDUE)).isEqualTo(1);
    }

    // A lost lease leaves a handler the time between deadline and lease to return when it is interrupted.
    @Test
    void interrupt_leaseLostLongAgo_handlerStillHasTimeToReturn() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> hangs().ignoringInterrupt());
        sim.time.after(Duration.ofSeconds(1), () -> sim.outbox.steal(id));
        sim.runUntil(() -> sim.count(Told.ABANDONED) == 1);
        assertThat(sim.firstAt(Told.ABANDONED)).isEqualTo(Duration.ofSeconds(30));
    }
}
