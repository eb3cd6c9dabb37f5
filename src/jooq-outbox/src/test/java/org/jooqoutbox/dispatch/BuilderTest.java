package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooqoutbox.OutboxRepository;
import org.junit.jupiter.api.Test;

class BuilderTest {

    private static Worker.Builder<Void> builder() {
        return Worker.builder(new VirtualOutbox(() -> 0)).handle(Simulation.A, (payload, message) -> {});
    }

    private static void assertRefused(ThrowingCallable call, String sentence) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(sentence);
    }

    private static void assertDoesNotNest(UnaryOperator<Worker.Builder<Void>> options, String sentence) {
        Worker.Builder<Void> builder = options.apply(builder());
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("outbox virtual: " + sentence);
    }

    @Test
    void set_timesOutOfRange_areRefusedAtOnce() {
        Worker.Builder<Void> builder = builder();
        Drainer.Builder<Void> drainer = Drainer.builder(new VirtualOutbox(() -> 0));
        for (Duration bad : List.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                Duration.ofNanos(999_999),
                Duration.ofDays(1).plusNanos(1))) {
            assertRefused(() -> builder.lease(bad), "lease must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.renewEvery(bad), "renewEvery must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.handlerDeadline(bad), "handlerDeadline must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.shortestPoll(bad), "shortestPoll must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.longestPoll(bad), "longestPoll must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.settleWithin(bad), "settleWithin must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.shutdownTimeout(bad), "shutdownTimeout must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.sweepEvery(bad), "sweepEvery must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> builder.refreshEvery(bad), "refreshEvery must be from 1 ms to 1 day, not " + bad);
            assertRefused(() -> drainer.timeLimit(bad), "timeLimit must be from 1 ms to 1 day, not " + bad);
        }
    }

    @Test
    void set_countsOutOfRange_areRefusedAtOnce() {
        Worker.Builder<Void> builder = builder();
        for (int bad : new int[] {0, -1, 10_001, Integer.MIN_VALUE}) {
            assertRefused(() -> builder.batch(bad), "batch must be from 1 to 10000, not " + bad);
            assertRefused(() -> builder.concurrency(bad), "concurrency must be from 1 to 10000, not " + bad);
            assertRefused(() -> builder.maxWaiting(bad), "maxWaiting must be from 1 to 10000, not " + bad);
            assertRefused(() -> builder.callers(bad), "callers must be from 1 to 10000, not " + bad);
            assertRefused(
                    () -> builder.concurrencyPerOutbox(bad),
                    "concurrencyPerOutbox must be from 1 to 10000, not " + bad);
            assertRefused(() -> builder.settleBatch(bad), "settleBatch must be from 1 to 10000, not " + bad);
        }
        assertRefused(() -> builder.maxDeaths(0), "maxDeaths must be at least 1, not 0");
    }

    @Test
    void handle_kindTwice_isRefused() {
        assertRefused(
                () -> builder().handle(Simulation.A, (payload, message) -> {}, RetryPolicy.standard()),
                "kind a has a handler already: there can be only one");
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without null checking do
    void set_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> Worker.builder((OutboxRepository<Void>) null))
                .withMessage("outbox");
        assertThatNullPointerException()
                .isThrownBy(() -> Worker.builder((OutboxRepository.Source<Void>) null))
                .withMessage("outboxes");
        List<Consumer<Worker.Builder<Void>>> nulls = List.of(
                b -> b.handle(null, (payload, message) -> {}),
                b -> b.handle(Simulation.B, null),
                b -> b.handle(Simulation.B, (payload, message) -> {}, (RetryPolicy) null),
                b -> b.retry(null),
                b -> b.executor(null),
                b -> b.listener(null));
        List<String> names = List.of("kind", "handler", "policy", "policy", "executor", "listener");
        for (int i = 0; i < nulls.size(); i++) {
            Consumer<Worker.Builder<Void>> option = nulls.get(i);
            assertThatNullPointerException()
                    .isThrownBy(() -> option.accept(builder()))
                    .withMessage(names.get(i));
        }
    }

    @Test
    void build_withoutHandlers_isRefused() {
        Worker.Builder<Void> builder = Worker.builder(new VirtualOutbox(() -> 0));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("outbox virtual: there is no handler: add at least one with handle(kind, handler)");
    }

    @Test
    void build_timesThatDoNotNest_areRefusedNamingBoth() {
        assertDoesNotNest(
                b -> b.lease(Duration.ofSeconds(25)),
                "the handler deadline of PT25S must be shorter than the lease of PT25S");
        assertDoesNotNest(
                b -> b.renewEvery(Duration.ofMillis(15_001)),
                "a renewal every PT15.001S must fit twice into the lease of PT30S");
        assertDoesNotNest(
                b -> b.shortestPoll(Duration.ofSeconds(2)),
                "the shortest poll of PT2S must not be longer than the longest of PT1S");
        assertDoesNotNest(
                b -> b.settleWithin(Duration.ofSeconds(5)),
                "settling within PT5S must be shorter than what a lease of PT30S leaves after the handler deadline of"
                        + " PT25S");
        assertDoesNotNest(
                b -> b.longestPoll(Duration.ofSeconds(31)),
                "the longest poll of PT31S must not be longer than the lease of PT30S, or what a crashed dispatcher held"
                        + " comes back later than its lease says");
        assertDoesNotNest(
                b -> b.shutdownTimeout(Duration.ofMillis(10)),
                "settling within PT0.01S must be shorter than the shutdown timeout of PT0.01S, or outcomes are lost when"
                        + " it stops");
        assertDoesNotNest(
                b -> b.handle(
                        Simulation.B,
                        (payload, message) -> {},
                        KindOptions.defaults().deadline(Duration.ofSeconds(30))),
                "the deadline of kind b of PT30S must be shorter than the lease of PT30S");
    }

    @Test
    void build_timesThatJustNest_areTaken() {
        DispatchSettings settings = builder()
                .lease(Duration.ofSeconds(30))
                .renewEvery(Duration.ofSeconds(15))
                .handlerDeadline(Duration.ofMillis(29_998))
                .shortestPoll(Duration.ofSeconds(1))
                .longestPoll(Duration.ofSeconds(30))
                .settleWithin(Duration.ofMillis(1))
                .shutdownTimeout(Duration.ofMillis(2))
                .settings(null);
        assertThat(settings.renewal()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void build_otherLease_isRenewedEveryThirdOfIt() {
        assertThat(builder().lease(Duration.ofMinutes(1)).settings(null).renewal())
                .isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void retry_setAfterTheHandler_stillCountsAndOwnPoliciesWin() {
        RetryPolicy own = RetryPolicy.fixed(Duration.ofSeconds(1));
        RetryPolicy common = RetryPolicy.fixed(Duration.ofSeconds(2));
        DispatchSettings settings = builder()
                .handle(Simulation.B, (payload, message) -> {}, own)
                .retry(common)
                .settings(null);
        assertThat(settings.routes().get("a")).extracting("retry").isEqualTo(common);
        assertThat(settings.routes().get("b")).extracting("retry").isEqualTo(own);
    }

    @Test
    void build_builderChangedAfterwards_leavesTheWorkerAlone() {
        Worker.Builder<Void> builder = builder();
        Worker worker = builder.build();
        builder.handle(Simulation.B, (payload, message) -> {}).batch(7);
        assertThat(worker.toString()).contains("kinds [a (", "batch 100 to 500").doesNotContain("b (");
        assertThat(builder.build().toString()).contains("b (", "batch 7");
    }

    @Test
    void batches_unlessSet_growWhereClaimsHoldUpNothingElse() {
        assertThat(builder().build().toString()).contains("batch 100 to 500, max", "settle batch 100 to 500 within");
        assertThat(builder().maxWaiting(10_000).build().toString()).contains("batch 100 to 1000, max");
        assertThat(builder().maxWaiting(60).build().toString()).contains("batch 100, max", "settle batch 100 within");
        assertThat(builder().batch(20).build().toString()).contains("batch 20, max", "settle batch 100 within");
        assertThat(builder().batch(5_000).build().toString()).contains("settle batch 100 to 1000 within");
        assertThat(builder().settleBatch(20).build().toString()).contains("settle batch 20 within");
        assertThat(ofSeveral().build().toString()).contains("batch 100, max", "settle batch 100 within");
    }

    @Test
    void toString_drainer_tellsItsTimeLimitAndDeathsOff() {
        Drainer drainer = Drainer.builder(new VirtualOutbox(() -> 0))
                .handle(Simulation.A, (payload, message) -> {})
                .unlimitedDeaths()
                .build();
        assertThat(drainer.toString())
                .startsWith("drainer of outbox virtual: ")
                .contains("batch 100, max", "settle batch 100 within", "max deaths off")
                .endsWith("time limit PT10M");
    }

    private static Worker.Builder<Void> ofSeveral() {
        return Worker.builder((OutboxRepository.Source<Void>) List::of).handle(Simulation.A, (payload, message) -> {});
    }

    @Test
    void toString_workerOfSeveralOutboxes_tellsAllSettingsOnOneLine() {
        assertThat(ofSeveral().build())
                .hasToString(
                        "worker of outboxes several: asked for every PT10S, writes looked for every PT1S, sweep every"
                                + " PT30S, callers 4, concurrency 10, at most 5 for one outbox, max waiting 1000; each with"
                                + " kinds [a (retry PT5S doubling to PT1H up to 10 failures)],"
                                + " lease PT30S renewed every PT10S, handler deadline PT25S, batch 100, max waiting 1000,"
                                + " concurrency 10,"
                                + " poll PT0.05S to PT1S, settle batch 100 within PT0.1S, max deaths 3,"
                                + " shutdown timeout PT20S");
    }

    @Test
    void settleWithin_ofSeveralOutboxes_isWhatTheLeaseAndTheShutdownLeaveTimeFor() {
        assertThat(ofSeveral()
                        .handlerDeadline(Duration.ofSeconds(30).minusMillis(99))
                        .build()
                        .toString())
                .contains("within PT0.01S");
        assertThat(ofSeveral().shutdownTimeout(Duration.ofMillis(100)).build().toString())
                .contains("within PT0.01S");
        assertThat(ofSeveral().settleWithin(Duration.ofMillis(20)).build().toString())
                .contains("within PT0.02S");
    }

    @Test
    void concurrencyPerOutbox_unsetOrMoreThanThereAre_isBoundedByConcurrency() {
        assertThat(ofSeveral().concurrency(1).build().toString()).contains("concurrency 1, at most 1 for one outbox");
        assertThat(ofSeveral().concurrency(7).build().toString()).contains("concurrency 7, at most 3 for one outbox");
        assertThat(ofSeveral().concurrency(7).concurrencyPerOutbox(50).build().toString())
                .contains("concurrency 7, at most 7 for one outbox");
        assertThat(ofSeveral().concurrencyPerOutbox(6).concurrency(7).build().toString())
                .contains("concurrency 7, at most 6 for one outbox");
    }

    @Test
    void sweepEvery_shorterThanTheLongestPoll_isRefusedForSeveralOutboxesOnly() {
        assertThatThrownBy(() -> ofSeveral().sweepEvery(Duration.ofMillis(999)).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "outbox several: the longest poll of PT1S must not be longer than the sweep of idle outboxes"
                                + " every PT0.999S");
        assertThat(ofSeveral().sweepEvery(Duration.ofSeconds(1)).build().toString())
                .contains("sweep every PT1S");
        assertThat(builder().sweepEvery(Duration.ofMillis(999)).build().toString())
                .doesNotContain("sweep");
    }

    @Test
    void build_severalOutboxes_checksTheRelationsOfEach() {
        assertThatThrownBy(() -> ofSeveral().lease(Duration.ofSeconds(25)).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("outbox several: the handler deadline of PT25S must be shorter than the lease of PT25S");
    }
}
