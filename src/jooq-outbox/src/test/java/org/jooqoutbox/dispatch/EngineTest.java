package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** What the engine does when something goes wrong that should not. */
class EngineTest {

    private static final class Dice implements RandomGenerator {
        private final SplittableRandom random = new SplittableRandom(1);
        private boolean broken;

        @Override
        public long nextLong() {
            if (broken) {
                throw new IllegalStateException("an error of our own, for this test");
            }
            return random.nextLong();
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
    private final Dice dice = new Dice();
    private final Simulation sim = Simulation.worker(time, outbox, dice, b -> b);

    @Test
    void error_ofOurOwn_costsAPauseAndTheLoopGoesOn() {
        sim.runTo(Duration.ofSeconds(1));
        dice.broken = true;
        sim.runTo(Duration.ofSeconds(10));
        int claims = outbox.calls(Op.CLAIM).size();
        assertThat(claims).isLessThan(30);
        dice.broken = false;
        outbox.add("a", 5);
        sim.runFor(Duration.ofSeconds(15));
        assertThat(sim.report().delivered()).isEqualTo(5);
    }

    @Test
    void error_ofOurOwnThatStays_doesNotKeepItFromStopping() {
        outbox.add("a", 5);
        sim.runTo(Duration.ofSeconds(1));
        dice.broken = true;
        sim.engine.requestStop();
        sim.run();
        assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void claim_answeredWithNull_isAFailedClaim() {
        outbox.answerClaimsWithNull(2);
        outbox.add("a", 1);
        sim.runFor(Duration.ofSeconds(5));
        assertThat(sim.recorder.events(Told.CLAIM_FAILED))
                .hasSize(2)
                .allMatch(e -> e.text().equals("outbox virtual: the repository answered a claim with null"));
        assertThat(sim.report().delivered()).isEqualTo(1);
    }

    @Test
    void settle_answeredWithTooFewVerdicts_isAFailedSettlement() {
        outbox.answerSettlementsWith(List.of(Verdict.APPLIED));
        outbox.add("a", 3);
        sim.runTo(Duration.ofMillis(20));
        assertThat(sim.count(Told.SETTLE_FAILED)).isPositive();
        assertThat(sim.count(Told.DELIVERED)).isZero();
    }

    // A listener that interrupts the thread it is called on must not make it spin or stop.
    @Test
    void interrupt_ofAWorkersThread_meansNothing() {
        VirtualTime clock = new VirtualTime();
        VirtualOutbox other = new VirtualOutbox(clock::sinceStart);
        DispatchListener meddler = new DispatchListener() {
            @Override
            public void delivered(org.jooqoutbox.Message message) {
                Thread.currentThread().interrupt();
            }
        };
        Simulation worker = Simulation.worker(clock, other, 1, b -> b, meddler);
        other.add("a", 3);
        worker.time.after(Duration.ofSeconds(1), worker.time::interruptNextWait);
        worker.time.after(Duration.ofSeconds(2), () -> other.add("a", 2));
        worker.runFor(Duration.ofSeconds(5));
        assertThat(worker.report().delivered()).isEqualTo(5);
        assertThat(Thread.interrupted()).isFalse();
    }
}
