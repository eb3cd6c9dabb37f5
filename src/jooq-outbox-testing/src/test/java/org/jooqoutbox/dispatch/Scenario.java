package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;

/** What one schedule is like: its settings, its troublemakers and how rough it is, all drawn from its seed. */
final class Scenario {

    private final SplittableRandom random;
    private final long lease;
    private final int concurrency;
    private final int batch;
    private final int faultEvery;
    private final int unluckyEvery;
    private final boolean breaks;
    private final int keys;
    private final boolean overlaps;
    private final Set<UUID> poison = new HashSet<>();
    private final Set<UUID> bad = new HashSet<>();
    private boolean rough = true;

    Scenario(SplittableRandom random) {
        this.random = random;
        this.lease = Duration.ofSeconds(8 + random.nextInt(30)).toNanos();
        this.concurrency = 1 + random.nextInt(6);
        this.batch = 1 + random.nextInt(12);
        this.faultEvery = random.nextBoolean() ? 8 + random.nextInt(30) : Integer.MAX_VALUE;
        this.unluckyEvery = 5 + random.nextInt(20);
        this.breaks = random.nextInt(3) == 0;
        this.keys = random.nextInt(4);
        this.overlaps = random.nextBoolean();
    }

    SplittableRandom random() {
        return random;
    }

    /** The length of leases in nanoseconds. */
    long lease() {
        return lease;
    }

    int faultEvery() {
        return faultEvery;
    }

    /** Whether things go wrong; in the end they do no more. */
    boolean isRough() {
        return rough;
    }

    void calmDown() {
        rough = false;
    }

    /** Its handler ends the process. */
    void poison(UUID id) {
        poison.add(id);
    }

    boolean isPoison(UUID id) {
        return poison.contains(id);
    }

    /** Its handler always fails. */
    void bad(UUID id) {
        bad.add(id);
    }

    boolean isBad(UUID id) {
        return bad.contains(id);
    }

    Set<UUID> bad() {
        return bad;
    }

    /** With an ordering key, or without: half of the messages have one where there are any. */
    MessageDraft ordered(MessageDraft draft, SplittableRandom dice) {
        return keys == 0 || dice.nextBoolean() ? draft : draft.withOrderingKey("k" + dice.nextInt(keys));
    }

    /** Whether this kind has a circuit breaker. */
    boolean mayBreak(String kind) {
        return breaks && kind.equals(SimWorker.PLAIN.name());
    }

    boolean isUnlucky(SplittableRandom dice) {
        return rough && dice.nextInt(unluckyEvery) == 0;
    }

    DispatchSettings settings(OutboxRepository<Transaction> outbox) {
        Duration whole = Duration.ofNanos(lease);
        KindOptions breaker = KindOptions.defaults()
                .breakAfter(2, Duration.ZERO)
                .probeEvery(Duration.ofSeconds(2), Duration.ofSeconds(20));
        KindOptions options = breaks ? breaker : KindOptions.defaults().withoutBreaker();
        DispatchSettings settings = Worker.builder(outbox)
                .handle(
                        SimWorker.PLAIN,
                        (payload, message) -> {},
                        options.rate(1 + random.nextInt(50), Duration.ofSeconds(1)))
                .handleBatch(
                        SimWorker.BATCH,
                        deliveries -> java.util.List.of(),
                        KindOptions.defaults().withoutBreaker().batch(1 + random.nextInt(5)))
                .handleInTransaction(
                        SimWorker.TRANSACTIONAL,
                        (transaction, payload, message) -> {},
                        KindOptions.defaults().withoutBreaker())
                .retry(RetryPolicy.exponential(Duration.ofSeconds(3)).maxFailures(Judge.MAX_FAILURES))
                .lease(whole)
                .handlerDeadline(whole.multipliedBy(3).dividedBy(4))
                .concurrency(concurrency)
                .batch(new BatchSize(batch, batch * (1 + random.nextInt(4))))
                .maxDeaths(Judge.MAX_DEATHS)
                .shortestPoll(whole.dividedBy(50))
                .longestPoll(whole)
                .settleBatch(upTo(8))
                .settleWithin(Duration.ofMillis(1 + random.nextInt(100)))
                .shutdownTimeout(whole.dividedBy(2 + random.nextInt(4)))
                .settings(null);
        return overlaps ? settings.overlapping() : settings;
    }

    private BatchSize upTo(int most) {
        int usual = 1 + random.nextInt(most);
        return new BatchSize(usual, usual + random.nextInt(most));
    }
}
