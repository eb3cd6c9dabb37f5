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
import org.jooqoutbox.Claim.Coverage;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** Messages with ordering keys: of each key only the first can be claimed. */
class OrderingTest {

    private static int claims(Simulation sim) {
        return sim.outbox.calls(Op.CLAIM).size()
                + sim.outbox.calls(Op.SETTLE_AND_CLAIM).size();
    }

    private static List<Simulation> both(UnaryOperator<Worker.Builder<Void>> options) {
        return List.of(Simulation.worker(options), Simulation.fused(options));
    }

    @Test
    void key_hot_isNotBoundByThePauseBetweenPolls() {
        for (Simulation sim : both(b -> b)) {
            List<UUID> ids = sim.outbox.addOrdered("hot", "a", 500);
            sim.handlers.script(m -> delivers(Duration.ofMillis(2)));
            sim.runUntil(() -> sim.outbox.pending() == 0);
            assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(1_100));
            assertThat(sim.handlers.started()).extracting(Message::id).containsExactlyElementsOf(ids);
        }
    }

    @Test
    void key_hotAndHandledInTheTransactionThatRemovesIt_isNotBoundByThePauseBetweenPolls() {
        Simulation sim = Simulation.worker();
        sim.outbox.addOrdered("hot", "a", 500);
        sim.handlers.script(m -> {
            sim.time.after(Duration.ofMillis(2), () -> sim.outbox.remove(m.id()));
            return new VirtualHandlers.Behaviour(Duration.ofMillis(2), new HandlerResult.Committed(), false);
        });
        sim.runUntil(() -> sim.report().delivered() == 500);
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(1_100));
    }

    @Test
    void key_headsGivenUp_areFollowedAtOnce() {
        for (Simulation sim :
                both(b -> b.retry(RetryPolicy.fixed(Duration.ofHours(1)).maxFailures(1)))) {
            sim.outbox.addOrdered("hot", "a", 200);
            sim.handlers.script(m -> fails(Duration.ofMillis(2)));
            sim.runUntil(() -> sim.count(Told.DEAD) == 200);
            assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(500));
        }
    }

    @Test
    void key_headsExpireInTheClaim_areFollowedAtOnce() {
        Simulation sim = Simulation.worker();
        sim.outbox.addOrdered("old", "a", 200).forEach(sim.outbox::expire);
        sim.runUntil(() -> sim.count(Told.EXPIRED) == 200);
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(10));
    }

    @Test
    void keys_many_areStillClaimedInBatches() {
        for (Simulation sim : both(b -> b)) {
            SplittableRandom random = new SplittableRandom(1);
            for (int key = 0; key < 1_000; key++) {
                sim.outbox.addOrdered("key " + key, "a", 4);
            }
            sim.handlers.script(m -> delivers(Duration.ofNanos(1_000L * (500 + random.nextInt(1_000)))));
            sim.runUntil(() -> sim.outbox.pending() == 0);
            assertThat(claims(sim)).isLessThan(100);
            assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(700));
        }
    }

    // A claim for each message would be of no use while all handlers are at work.
    @Test
    void keys_someMoreThanHandlers_areClaimedWhenAHandlerIsFree() {
        for (Simulation sim : both(b -> b)) {
            SplittableRandom random = new SplittableRandom(1);
            for (int key = 0; key < 25; key++) {
                sim.outbox.addOrdered("key " + key, "a", 40);
            }
            sim.handlers.script(m -> delivers(Duration.ofNanos(1_000L * (500 + random.nextInt(1_000)))));
            sim.runUntil(() -> sim.outbox.pending() == 0);
            assertThat(claims(sim)).isLessThan(200);
            assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(160));
        }
    }

    @Test
    void head_failing_isTriedAgainWhenItIsDueAndNothingIsClaimedWithoutPause() {
        for (Simulation sim :
                both(b -> b.retry(RetryPolicy.fixed(Duration.ofSeconds(10)).unlimited()))) {
            List<UUID> ids = sim.outbox.addOrdered("stuck", "a", 100);
            sim.handlers.script(m -> m.id().equals(ids.get(0)) ? fails(Duration.ofMillis(1)) : delivers(Duration.ZERO));
            sim.runTo(Duration.ofSeconds(60));
            assertThat(sim.handlers.started()).hasSizeBetween(5, 7);
            assertThat(claims(sim)).isLessThan(160);
        }
    }

    // The outcome that would free the key is not written: claiming would be in vain.
    @Test
    void key_settlementFails_isFollowedWhenItIsWritten() {
        for (Simulation sim : both(b -> b)) {
            sim.outbox.addOrdered("hot", "a", 10);
            sim.outbox.fail(Op.SETTLE, 3, Fault.REFUSED);
            sim.runUntil(() -> sim.outbox.pending() == 0);
            assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(1));
            assertThat(claims(sim)).isLessThan(20);
        }
    }

    @Test
    void drain_oneKey_deliversAllOfItAndSaysSo() {
        for (int failing : new int[] {-1, 50}) {
            Simulation sim = Simulation.drainer(b -> b, Duration.ofMinutes(10));
            List<UUID> ids = sim.outbox.addOrdered("only", "a", 100);
            sim.handlers.script(m -> failing >= 0 && m.id().equals(ids.get(failing))
                    ? fails(Duration.ofMillis(200))
                    : delivers(Duration.ofMillis(200)));
            sim.run();
            assertThat(sim.report().delivered()).isEqualTo(failing < 0 ? 100 : failing);
            assertThat(sim.core.drained()).isTrue();
        }
    }

    @Test
    void claim_ofPartOnlyTookNothing_looksOnAtOnceForAWhile() {
        Simulation sim = Simulation.worker();
        sim.outbox.add("a", 1);
        sim.outbox.claimBlindly(Coverage.PART, 15);
        sim.runUntil(() -> sim.report().delivered() == 1);
        assertThat(sim.elapsed()).isLessThan(Duration.ofMillis(5));
        assertThat(claims(sim)).isEqualTo(16);
    }

    @Test
    void claim_ofPartOnlyTakesNothingAgainAndAgain_pausesLongerAndLonger() {
        Simulation sim = Simulation.worker();
        sim.outbox.claimBlindly(Coverage.PART, 100_000);
        sim.runTo(Duration.ofMillis(10));
        int atOnce = claims(sim);
        assertThat(atOnce).isBetween(10, 30);
        sim.runTo(Duration.ofSeconds(60));
        assertThat(claims(sim)).isBetween(60, 170);
    }

    @Test
    void claim_ofPartOnlyInFull_isFollowedAtOnceByAnother() {
        Simulation sim = Simulation.worker(b -> b.batch(10));
        sim.outbox.add("a", 3);
        sim.outbox.claimBlindly(Coverage.PART, 5);
        sim.runUntil(() -> sim.report().delivered() == 3);
        sim.outbox.add("a", 3);
        sim.outbox.claimBlindly(Coverage.PART, 20);
        Duration then = sim.elapsed();
        sim.engine.wakeUp();
        sim.runUntil(() -> sim.report().delivered() == 6);
        assertThat(sim.elapsed().minus(then)).isLessThan(Duration.ofMillis(5));
    }

    @Test
    void drain_claimThatDidNotLookAtEverything_doesNotEndIt() {
        for (Coverage coverage : List.of(Coverage.RECENT, Coverage.PART)) {
            Simulation sim = Simulation.drainer(b -> b, Duration.ofMinutes(10));
            sim.outbox.add("a", 5);
            sim.outbox.claimBlindly(coverage, 30);
            sim.run();
            assertThat(sim.report().delivered()).as("%s", coverage).isEqualTo(5);
            assertThat(sim.core.drained()).isTrue();
        }
    }

    @Test
    void worker_claimThatDidNotLookAtEverything_isNotFollowedByALookAhead() {
        Simulation sim = Simulation.worker();
        sim.outbox.looksAhead();
        sim.outbox.claimBlindly(Coverage.RECENT, 5);
        sim.runUntil(() -> claims(sim) == 6);
        assertThat(sim.outbox.calls(Op.LOOK_AHEAD)).isEmpty();
        assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(3));
    }

    /** Whatever fails, messages of one key are delivered in their order, one at a time, and all of them. */
    @Test
    void keys_randomSchedules_keepTheirOrder() {
        for (int seed = 0; seed < 150; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            boolean fused = random.nextBoolean();
            UnaryOperator<Worker.Builder<Void>> options = b -> b.batch(1 + random.nextInt(30))
                    .concurrency(1 + random.nextInt(8))
                    .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).unlimited());
            Simulation sim = fused ? Simulation.fused(options) : Simulation.worker(options);
            sim.outbox.looksAhead();
            for (int i = 0; i < 20; i++) {
                sim.outbox.addOrdered("key " + random.nextInt(5), "a", 1 + random.nextInt(6));
            }
            sim.outbox.add("a", 10);
            sim.handlers.script(m -> random.nextInt(6) == 0
                    ? fails(Duration.ofMillis(random.nextInt(50)))
                    : delivers(Duration.ofMillis(random.nextInt(50))));
            for (Op op : Op.values()) {
                for (int i = 0; i < 20; i++) {
                    sim.outbox.fail(op, random.nextInt(6) == 0 ? Fault.REFUSED : Fault.NONE);
                }
            }
            sim.runUntil(() -> sim.outbox.pending() == 0);
            assertThat(sim.elapsed()).as("seed %d", seed).isLessThan(Duration.ofMinutes(3));
            assertInOrder(sim.recorder.events(Told.DELIVERED), seed);
        }
    }

    private static void assertInOrder(List<Recorder.Event> delivered, int seed) {
        Map<String, Long> last = new HashMap<>();
        for (Recorder.Event event : delivered) {
            Message message = (Message) event.detail();
            if (message.orderingKey() != null) {
                Long before = last.put(message.orderingKey(), message.seq());
                assertThat(before == null || before < message.seq())
                        .as("seed %d", seed)
                        .isTrue();
            }
        }
    }
}
