package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

// U2: what killed its process runs alone, so that only its own deaths count against it.
class SuspectTest {

    @Test
    void suspects_amongOthers_runAloneAndEverythingIsDelivered() {
        Simulation sim = Simulation.worker();
        for (int i = 0; i < 300; i++) {
            sim.outbox.addOne("a", i % 10 == 5 ? 1 : 0);
        }
        sim.handlers.script(m -> delivers(Duration.ofMillis(100)));
        sim.runUntil(() -> sim.report().delivered() == 300);
        assertThat(sim.handlers.violations()).isEmpty();
        assertThat(sim.handlers.most()).isEqualTo(10);
        sim.assertAccountedFor();
    }

    @Test
    void suspect_held_nothingElseIsClaimed() {
        Simulation sim = Simulation.worker();
        sim.outbox.addOne("a", 1);
        sim.outbox.add("a", 50);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(m.unsettled() > 0 ? 20 : 0)));
        sim.runTo(Duration.ofSeconds(19));
        assertThat(sim.handlers.started()).hasSize(1);
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(1);
        sim.runFor(Duration.ofSeconds(22));
        assertThat(sim.report().delivered()).isEqualTo(51);
    }

    @Test
    void suspect_failedWithAResult_isNoSuspectAnyMore() {
        Simulation sim = Simulation.worker();
        UUID id = sim.outbox.addOne("a", 2);
        sim.handlers.script(m -> m.unsettled() > 0 ? fails(Duration.ZERO) : delivers(Duration.ZERO));
        sim.runFor(Duration.ofSeconds(30));
        assertThat(sim.handlers.started()).extracting(Message::unsettled).containsExactly(2, 0);
        assertThat(sim.outbox.has(id)).isFalse();
    }

    @Test
    void suspect_busyStream_isNotStarved() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 500);
        UUID suspect = sim.outbox.addOne("a", 1);
        stream(sim, 3000);
        sim.handlers.script(m -> delivers(Duration.ofMillis(50)));
        sim.runUntil(() -> !sim.outbox.has(suspect));
        assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(10));
        assertThat(sim.handlers.violations()).isEmpty();
    }

    @Test
    void innocents_manySuspects_areNotStarved() {
        Simulation sim = Simulation.worker();
        for (int i = 0; i < 100; i++) {
            sim.outbox.addOne("a", 1);
        }
        List<UUID> innocents = sim.outbox.add("a", 10);
        for (int i = 0; i < 100; i++) {
            sim.outbox.addOne("a", 1);
        }
        sim.handlers.script(m -> delivers(Duration.ofMillis(10)));
        sim.runUntil(() -> innocents.stream().noneMatch(sim.outbox::has));
        assertThat(sim.outbox.pending()).isGreaterThanOrEqualTo(100);
        sim.runUntil(() -> sim.outbox.pending() == 0);
        assertThat(sim.handlers.violations()).isEmpty();
    }

    /** A new message every two milliseconds. */
    private static void stream(Simulation sim, int count) {
        for (int i = 0; i < count; i++) {
            sim.time.after(Duration.ofMillis(2L * i), () -> sim.outbox.add("a", 1));
        }
    }

    // An outbox that breaks its promise does not make us break ours.
    @Test
    void suspects_handedOutInCompany_runAloneAllTheSame() {
        Simulation sim = Simulation.worker();
        sim.outbox.ignoreSuspicion();
        for (int i = 0; i < 60; i++) {
            sim.outbox.addOne("a", i % 3 == 0 ? 1 : 0);
        }
        sim.handlers.script(m -> delivers(Duration.ofMillis(10)));
        sim.runUntil(() -> sim.report().delivered() == 60);
        assertThat(sim.handlers.violations()).isEmpty();
        assertThat(sim.count(Told.RELEASED)).isPositive();
    }

    /** Two messages that kill the process whenever they run, among a hundred that do not. */
    @Test
    void poison_processDiesEachTime_onlyThePoisonIsDeadLettered() {
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        outbox.add("a", 3);
        Set<UUID> poison = new HashSet<>(Set.of(outbox.addOne("a", 0)));
        outbox.add("a", 60);
        poison.add(outbox.addOne("a", 0));
        outbox.add("a", 37);
        Set<UUID> dead = new HashSet<>();
        int processes = 0;
        while (outbox.pending() > 0 && processes < 50) {
            Simulation sim = Simulation.worker(time, outbox, processes++, b -> b);
            sim.handlers.script(m -> {
                if (poison.contains(m.id())) {
                    time.after(Duration.ofMillis(3), sim::crash);
                }
                return delivers(Duration.ofMillis(5));
            });
            sim.runUntil(() -> outbox.pending() == 0);
            dead.addAll(sim.recorder.ids(Told.DEAD));
            assertThat(sim.handlers.violations()).isEmpty();
        }
        assertThat(dead).isEqualTo(poison);
        assertThat(outbox.rows()).allMatch(row -> poison.contains(row.id));
        assertThat(processes).isBetween(5, 8);
    }

    /** Random handlers, faults and crashes: whatever happens, nothing runs beside a suspect, and nothing is lost. */
    @Test
    void suspects_randomSchedules_neverHaveCompany() {
        for (long seed = 0; seed < 400; seed++) {
            runRandomly(seed);
        }
    }

    private static void runRandomly(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        for (int i = 0; i < 80; i++) {
            outbox.addOne("a", random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0);
        }
        List<String> violations = new ArrayList<>();
        for (int process = 0; process < 4; process++) {
            boolean last = process == 3;
            Simulation sim = Simulation.worker(
                    time,
                    outbox,
                    seed,
                    b -> b.unlimitedDeaths()
                            .batch(1 + random.nextInt(40))
                            .concurrency(1 + random.nextInt(12))
                            .retry(RetryPolicy.standard().unlimited()));
            sim.handlers.script(m -> anyBehaviour(random));
            sprinkleFaults(random, outbox, last);
            if (last) {
                sim.runUntil(() -> outbox.pending() == 0);
                sim.time.after(Duration.ofMinutes(2), sim.engine::requestStop);
                sim.run();
                sim.assertAccountedFor();
            } else {
                time.after(Duration.ofMillis(random.nextInt(60_000)), sim::crash);
                sim.runUntil(() -> outbox.pending() == 0);
            }
            violations.addAll(sim.handlers.violations());
        }
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(outbox.pending()).as("seed %d", seed).isZero();
    }

    private static VirtualHandlers.Behaviour anyBehaviour(SplittableRandom random) {
        Duration takes = Duration.ofMillis(random.nextInt(random.nextInt(20) == 0 ? 40_000 : 200));
        return switch (random.nextInt(10)) {
            case 0, 1 -> fails(takes);
            case 2 -> delivers(takes).ignoringInterrupt();
            default -> delivers(takes);
        };
    }

    private static void sprinkleFaults(SplittableRandom random, VirtualOutbox outbox, boolean few) {
        for (Op op : Op.values()) {
            for (int i = 0; i < (few ? 10 : 40); i++) {
                int dice = random.nextInt(12);
                outbox.fail(op, dice == 0 ? Fault.REFUSED : dice == 1 ? Fault.REPLY_LOST : Fault.NONE);
            }
        }
    }
}
