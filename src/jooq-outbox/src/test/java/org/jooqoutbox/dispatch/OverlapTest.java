package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualHandlers.Behaviour;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** Calls that are under way while other things happen. */
class OverlapTest {

    private static final Duration WAY = Duration.ofMillis(10);

    private static Duration at(long millis) {
        return Duration.ofMillis(millis);
    }

    /** A worker that has found its outbox empty so often that it polls once an hour. */
    private static Simulation idle() {
        Simulation sim = Simulation.overlapping(
                WAY,
                b -> b.lease(Duration.ofHours(2))
                        .shortestPoll(Duration.ofHours(1))
                        .longestPoll(Duration.ofHours(1)));
        return sim.runTo(Duration.ofSeconds(1));
    }

    @Test
    void backlog_callsOverlap_oneOfAKindAtATime() {
        Simulation sim = Simulation.overlapping(WAY, b -> b.batch(20));
        sim.outbox.add("a", 2000);
        sim.runUntil(() -> sim.report().delivered() == 2000);
        assertThat(sim.lines.violations()).isEmpty();
        sim.runFor(sim.elapsed());
        sim.assertAccountedFor();
        // 100 claims of 20 ms at most, and settlements as long: one after the other they would take twice as long
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(100 * 13));
    }

    @Test
    void hint_whileAClaimIsUnderWay_isFollowedByAnother() {
        for (int claimed = 0; claimed < 2; claimed++) {
            Simulation sim = idle();
            sim.outbox.add("a", claimed);
            sim.engine.wakeUp();
            int before = sim.outbox.calls(Op.CLAIM).size();
            sim.runUntil(() -> sim.outbox.calls(Op.CLAIM).size() > before);
            sim.outbox.add("a", 1);
            sim.engine.wakeUp();
            sim.runTo(Duration.ofSeconds(2));
            assertThat(sim.report().delivered()).isEqualTo(1 + claimed);
        }
    }

    @Test
    void hint_whileALookAheadIsUnderWay_isFollowedByAClaim() {
        Simulation sim = idle();
        sim.outbox.looksAhead();
        sim.runUntil(() -> !sim.outbox.calls(Op.LOOK_AHEAD).isEmpty());
        sim.outbox.add("a", 1);
        sim.engine.wakeUp();
        sim.runTo(sim.elapsed().plusSeconds(1));
        assertThat(sim.report().delivered()).isEqualTo(1);
        assertThat(sim.lines.violations()).isEmpty();
    }

    @Test
    void keyFreed_whileAClaimIsUnderWay_nextOfTheKeyIsClaimed() {
        for (long handlerTakes = 0; handlerTakes < 60; handlerTakes++) {
            Duration takes = at(handlerTakes);
            Simulation sim = idle();
            sim.handlers.script(m -> delivers(takes));
            sim.outbox.addOrdered("k", "a", 5);
            sim.engine.wakeUp();
            for (int i = 0; i < 10; i++) {
                sim.time.after(at(7L * i), sim.engine::wakeUp);
            }
            sim.runTo(Duration.ofSeconds(3));
            assertThat(sim.report().delivered()).as("%s", takes).isEqualTo(5);
        }
    }

    @Test
    void breaker_opensWhileAClaimIsUnderWay_whatItBringsIsGivenBack() {
        Simulation sim = Simulation.overlapping(
                at(50),
                b -> b.handle(
                        Simulation.B,
                        (payload, message) -> {},
                        KindOptions.defaults()
                                .breakAfter(3, Duration.ZERO)
                                .probeEvery(Duration.ofSeconds(30), Duration.ofSeconds(30))));
        sim.outbox.add("b", 3);
        sim.handlers.script(m -> fails(at(20)));
        sim.runUntil(() -> sim.handlers.started().size() == 3);
        sim.outbox.add("b", 40);
        sim.engine.wakeUp();
        sim.runTo(Duration.ofSeconds(1));
        assertThat(sim.count(Told.RELEASED)).isEqualTo(40);
        assertThat(sim.handlers.started()).hasSize(3);
        assertThat(sim.outbox.rows()).allMatch(row -> row.unsettled == 0);
    }

    @Test
    void stop_claimUnderWay_isAwaitedAndGivenBack() {
        Simulation sim = Simulation.overlapping(WAY, b -> b);
        sim.outbox.add("a", 40);
        sim.runUntil(() -> !sim.outbox.calls(Op.CLAIM).isEmpty());
        sim.engine.requestStop();
        sim.run();
        assertThat(sim.report().released()).isEqualTo(40);
        assertThat(sim.report().clean()).isTrue();
        assertThat(sim.handlers.started()).isEmpty();
    }

    @Test
    void stop_lookAheadUnderWay_isAwaited() {
        Simulation sim = idle();
        sim.outbox.looksAhead();
        sim.runUntil(() -> !sim.outbox.calls(Op.LOOK_AHEAD).isEmpty());
        Duration asked = sim.elapsed();
        sim.engine.requestStop();
        sim.run();
        assertThat(sim.elapsed()).isLessThanOrEqualTo(asked.plus(WAY));
        assertThat(sim.report().clean()).isTrue();
    }

    @Test
    void stop_settlementUnderWay_isAwaited() {
        Simulation sim = Simulation.overlapping(WAY, b -> b);
        sim.outbox.add("a", 40);
        sim.runUntil(() -> !sim.outbox.calls(Op.SETTLE).isEmpty());
        sim.engine.requestStop();
        sim.run();
        sim.assertAccountedFor();
        assertThat(sim.report().clean()).isTrue();
        assertThat(sim.outbox.rows()).allMatch(row -> row.unsettled == 0);
    }

    @Test
    void stop_callsTakeLong_isBoundedByTheTimeoutAndTwoOfThem() {
        Simulation sim = Simulation.overlapping(Duration.ofSeconds(15), b -> b);
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(2)));
        sim.runFor(Duration.ofSeconds(16));
        assertThat(sim.elapsed()).isLessThanOrEqualTo(Duration.ofSeconds(16 + 20 + 30 + 30));
        sim.assertAccountedFor();
    }

    @Test
    void slowHandlers_holdNoMoreThanABatch() {
        Simulation sim = Simulation.overlapping(at(2), b -> b.batch(50));
        sim.outbox.add("a", 2000);
        sim.handlers.script(m -> delivers(at(100)));
        List<Long> held = new ArrayList<>();
        sim.runUntil(() -> {
            held.add(sim.outbox.rows().stream().filter(row -> row.unsettled > 0).count());
            return sim.elapsed().compareTo(Duration.ofSeconds(5)) > 0;
        });
        // those that wait, those at work, and those whose outcomes are to be recorded
        assertThat(held).allMatch(count -> count <= 50 + 10 + 20);
    }

    @Test
    void quickHandlers_nextClaimIsSentBeforeTheyRunDry() {
        Simulation sim = Simulation.overlapping(at(5), b -> b.batch(50));
        sim.outbox.add("a", 20_000);
        sim.handlers.script(m -> delivers(at(1)));
        sim.runTo(Duration.ofMillis(500));
        long before = sim.report().delivered();
        sim.runTo(Duration.ofMillis(1500));
        // ten handlers of a millisecond; a claim of 50 takes five on the average, as long as they do for it
        assertThat(sim.report().delivered() - before).isGreaterThan(8_000);
    }

    @Test
    void quickHandlers_batchesGrowUntilTheyAreNotQuickAnyMore() {
        Simulation sim = Simulation.overlapping(at(5), b -> b);
        sim.outbox.add("a", 100_000);
        sim.handlers.script(m -> delivers(Duration.ZERO));
        sim.runUntil(() -> sim.report().delivered() > 30_000);
        assertThat(claimed(sim, 0)).contains(100, 500).allMatch(limit -> limit <= 500);
        assertThat(sim.outbox.calls(Op.SETTLE))
                .extracting(VirtualOutbox.Call::size)
                .contains(500)
                .allMatch(size -> size <= 500);

        sim.handlers.script(m -> delivers(at(100)));
        int claims = sim.outbox.calls(Op.CLAIM).size();
        sim.runTo(sim.elapsed().plusSeconds(20));
        List<Integer> sinceSlow = claimed(sim, claims);
        assertThat(sinceSlow).hasSizeGreaterThan(5).allMatch(limit -> limit <= 500);
        assertThat(sinceSlow.subList(3, sinceSlow.size())).allMatch(limit -> limit <= 100);
    }

    /** The limits of its claims, but for so many of the first. */
    private static List<Integer> claimed(Simulation sim, int first) {
        return sim.outbox.calls(Op.CLAIM).stream()
                .skip(first)
                .map(VirtualOutbox.Call::size)
                .toList();
    }

    @Test
    void quickHandlers_batchThatWasSet_isAlwaysTheSame() {
        Simulation sim = Simulation.overlapping(at(5), b -> b.batch(50).settleBatch(30));
        sim.outbox.add("a", 10_000);
        sim.handlers.script(m -> delivers(Duration.ZERO));
        sim.runUntil(() -> sim.report().delivered() == 10_000);
        assertThat(claimed(sim, 0)).allMatch(limit -> limit <= 50);
        assertThat(sim.outbox.calls(Op.SETTLE)).allMatch(call -> call.size() <= 30);
    }

    @Test
    void maxWaiting_isNeverExceeded() {
        Simulation sim = Simulation.overlapping(at(5), b -> b.batch(50).maxWaiting(60));
        sim.outbox.add("a", 2000);
        sim.handlers.script(m -> delivers(Duration.ZERO));
        sim.runUntil(() -> {
            assertThat(sim.core.gauges().describe())
                    .satisfies(text -> assertThat(waiting(text)).isLessThanOrEqualTo(60));
            return sim.report().delivered() == 2000;
        });
    }

    private static int waiting(String gauges) {
        return Integer.parseInt(gauges.replaceAll(".* (\\d+) messages waiting.*", "$1"));
    }

    /** Whenever something was written and somebody said so, it is delivered soon: no hint falls between a claim and its answer. */
    @Test
    void hints_atAnyMoment_areNeverLost() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Simulation sim = idle();
            sim.handlers.script(m -> delivers(Duration.ofNanos(random.nextLong(30_000_000))));
            List<UUID> added = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                sim.time.after(Duration.ofNanos(random.nextLong(400_000_000)), () -> {
                    added.addAll(random.nextBoolean() ? sim.outbox.add("a", 1) : sim.outbox.addOrdered("k", "a", 1));
                    sim.engine.wakeUp();
                });
            }
            sim.runTo(Duration.ofSeconds(5));
            assertThat(sim.outbox.pending()).as("seed %d", seed).isZero();
            assertThat(sim.report().delivered()).as("seed %d", seed).isEqualTo(added.size());
        }
    }

    /** At every moment of a busy life, with faults and suspects: bounded, every message accounted for, suspects alone. */
    @Test
    void stop_atAnyMoment_isBoundedAndLosesNothing() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualTime time = new VirtualTime();
            VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
            if (random.nextBoolean()) {
                outbox.fused();
            }
            for (int i = 0; i < 150; i++) {
                outbox.addOne("a", random.nextInt(20) == 0 ? 1 : 0);
            }
            Simulation sim = Simulation.overlapping(
                    time,
                    outbox,
                    seed,
                    at(1 + random.nextInt(300)),
                    b -> b.batch(1 + random.nextInt(60)).unlimitedDeaths());
            sim.handlers.script(m -> any(random));
            sprinkleFaults(random, outbox);
            Duration stopAt =
                    Duration.ofNanos(random.nextLong(Duration.ofSeconds(60).toNanos()));
            sim.runFor(stopAt);
            assertThat(sim.elapsed()).as("seed %d", seed).isLessThanOrEqualTo(stopAt.plusMillis(20_000 + 4 * 300));
            assertThat(sim.handlers.violations()).as("seed %d", seed).isEmpty();
            assertThat(sim.lines.violations()).as("seed %d", seed).isEmpty();
            sim.assertAccountedFor();
        }
    }

    /** Random handlers, faults and crashes: whatever happens, nothing runs beside a suspect, and nothing is lost. */
    @Test
    void suspects_randomSchedules_neverHaveCompany() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualTime time = new VirtualTime();
            VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
            for (int i = 0; i < 80; i++) {
                outbox.addOne("a", random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0);
            }
            for (int process = 0; process < 4; process++) {
                Simulation sim = Simulation.overlapping(
                        time,
                        outbox,
                        seed,
                        at(1 + random.nextInt(100)),
                        b -> b.unlimitedDeaths()
                                .batch(1 + random.nextInt(40))
                                .concurrency(1 + random.nextInt(12))
                                .retry(RetryPolicy.standard().unlimited()));
                sim.handlers.script(m -> any(random));
                sprinkleFaults(random, outbox);
                if (process == 3) {
                    outbox.heal();
                } else {
                    time.after(at(random.nextInt(60_000)), sim::crash);
                }
                sim.runUntil(() -> outbox.pending() == 0);
                assertThat(sim.handlers.violations()).as("seed %d", seed).isEmpty();
            }
            assertThat(outbox.pending()).as("seed %d", seed).isZero();
        }
    }

    @Test
    void idle_fusedOutbox_settlesAndClaimsInOneCall() {
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        outbox.fused();
        Simulation sim = Simulation.overlapping(time, outbox, 1, at(2), b -> b);
        sim.handlers.script(m -> delivers(at(5)));
        outbox.before(op -> {
            if (op == Op.CLAIM || op == Op.SETTLE_AND_CLAIM) {
                time.after(at(6), sim.engine::wakeUp);
            }
        });
        outbox.addOrdered("k", "a", 20);
        sim.runUntil(() -> sim.report().delivered() == 20);
        assertThat(outbox.calls(Op.SETTLE_AND_CLAIM)).isNotEmpty();
    }

    @Test
    void claim_request_asksForSuspectsOnlyWhileNothingIsHeld() {
        Simulation sim = Simulation.overlapping(WAY, b -> b.batch(10));
        sim.outbox.add("a", 500);
        sim.runTo(Duration.ofMillis(300));
        List<ClaimRequest> requests = sim.outbox.calls(Op.CLAIM).stream()
                .map(call -> (ClaimRequest) call.arguments().get(0))
                .toList();
        assertThat(requests.get(0).takesSuspects()).isTrue();
        assertThat(requests.subList(1, 10)).noneMatch(ClaimRequest::takesSuspects);
    }

    private static Behaviour any(SplittableRandom random) {
        Duration takes = at(random.nextInt(random.nextInt(10) == 0 ? 60_000 : 2000));
        Behaviour behaviour = random.nextInt(4) == 0 ? fails(takes) : delivers(takes);
        return random.nextInt(6) == 0 ? behaviour.ignoringInterrupt() : behaviour;
    }

    private static void sprinkleFaults(SplittableRandom random, VirtualOutbox outbox) {
        for (Op op : Op.values()) {
            for (int i = 0; i < 40; i++) {
                int dice = random.nextInt(12);
                outbox.fail(op, dice == 0 ? Fault.REFUSED : dice == 1 ? Fault.REPLY_LOST : Fault.NONE);
            }
        }
    }
}
