package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** An idle outbox is asked when something is due. */
class LookAheadTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);

    private static Simulation looking(UnaryOperator<Worker.Builder<Void>> options, DispatchListener... listeners) {
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        outbox.looksAhead();
        return Simulation.worker(time, outbox, 1, options, listeners);
    }

    private static Simulation looking() {
        return looking(builder -> builder);
    }

    private static Duration startedAt(Simulation sim, int which) {
        return Duration.ofNanos(
                sim.recorder.events(Told.HANDLER_STARTED).get(which).at());
    }

    @Test
    void outbox_empty_isAskedAndNotClaimedFrom() {
        Simulation sim = looking().runTo(Duration.ofMinutes(1));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(1);
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD)).hasSizeBetween(60, 130);
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD))
                .allMatch(call -> call.arguments().equals(List.of("a")));
    }

    @Test
    void outbox_emptyWithoutLookAhead_isPolled() {
        Simulation sim = looking(Worker.Builder::withoutLookAhead).runTo(Duration.ofMinutes(1));
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD)).isEmpty();
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSizeBetween(60, 130);
    }

    @Test
    void outbox_saysThatSomethingMayAlwaysBeDue_isPolledAsWithoutLookAhead() {
        Simulation sim = Simulation.worker().runTo(Duration.ofMinutes(1));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSizeBetween(60, 130);
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD)).hasSizeBetween(60, 130);
    }

    @Test
    void message_delayed_isDeliveredWhenItIsDue() {
        Simulation sim = looking();
        for (int i = 1; i <= 20; i++) {
            sim.outbox.addDelayed("a", Duration.ofMinutes(10).plusMillis(7_001L * i));
        }
        sim.runUntil(() -> sim.report().delivered() == 20);
        for (int i = 1; i <= 20; i++) {
            Duration due = Duration.ofMinutes(10).plusMillis(7_001L * i);
            assertThat(startedAt(sim, i - 1)).isBetween(due, due.plus(A_MOMENT));
        }
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSizeLessThan(45);
    }

    @Test
    void message_writtenWhileAnotherIsAwaited_isFoundByTheNextPoll() {
        Simulation sim = looking();
        sim.outbox.addDelayed("a", Duration.ofMinutes(10));
        sim.runTo(Duration.ofMinutes(1));
        sim.outbox.add("a", 1);
        sim.runUntil(() -> sim.report().delivered() == 1);
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(61_010));
    }

    @Test
    void message_failed_isTriedAgainWhenItsBackoffIsOver() {
        Simulation sim = looking(b -> b.retry(RetryPolicy.fixed(Duration.ofSeconds(33))));
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> m.failures() < 3 ? fails(Duration.ZERO) : delivers(Duration.ZERO));
        sim.runUntil(() -> sim.report().delivered() == 1);
        List<Recorder.Event> failures = sim.recorder.events(Told.FAILED);
        for (int i = 0; i < 3; i++) {
            Duration due = Duration.ofNanos(failures.get(i).at())
                    .plus((Duration) failures.get(i).detail());
            assertThat(startedAt(sim, i + 1)).isBetween(due, due.plus(A_MOMENT));
        }
    }

    @Test
    void message_heldByADispatcherThatCrashed_isDeliveredWhenItsLeaseEnds() {
        Simulation first = looking();
        first.outbox.add("a", 1);
        first.handlers.script(m -> delivers(Duration.ofDays(1)));
        first.time.after(Duration.ofMillis(3), first::crash);
        first.run();
        Duration due = Duration.ofNanos(first.outbox.rows().get(0).dueAt);
        Simulation next = Simulation.worker(first.time, first.outbox, 2, b -> b);
        next.runUntil(() -> next.report().delivered() == 1);
        assertThat(next.firstAt(Told.HANDLER_STARTED)).isBetween(due, due.plus(A_MOMENT));
    }

    @Test
    void message_postponed_isDeliveredWhenItIsDue() {
        Simulation sim = looking();
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> m.attempts() == 1
                ? new VirtualHandlers.Behaviour(
                        Duration.ZERO, new HandlerResult.Postponed(Duration.ofSeconds(77), "later"), false)
                : delivers(Duration.ZERO));
        sim.runUntil(() -> sim.report().delivered() == 1);
        Duration due = sim.firstAt(Told.POSTPONED).plusSeconds(77);
        assertThat(startedAt(sim, 1)).isBetween(due, due.plus(A_MOMENT));
    }

    // What is due of a broken kind is not claimed: the outbox would say for ever that it is.
    @Test
    void breaker_open_thereIsNoLookingAhead() {
        Simulation sim = looking(b -> b.handle(
                        Simulation.B,
                        (p, m) -> {},
                        KindOptions.defaults()
                                .breakAfter(3, Duration.ofMillis(1))
                                .probeEvery(Duration.ofHours(1), Duration.ofHours(1)))
                .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).unlimited()));
        sim.outbox.add("b", 5);
        // they fail when nothing else has been due for a while
        sim.handlers.script(m -> fails(Duration.ofSeconds(5)));
        sim.runUntil(() -> sim.count(Told.BREAKER_OPENED) == 1);
        int looks = sim.outbox.calls(Op.LOOK_AHEAD).size();
        sim.runTo(Duration.ofSeconds(80));
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD)).hasSize(looks);
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSizeGreaterThan(50);
    }

    @Test
    void lookAhead_failing_backsOffIsToldAndRecovers() {
        Simulation sim = looking();
        sim.outbox.fail(Op.LOOK_AHEAD, 1_000, Fault.REFUSED);
        sim.runTo(Duration.ofMinutes(1));
        assertThat(sim.count(Told.CLAIM_FAILED)).isBetween(60, 130);
        assertThat(sim.recorder.events(Told.CLAIM_FAILED))
                .allMatch(event -> event.text().equals("no database for LOOK_AHEAD"));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(1);
        sim.outbox.heal();
        sim.outbox.add("a", 3);
        sim.runFor(Duration.ofSeconds(62));
        assertThat(sim.report().delivered()).isEqualTo(3);
    }

    @Test
    void lookAhead_anyThrowable_doesNotEndTheLoop() {
        for (Throwable error : Throwables.all()) {
            Simulation sim = looking();
            sim.outbox.throwing(op -> error);
            sim.outbox.fail(Op.LOOK_AHEAD, Fault.REFUSED, Fault.REFUSED);
            sim.runTo(Duration.ofSeconds(1));
            sim.outbox.add("a", 1);
            sim.runFor(Duration.ofSeconds(4));
            assertThat(sim.report().delivered()).as("%s", error).isEqualTo(1);
        }
    }

    @Test
    void drainer_neverLooksAhead() {
        Simulation sim = Simulation.drainer(b -> b, Duration.ofMinutes(1));
        sim.outbox.looksAhead();
        sim.outbox.add("a", 5);
        sim.outbox.addDelayed("a", Duration.ofSeconds(30));
        sim.run();
        assertThat(sim.core.drained()).isTrue();
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD)).isEmpty();
        assertThat(sim.report().delivered()).isEqualTo(5);
    }

    // Two outcomes travel with the claim, the third follows later: its key is freed behind the claim, which found
    // nothing.
    @Test
    void keysFreed_moreThanTravelWithOneClaim_isNotAskedOverAndOver() {
        VirtualTime time = new VirtualTime();
        VirtualOutbox outbox = new VirtualOutbox(time::sinceStart);
        outbox.looksAhead();
        outbox.fused();
        UUID slow = outbox.add("a", 1).get(0);
        for (int key = 0; key < 3; key++) {
            outbox.addOrdered("key " + key, "a", 1);
        }
        Simulation sim = Simulation.worker(time, outbox, 1, builder -> builder.settleBatch(2));
        sim.handlers.script(m -> delivers(m.id().equals(slow) ? Duration.ofSeconds(1) : A_MOMENT));
        sim.runUntil(() -> sim.report().delivered() == 4);
        assertThat(sim.report().delivered()).isEqualTo(4);
        assertThat(outbox.calls(Op.LOOK_AHEAD)).hasSizeLessThan(20);
    }

    @Test
    void message_ofAnotherKind_isNotLookedFor() {
        Simulation sim = looking();
        sim.outbox.add("unknown", 100);
        sim.runTo(Duration.ofMinutes(1));
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(1);
    }

    @Test
    void stream_ofMessages_isClaimedWithoutLookingAhead() {
        Simulation sim = looking(b -> b, new DispatchListener() {
            @Override
            public void delivered(Message message) {
                assertThat(message.kind()).isEqualTo("a");
            }
        });
        for (int i = 0; i < 1_000; i++) {
            sim.time.after(Duration.ofMillis(20L * i), () -> sim.outbox.add("a", 1));
        }
        sim.runUntil(() -> sim.report().delivered() == 1_000);
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD))
                .hasSizeLessThan(sim.outbox.calls(Op.CLAIM).size() / 2);
    }

    @Test
    void messages_dueAtRandom_areAllDeliveredInTime() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Simulation sim = looking();
            Map<UUID, Long> due = new HashMap<>();
            for (int i = 0; i < 30; i++) {
                UUID id = sim.outbox.addDelayed("a", Duration.ofMillis(random.nextInt(600_000)));
                due.put(id, sim.outbox.row(id).dueAt);
            }
            sim.runUntil(() -> sim.report().delivered() == 30);
            for (Recorder.Event event : sim.recorder.events(Told.HANDLER_STARTED)) {
                long late = event.at() - due.getOrDefault(event.id(), 0L);
                // one that becomes due just after a claim waits for the shortest pause
                assertThat(Duration.ofNanos(late)).as("seed %d", seed).isLessThan(Duration.ofMillis(60));
            }
        }
    }
}
