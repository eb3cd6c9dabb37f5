package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.hangs;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualHandlers.Behaviour;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

class ShutdownTest {

    private static Simulation busy(Behaviour behaviour) {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> behaviour);
        return sim;
    }

    @Test
    void stop_idle_isImmediateAndClean() {
        Simulation sim = Simulation.worker().runFor(Duration.ofSeconds(5));
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(5));
        assertThat(sim.report().clean()).isTrue();
    }

    @Test
    void stop_beforeTheFirstStep_claimsNothing() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        sim.engine.requestStop();
        sim.run();
        assertThat(sim.outbox.calls(Op.CLAIM)).isEmpty();
    }

    // U11: what was handled is recorded, what was not started is given back, unspent.
    @Test
    void stop_handlersAtWork_recordsThemAndGivesBackTheRestInOneSettlement() {
        Simulation sim = busy(delivers(Duration.ofSeconds(8)));
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(8));
        assertThat(sim.report().delivered()).isEqualTo(10);
        assertThat(sim.report().released()).isEqualTo(90);
        assertThat(sim.report().clean()).isTrue();
        assertThat(sim.outbox.rows()).hasSize(90).allMatch(r -> r.unsettled == 0 && r.failures == 0);
        assertThat(sim.outbox.calls(Op.SETTLE).get(0).at())
                .isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(sim.outbox.calls(Op.SETTLE).get(0).size()).isEqualTo(90);
        sim.assertAccountedFor();
    }

    @Test
    void stop_suspectInHand_releaseKeepsTheSuspicion() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 2);
        sim.outbox.before(op -> sim.engine.requestStop());
        sim.run();
        assertThat(sim.recorder.ids(Told.RELEASED)).containsExactly(id);
        assertThat(sim.outbox.row(id).unsettled).isEqualTo(2);
        assertThat(sim.handlers.started()).isEmpty();
    }

    @Test
    void stop_claimUnderWay_givesBackWhatItBrings() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 40);
        sim.outbox.before(op -> sim.engine.requestStop());
        sim.run();
        assertThat(sim.report().released()).isEqualTo(40);
        assertThat(sim.handlers.started()).isEmpty();
        sim.assertAccountedFor();
    }

    /** The core itself: its engine never lets these two happen in this order, another one may. */
    @Test
    void stop_claimComesBackAfterIt_givesBackWhatItBrings() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 40);
        Step.Claim step = (Step.Claim) sim.core.next(sim.time.now());
        sim.core.stopAsked(sim.time.now());
        sim.core.claimed(sim.outbox.claim(step.request()), sim.time.now(), sim.time.now());
        sim.run();
        assertThat(sim.report().released()).isEqualTo(40);
        assertThat(sim.handlers.started()).isEmpty();
    }

    @Test
    void stop_handlersThatHang_areInterruptedAndGivenBackWithoutAFailure() {
        Simulation sim = busy(hangs());
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.elapsed()).isBetween(Duration.ofSeconds(22), Duration.ofSeconds(23));
        assertThat(sim.report().released()).isEqualTo(100);
        assertThat(sim.report().failed()).isZero();
        assertThat(sim.report().clean()).isTrue();
        assertThat(sim.outbox.rows()).allMatch(r -> r.failures == 0);
    }

    @Test
    void stop_handlersThatIgnoreTheInterrupt_areLeftToTheirLeasesInTime() {
        Simulation sim = busy(hangs().ignoringInterrupt());
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(23));
        assertThat(sim.report().abandoned()).isEqualTo(10);
        assertThat(sim.report().clean()).isFalse();
        assertThat(sim.count(Told.ABANDONED)).isEqualTo(10);
        sim.assertAccountedFor();
    }

    @Test
    void stop_handlerReturnsInTheLastMoment_isRecorded() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> delivers(Duration.ofMillis(22_999)).ignoringInterrupt());
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.report().delivered()).isEqualTo(1);
        assertThat(sim.report().clean()).isTrue();
    }

    @Test
    void stop_handlerFailsUndisturbed_isAFailure() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> fails(Duration.ofSeconds(5)));
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.report().failed()).isEqualTo(1);
    }

    @Test
    void stop_databaseAway_endsInTimeAndCountsWhatItLeaves() {
        Simulation sim = busy(delivers(Duration.ofSeconds(1)));
        sim.outbox.fail(Op.SETTLE, 1_000_000, Fault.REFUSED);
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(23));
        assertThat(sim.report().clean()).isFalse();
        assertThat(sim.report().abandoned())
                .isEqualTo((int) sim.report().claimed())
                .isEqualTo(100);
        sim.assertAccountedFor();
    }

    @Test
    void stop_databaseComesBackForTheLastCall_everythingIsRecorded() {
        Simulation sim = busy(delivers(Duration.ofSeconds(1)));
        sim.outbox.fail(Op.SETTLE, 1_000_000, Fault.REFUSED);
        sim.time.after(Duration.ofMillis(22_999), sim.outbox::heal);
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.report().delivered()).isPositive();
        assertThat(sim.report().delivered() + sim.report().released()).isEqualTo(100);
        assertThat(sim.report().clean()).isTrue();
    }

    @Test
    void stop_everyCallTakesLong_isBoundedByTheTimeoutAndTheLastCalls() {
        Simulation sim = busy(delivers(Duration.ofSeconds(1)));
        sim.outbox.before(op -> sim.time.advance(Duration.ofSeconds(15)));
        sim.outbox.fail(Op.SETTLE, 1_000_000, Fault.REFUSED);
        sim.time.after(Duration.ofSeconds(16), sim.engine::requestStop);
        sim.run();
        assertThat(sim.elapsed()).isLessThanOrEqualTo(Duration.ofSeconds(16 + 20 + 15 + 15));
    }

    @Test
    void stop_askedAgain_doesNotProlongIt() {
        Simulation sim = busy(hangs().ignoringInterrupt());
        for (int second = 4; second < 22; second++) {
            sim.time.after(Duration.ofSeconds(second), sim.engine::requestStop);
        }
        sim.runFor(Duration.ofSeconds(3));
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(23));
    }

    @Test
    void stop_longShutdown_leasesAreRenewedMeanwhile() {
        Simulation sim = Simulation.worker(b -> b.shutdownTimeout(Duration.ofMinutes(2))
                .lease(Duration.ofSeconds(60))
                .renewEvery(Duration.ofSeconds(2))
                .handlerDeadline(Duration.ofSeconds(50)));
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(40)));
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sim.outbox.calls(Op.RENEW)).hasSizeGreaterThan(15);
        assertThat(sim.report().delivered()).isEqualTo(1);
    }

    @Test
    void stop_abandonedHandlersFromBefore_areNotWaitedFor() {
        Simulation sim = Simulation.worker(b -> b.concurrency(3));
        sim.outbox.add("a", 3);
        sim.handlers.script(m -> hangs().ignoringInterrupt());
        sim.runFor(Duration.ofSeconds(60));
        assertThat(sim.firstAt(Told.ABANDONED)).isEqualTo(Duration.ofSeconds(50));
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(60));
        assertThat(sim.report().abandoned()).isEqualTo(3);
    }

    /** At every moment of a busy life, with faults: bounded, and every message accounted for. */
    @Test
    void stop_atAnyMoment_isBoundedAndLosesNothing() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualTime time = new VirtualTime();
            VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
            outbox.add("a", 150);
            Simulation sim = Simulation.worker(time, outbox, seed, b -> b.batch(1 + random.nextInt(60)));
            sim.handlers.script(m -> any(random));
            for (Op op : Op.values()) {
                for (int i = 0; i < 60; i++) {
                    int dice = random.nextInt(8);
                    outbox.fail(op, dice == 0 ? Fault.REFUSED : dice == 1 ? Fault.REPLY_LOST : Fault.NONE);
                }
            }
            Duration stopAt =
                    Duration.ofNanos(random.nextLong(Duration.ofSeconds(60).toNanos()));
            sim.runFor(stopAt);
            assertThat(sim.elapsed()).as("seed %d", seed).isLessThanOrEqualTo(stopAt.plusSeconds(20));
            sim.assertAccountedFor();
        }
    }

    private static Behaviour any(SplittableRandom random) {
        Duration takes = Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 60_000 : 2000));
        Behaviour behaviour = random.nextInt(4) == 0 ? fails(takes) : delivers(takes);
        return random.nextInt(6) == 0 ? behaviour.ignoringInterrupt() : behaviour;
    }
}
