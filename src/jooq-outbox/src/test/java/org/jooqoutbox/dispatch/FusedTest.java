package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** Settlement and claim in one call, where the outbox offers that. */
class FusedTest {

    @Test
    void backlog_outcomesTravelWithTheNextClaim() {
        Simulation sim = Simulation.fused(b -> b.batch(10));
        sim.outbox.add("a", 1000);
        sim.runUntil(() -> sim.outbox.pending() == 0);
        int fused = sim.outbox.calls(Op.SETTLE_AND_CLAIM).size();
        assertThat(fused).isGreaterThan(50);
        assertThat(sim.outbox.calls(Op.SETTLE).size()
                        + sim.outbox.calls(Op.CLAIM).size())
                .isLessThan(fused / 2);
        sim.runFor(Duration.ofMinutes(1));
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(1000);
        sim.assertAccountedFor();
    }

    @Test
    void callThatNeverArrived_isRepeatedAndNothingIsLost() {
        Simulation sim = Simulation.fused(b -> b.batch(10));
        sim.outbox.add("a", 200);
        sim.outbox.fail(Op.SETTLE_AND_CLAIM, Fault.NONE, Fault.REFUSED, Fault.NONE, Fault.REFUSED);
        sim.runFor(Duration.ofMinutes(1));
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(200);
        assertThat(sim.count(Told.SETTLE_FAILED)).isEqualTo(2);
        assertThat(sim.count(Told.CLAIM_FAILED)).isEqualTo(2);
        sim.assertAccountedFor();
    }

    // What the lost reply claimed comes back when its lease ends, as suspects that are none.
    @Test
    void replyLost_outcomesAreUnconfirmedAndMessagesComeBack() {
        Simulation sim = Simulation.fused(b -> b.batch(10));
        sim.outbox.add("a", 40);
        sim.outbox.fail(Op.SETTLE_AND_CLAIM, Fault.REPLY_LOST);
        sim.runFor(Duration.ofMinutes(3));
        assertThat(sim.outbox.pending()).isZero();
        assertThat(sim.count(Told.UNCONFIRMED)).isPositive();
        assertThat(sim.count(Told.DELIVERED) + sim.count(Told.UNCONFIRMED)).isEqualTo(40);
        assertThat(sim.count(Told.DEAD)).isZero();
        assertThat(sim.handlers.violations()).isEmpty();
    }

    @Test
    void suspects_areStillAlone() {
        Simulation sim = Simulation.fused(b -> b.batch(10));
        sim.outbox.add("a", 50);
        List<UUID> suspects = List.of(sim.outbox.addOne("a", 1), sim.outbox.addOne("a", 2));
        sim.outbox.add("a", 50);
        sim.handlers.script(
                m -> suspects.contains(m.id()) ? fails(Duration.ofMillis(5)) : delivers(Duration.ofMillis(1)));
        sim.runTo(Duration.ofMinutes(1));
        assertThat(sim.handlers.violations()).isEmpty();
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(100);
    }

    @Test
    void shutdown_nothingIsClaimedWithTheLastOutcomes() {
        Simulation sim = Simulation.fused(b -> b.batch(10).concurrency(2));
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> delivers(Duration.ofMillis(100)));
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sim.outbox.rows()).allMatch(row -> row.unsettled == 0);
        sim.assertAccountedFor();
    }
}
