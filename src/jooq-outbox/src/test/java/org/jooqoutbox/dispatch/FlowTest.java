package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

/** Many kinds in one dispatcher: limits, rates, and that none keeps another waiting. */
class FlowTest {

    private static Simulation withB(UnaryOperator<Worker.Builder<Void>> options, KindOptions ofB) {
        return Simulation.worker(b -> options.apply(b).handle(Simulation.B, (payload, message) -> {}, ofB));
    }

    private static long running(Simulation sim, String kind) {
        return sim.handlers.running().stream()
                .filter(m -> m.kind().equals(kind))
                .count();
    }

    @Test
    void concurrency_ofAKind_isNeverExceeded() {
        Simulation sim = withB(b -> b, KindOptions.defaults().concurrency(2));
        sim.outbox.add("a", 50);
        sim.outbox.add("b", 50);
        sim.handlers.script(m -> delivers(Duration.ofMillis(100)));
        List<Long> ofB = new ArrayList<>();
        sim.runUntil(() -> {
            ofB.add(running(sim, "b"));
            return sim.outbox.pending() == 0;
        });
        assertThat(ofB).contains(2L).allMatch(n -> n <= 2);
        assertThat(sim.handlers.most()).isEqualTo(10);
    }

    // A hundred messages of a kind whose handlers take 20 s, and others that take a millisecond.
    @Test
    void slowKind_withABacklog_doesNotKeepTheOthersWaiting() {
        Simulation sim = withB(b -> b, KindOptions.defaults());
        sim.outbox.add("b", 500);
        sim.handlers.script(m -> delivers(m.kind().equals("b") ? Duration.ofSeconds(20) : Duration.ofMillis(1)));
        sim.runTo(Duration.ofSeconds(5));
        assertThat(running(sim, "b")).isEqualTo(9);
        sim.outbox.add("a", 200);
        sim.runTo(Duration.ofSeconds(8));
        assertThat(sim.recorder.count(Told.DELIVERED)).isEqualTo(200);
    }

    @Test
    void manySlowKinds_halfOfThePlacesStayUsable() {
        Simulation sim = Simulation.worker(b -> {
            for (int i = 0; i < 20; i++) {
                b.handle(MessageKind.json("k" + i), (payload, message) -> {});
            }
            return b;
        });
        sim.outbox.add("k7", 100);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(20)));
        sim.runTo(Duration.ofSeconds(3));
        assertThat(sim.handlers.running()).hasSize(5);
        sim.outbox.add("k8", 1);
        sim.runTo(Duration.ofSeconds(5));
        assertThat(running(sim, "k8")).isEqualTo(1);
    }

    @Test
    void rate_ofAKind_isKeptAndOthersAreNotSlowed() {
        Simulation sim = withB(b -> b, KindOptions.defaults().rate(10, Duration.ofSeconds(1)));
        sim.outbox.add("a", 500);
        sim.outbox.add("b", 100);
        sim.runTo(Duration.ofSeconds(5));
        long ofB = sim.handlers.started().stream()
                .filter(m -> m.kind().equals("b"))
                .count();
        assertThat(ofB).isBetween(49L, 52L);
        assertThat(sim.handlers.started()).hasSize((int) ofB + 500);
        sim.runTo(Duration.ofSeconds(11));
        assertThat(sim.outbox.pending()).isZero();
    }

    @Test
    void rate_low_claimsNoMoreThanASecondsWorth() {
        Simulation sim = withB(b -> b, KindOptions.defaults().rate(3, Duration.ofSeconds(1)));
        sim.outbox.add("b", 100);
        sim.runTo(Duration.ofMillis(100));
        assertThat(sim.outbox.rows().stream().filter(row -> row.attempts > 0)).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void rate_slow_leavesSuspectsOfOthersTheirTurn() {
        Simulation sim = withB(b -> b, KindOptions.defaults().rate(1, Duration.ofHours(1)));
        sim.outbox.add("b", 10);
        sim.outbox.addOne("a", 1);
        sim.outbox.add("a", 20);
        sim.runTo(Duration.ofSeconds(10));
        assertThat(sim.recorder.events(Told.DELIVERED)).hasSize(22);
        assertThat(sim.handlers.violations()).isEmpty();
    }

    @Test
    void maxWaiting_manyKinds_boundsWhatIsHeld() {
        Simulation sim = Simulation.worker(b -> {
            for (int i = 0; i < 9; i++) {
                b.handle(MessageKind.json("k" + i), (payload, message) -> {});
            }
            return b.maxWaiting(50);
        });
        for (int i = 0; i < 9; i++) {
            sim.outbox.add("k" + i, 100);
        }
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(20)));
        sim.runTo(Duration.ofSeconds(3));
        assertThat(sim.outbox.rows().stream().filter(row -> row.attempts > 0)).hasSizeLessThanOrEqualTo(50 + 10);
    }

    @Test
    void batchHandler_waitingMessages_areHandedOverTogether() {
        Simulation sim = Simulation.worker(b -> b.concurrency(1)
                .handleBatch(
                        Simulation.B,
                        deliveries -> List.of(),
                        KindOptions.defaults().batch(40)));
        sim.outbox.add("b", 100);
        sim.runTo(Duration.ofSeconds(1));
        assertThat(sim.handlers.starts()).isEqualTo(3);
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(100);
    }

    @Test
    void batchHandler_suspect_comesAlone() {
        Simulation sim =
                Simulation.worker(b -> b.handleBatch(Simulation.B, deliveries -> List.of(), KindOptions.defaults()));
        sim.outbox.addOne("b", 1);
        sim.outbox.add("b", 10);
        sim.runTo(Duration.ofSeconds(1));
        assertThat(sim.handlers.violations()).isEmpty();
        assertThat(sim.handlers.starts()).isEqualTo(2);
    }

    @Test
    void batchHandler_oneLeaseLost_othersStillCount() {
        Simulation sim =
                Simulation.worker(b -> b.handleBatch(Simulation.B, deliveries -> List.of(), KindOptions.defaults()));
        List<java.util.UUID> ids = sim.outbox.add("b", 3);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(20)));
        sim.time.after(Duration.ofSeconds(5), () -> sim.outbox.steal(ids.get(1)));
        sim.runTo(Duration.ofSeconds(21));
        assertThat(sim.recorder.ids(Told.DELIVERED)).containsExactly(ids.get(0), ids.get(2));
        assertThat(sim.recorder.ids(Told.LEASE_LOST)).containsExactly(ids.get(1));
        sim.assertAccountedFor();
    }

    // What a transactional delivery holds is locked by its own transaction: a renewal would only meet that.
    @Test
    void transactionalKind_atWork_isNotRenewed() {
        Simulation sim =
                Simulation.worker(b -> b.handleInTransaction(Simulation.B, (transaction, payload, message) -> {}));
        sim.outbox.add("b", 1);
        sim.handlers.script(
                m -> new VirtualHandlers.Behaviour(Duration.ofSeconds(24), new HandlerResult.Committed(), false));
        sim.runTo(Duration.ofSeconds(25));
        assertThat(sim.outbox.calls(Op.RENEW)).isEmpty();
        assertThat(sim.outbox.calls(Op.SETTLE)).isEmpty();
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(1);
        sim.assertAccountedFor();
    }

    @Test
    void transactionalKind_leaseLost_isToldAndNothingSettled() {
        Simulation sim =
                Simulation.worker(b -> b.handleInTransaction(Simulation.B, (transaction, payload, message) -> {}));
        sim.outbox.add("b", 1);
        sim.handlers.script(m -> new VirtualHandlers.Behaviour(
                Duration.ofMillis(1), new HandlerResult.NotHeld(org.jooqoutbox.Settlement.Verdict.LEASE_LOST), false));
        sim.runTo(Duration.ofSeconds(1));
        assertThat(sim.count(Told.LEASE_LOST)).isEqualTo(1);
        assertThat(sim.outbox.calls(Op.SETTLE)).isEmpty();
        sim.assertAccountedFor();
    }

    @Test
    void deadline_ofAKind_isItsOwn() {
        Simulation sim = withB(b -> b, KindOptions.defaults().deadline(Duration.ofSeconds(2)));
        sim.outbox.add("a", 1);
        sim.outbox.add("b", 1);
        sim.handlers.script(m -> VirtualHandlers.Behaviour.hangs());
        sim.runTo(Duration.ofSeconds(3));
        assertThat(sim.recorder.events(Told.OVERDUE)).hasSize(1);
        assertThat(running(sim, "a")).isEqualTo(1);
    }
}
