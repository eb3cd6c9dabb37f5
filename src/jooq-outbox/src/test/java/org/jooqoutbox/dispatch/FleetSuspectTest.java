package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.hangs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualFleet.Member;
import org.jooqoutbox.dispatch.VirtualHandlers.Behaviour;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** Messages that may kill their process, in a worker of several outboxes. */
class FleetSuspectTest {

    private static final int MAX_DEATHS = 3;

    private final VirtualTime time = new VirtualTime();
    private final List<VirtualOutbox> outboxes = new ArrayList<>();

    private VirtualFleet fleet(int count) {
        return fleet(count, 10, 1_000);
    }

    private VirtualFleet fleet(int count, int concurrency, int maxWaiting) {
        VirtualFleet fleet = new VirtualFleet(time, 1, concurrency, maxWaiting, MAX_DEATHS);
        while (outboxes.size() < count) {
            outboxes.add(new VirtualOutbox("outbox " + outboxes.size(), time::sinceStart));
            outboxes.get(outboxes.size() - 1).looksAhead();
        }
        outboxes.forEach(outbox -> fleet.add(outbox, b -> b));
        return fleet;
    }

    private static void script(VirtualFleet fleet, Function<Message, Behaviour> script) {
        fleet.members().forEach(member -> member.handlers.script(script));
    }

    private int pending() {
        return outboxes.stream().mapToInt(VirtualOutbox::pending).sum();
    }

    private void runUntilEmpty(VirtualFleet fleet, Duration atMost) {
        Duration then = time.elapsed();
        fleet.runUntil(() -> pending() == 0 || time.elapsed().minus(then).compareTo(atMost) > 0);
        assertThat(pending()).as("pending after %s", time.elapsed().minus(then)).isZero();
        assertThat(fleet.violations).isEmpty();
    }

    private static void assertClean(VirtualFleet fleet) {
        fleet.stop();
        fleet.assertNothingIsHeld();
        assertThat(fleet.violations).isEmpty();
    }

    @Test
    void suspects_ofSeveralOutboxes_areHeldOneAtATimeWhileOthersGoOn() {
        VirtualFleet fleet = fleet(5);
        outboxes.forEach(outbox -> IntStream.range(0, 10).forEach(i -> outbox.addOne("a", 1)));
        outboxes.forEach(outbox -> outbox.add("a", 50));
        script(fleet, m -> delivers(Duration.ofMillis(20)));
        runUntilEmpty(fleet, Duration.ofMinutes(1));
        assertClean(fleet);
    }

    @Test
    void suspect_held_doesNotHoldUpOtherOutboxes() {
        VirtualFleet fleet = fleet(2);
        outboxes.get(0).addOne("a", 1);
        script(fleet, m -> delivers(m.unsettled() > 0 ? Duration.ofSeconds(20) : Duration.ofMillis(5)));
        fleet.runTo(Duration.ofSeconds(1));
        outboxes.get(1).add("a", 100);
        fleet.members().get(1).engine.wakeUp();
        fleet.runUntil(() -> outboxes.get(1).pending() == 0);
        assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(3));
        runUntilEmpty(fleet, Duration.ofMinutes(1));
        assertClean(fleet);
    }

    @Test
    void lastChance_othersAtWork_runsAloneAndTheyGoOnAfterwards() {
        VirtualFleet fleet = fleet(4);
        UUID last = outboxes.get(0).addOne("a", MAX_DEATHS);
        outboxes.forEach(outbox -> outbox.add("a", outbox == outboxes.get(0) ? 20 : 600));
        script(fleet, m -> delivers(Duration.ofMillis(30)));
        fleet.runUntil(() -> !outboxes.get(0).has(last));
        assertThat(pending()).isGreaterThan(1_000);
        assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(20));
        runUntilEmpty(fleet, Duration.ofMinutes(2));
        assertClean(fleet);
    }

    // Giving it back makes it the last of its outbox: it must not be overtaken for ever.
    @Test
    void lastChance_constantBacklog_isNotStarved() {
        VirtualFleet fleet = fleet(2);
        outboxes.get(0).add("a", 100);
        UUID last = outboxes.get(0).addOne("a", MAX_DEATHS);
        for (int i = 0; i < 20_000; i++) {
            time.after(Duration.ofMillis(5L * i), () -> outboxes.get(0).add("a", 1));
        }
        script(fleet, m -> delivers(Duration.ofMillis(20)));
        fleet.runUntil(() -> !outboxes.get(0).has(last) || time.elapsed().compareTo(Duration.ofSeconds(60)) > 0);
        assertThat(outboxes.get(0).has(last)).isFalse();
        assertThat(fleet.violations).isEmpty();
    }

    @Test
    void lastChances_ofSeveralOutboxes_doNotWaitForEachOther() {
        VirtualFleet fleet = fleet(6);
        outboxes.forEach(outbox -> IntStream.range(0, 3).forEach(i -> outbox.addOne("a", MAX_DEATHS)));
        outboxes.forEach(outbox -> outbox.addOne("a", 1));
        outboxes.forEach(outbox -> outbox.add("a", 30));
        script(fleet, m -> delivers(Duration.ofMillis(20)));
        runUntilEmpty(fleet, Duration.ofMinutes(2));
        assertClean(fleet);
    }

    // They hold all the room and wait for places; it holds all places.
    @Test
    void lastChance_othersHoldAllTheRoom_needsNone() {
        VirtualFleet fleet = fleet(8, 2, 8);
        outboxes.get(0).addOne("a", MAX_DEATHS);
        outboxes.forEach(outbox -> outbox.add("a", 40));
        script(fleet, m -> delivers(Duration.ofMillis(10)));
        runUntilEmpty(fleet, Duration.ofMinutes(2));
        assertClean(fleet);
    }

    @Test
    void lastChance_claimFails_othersGoOnMeanwhile() {
        VirtualFleet fleet = fleet(3);
        UUID last = outboxes.get(0).addOne("a", MAX_DEATHS);
        outboxes.get(1).addOne("a", 1);
        script(fleet, m -> delivers(Duration.ofMillis(10)));
        outboxes.get(0).before(op -> {
            if (outboxes.get(0).row(last).attempts > MAX_DEATHS) {
                outboxes.get(0).fail(Op.CLAIM, 20, Fault.REFUSED);
                outboxes.get(0).before(other -> {});
            }
        });
        fleet.runUntil(() -> fleet.members().get(0).recorder.count(Told.CLAIM_FAILED) > 3);
        outboxes.get(2).add("a", 20);
        outboxes.get(2).addOne("a", 2);
        fleet.members().get(2).engine.wakeUp();
        fleet.runUntil(() -> outboxes.get(1).pending() + outboxes.get(2).pending() == 0);
        assertThat(outboxes.get(0).has(last)).isTrue();
        outboxes.get(0).heal();
        runUntilEmpty(fleet, Duration.ofMinutes(2));
        assertClean(fleet);
    }

    @Test
    void lastChance_leaseLost_placesComeBack() {
        VirtualFleet fleet = fleet(2);
        UUID last = outboxes.get(0).addOne("a", MAX_DEATHS);
        Member first = fleet.members().get(0);
        first.handlers.script(m -> delivers(Duration.ofSeconds(15)));
        fleet.runUntil(() -> first.recorder.count(Told.HANDLER_STARTED) == 1);
        outboxes.get(0).steal(last);
        outboxes.get(1).add("a", 20);
        fleet.members().get(1).engine.wakeUp();
        fleet.runUntil(() -> outboxes.get(1).pending() == 0);
        assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(20));
        assertThat(first.recorder.count(Told.LEASE_LOST)).isEqualTo(1);
        assertClean(fleet);
    }

    @Test
    void lastChance_takenByAnotherProcess_placesComeBack() {
        VirtualFleet fleet = fleet(2);
        UUID last = outboxes.get(0).addOne("a", MAX_DEATHS);
        fleet.runUntil(() -> fleet.members().get(0).recorder.count(Told.RELEASED) == 1);
        outboxes.get(0).steal(last);
        outboxes.get(1).add("a", 200);
        fleet.runUntil(() -> outboxes.get(1).pending() == 0);
        assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(25));
        assertClean(fleet);
    }

    @Test
    void lastChance_executorRefusesIt_isDeliveredLater() {
        VirtualFleet fleet = fleet(2);
        outboxes.get(0).addOne("a", MAX_DEATHS);
        outboxes.forEach(outbox -> outbox.add("a", 50));
        script(fleet, m -> delivers(Duration.ofMillis(10)));
        fleet.members().get(0).handlers.reject(start -> start % 2 == 0);
        runUntilEmpty(fleet, Duration.ofMinutes(5));
        assertClean(fleet);
    }

    @Test
    void outbox_stopsWhileItHoldsASuspect_leavesNothingBehind() {
        for (int deaths : new int[] {1, MAX_DEATHS}) {
            for (boolean returns : new boolean[] {false, true}) {
                outboxes.clear();
                VirtualFleet fleet = fleet(2);
                outboxes.get(0).addOne("a", deaths);
                Member first = fleet.members().get(0);
                first.handlers.script(m -> returns ? hangs() : hangs().ignoringInterrupt());
                fleet.runUntil(() -> first.recorder.count(Told.HANDLER_STARTED) == 1);
                first.engine.requestStop();
                fleet.runUntil(first::isOver);
                outboxes.get(1).addOne("a", MAX_DEATHS);
                outboxes.get(1).add("a", 5);
                fleet.runUntil(() -> outboxes.get(1).pending() == 0);
                assertClean(fleet);
            }
        }
    }

    @Test
    void outbox_stopsWhileItWaitsForAllPlaces_letsTheOthersGoOn() {
        VirtualFleet fleet = fleet(2);
        outboxes.get(1).add("a", 1);
        script(fleet, m -> delivers(m.outbox().equals("outbox 1") ? Duration.ofSeconds(20) : Duration.ofMillis(5)));
        fleet.runUntil(() -> fleet.tally.report(0, false).claimed() == 1);
        outboxes.get(0).addOne("a", MAX_DEATHS);
        fleet.members().get(0).engine.wakeUp();
        fleet.runTo(Duration.ofSeconds(2));
        assertThat(fleet.members().get(0).recorder.count(Told.HANDLER_STARTED)).isZero();
        outboxes.get(1).add("a", 1);
        fleet.members().get(1).engine.wakeUp();
        fleet.runTo(Duration.ofSeconds(3));
        assertThat(fleet.members().get(1).recorder.count(Told.HANDLER_STARTED)).isEqualTo(1);
        fleet.members().get(0).engine.requestStop();
        fleet.runUntil(() -> fleet.members().get(1).recorder.count(Told.HANDLER_STARTED) == 2);
        assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(5));
        fleet.runUntil(() -> outboxes.get(1).pending() == 0);
        assertClean(fleet);
    }

    /** Messages of several outboxes that kill the process whenever they run, among others that do not. */
    @Test
    void poison_processDiesEachTime_onlyThePoisonIsDeadLettered() {
        Set<String> killers = new HashSet<>();
        int processes = 0;
        fleet(3);
        for (VirtualOutbox outbox : outboxes) {
            outbox.add("a", 20);
            killers.add(outbox.name() + outbox.addOne("a", 0));
            outbox.add("a", 20);
        }
        while (pending() > 0 && processes < 60) {
            processes++;
            VirtualFleet fleet = fleet(3);
            script(fleet, m -> {
                if (killers.contains(m.outbox() + m.id())) {
                    time.after(Duration.ofMillis(3), fleet::crash);
                }
                return delivers(Duration.ofMillis(5));
            });
            Duration then = time.elapsed();
            fleet.runUntil(() -> pending() == 0 || time.elapsed().minus(then).compareTo(Duration.ofMinutes(5)) > 0);
            assertThat(fleet.violations).isEmpty();
        }
        assertThat(pending()).isZero();
        for (VirtualOutbox outbox : outboxes) {
            assertThat(outbox.rows()).hasSize(1).allMatch(row -> killers.contains(outbox.name() + row.id));
        }
        assertThat(processes).isBetween(8, 30);
    }

    /** Random outboxes, handlers, faults, crashes and removals: never company that must not be, and everything is delivered. */
    @Test
    void suspects_randomSchedules_neverHaveCompanyAndAreAllDelivered() {
        for (long seed = 0; seed < 150; seed++) {
            new FleetSuspectTest().runRandomly(seed);
        }
    }

    private void runRandomly(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = 2 + random.nextInt(4);
        for (int process = 0; process < 3; process++) {
            boolean last = process == 2;
            VirtualFleet fleet = fleet(count, 1 + random.nextInt(8), 1 + random.nextInt(60));
            if (process == 0) {
                outboxes.forEach(outbox ->
                        IntStream.range(0, 20).forEach(i -> outbox.addOne("a", Math.max(0, random.nextInt(8) - 4))));
            }
            script(fleet, m -> anyBehaviour(random));
            outboxes.forEach(outbox -> sprinkleFaults(random, outbox, last));
            if (last) {
                fleet.runUntil(() -> pending() == 0 || time.elapsed().compareTo(Duration.ofHours(3)) > 0);
                assertThat(fleet.violations).as("seed %d", seed).isEmpty();
                assertThat(outboxes.stream().flatMap(o -> o.rows().stream()).filter(r -> r.status.equals("pending")))
                        .as("seed %d", seed)
                        .isEmpty();
                fleet.stop();
                fleet.assertNothingIsHeld();
            } else {
                Duration then = time.elapsed();
                int removed = random.nextInt(count);
                time.after(
                        Duration.ofMillis(random.nextInt(30_000)),
                        () -> fleet.members().get(removed).engine.requestStop());
                time.after(Duration.ofMillis(1 + random.nextInt(60_000)), fleet::crash);
                fleet.runUntil(() -> pending() == 0);
                assertThat(time.elapsed().minus(then)).isLessThan(Duration.ofHours(1));
                assertThat(fleet.violations).as("seed %d", seed).isEmpty();
            }
        }
    }

    private static Behaviour anyBehaviour(SplittableRandom random) {
        Duration takes = Duration.ofMillis(random.nextInt(random.nextInt(20) == 0 ? 40_000 : 200));
        return switch (random.nextInt(10)) {
            case 0, 1 -> fails(takes);
            case 2 -> delivers(takes).ignoringInterrupt();
            default -> delivers(takes);
        };
    }

    private static void sprinkleFaults(SplittableRandom random, VirtualOutbox outbox, boolean few) {
        for (Op op : Op.values()) {
            for (int i = 0; i < (few ? 5 : 30); i++) {
                int dice = random.nextInt(12);
                outbox.fail(op, dice == 0 ? Fault.REFUSED : dice == 1 ? Fault.REPLY_LOST : Fault.NONE);
            }
        }
    }
}
