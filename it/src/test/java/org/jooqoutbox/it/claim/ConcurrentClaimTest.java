package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many claimers on one table: nothing is delivered twice under one lease, nothing is forgotten, nobody waits for ever. */
@Tag("conformance")
class ConcurrentClaimTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("concurrent");
    private static final MessageKind<String> A = MessageKind.json("a");
    private static final MessageKind<String> B = MessageKind.json("b");
    private static final Duration LONG = Duration.ofHours(1);

    @BeforeEach
    void empty() {
        OUTBOX.clear();
    }

    @ParameterizedTest
    @CsvSource({"2, read committed", "8, read committed", "4, repeatable read", "4, serializable"})
    void claim_byManyClaimers_sharesNothingAndLeavesNothing(int claimers, String isolation) throws Exception {
        enqueue(2_000);
        Set<UUID> claimed = ConcurrentHashMap.newKeySet();
        try (var pool = Pools.pool(isolation, claimers)) {
            JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, OUTBOX.table());
            inParallel(claimers, random -> {
                Claim claim;
                do {
                    int limit = 1 + random.nextInt(50);
                    claim = outbox.claim(ClaimRequest.of(limit).lease(LONG));
                    assertThat(claim.messages()).hasSizeLessThanOrEqualTo(limit);
                    for (Message message : claim.messages()) {
                        assertThat(claimed.add(message.id()))
                                .as("%s was claimed once", message)
                                .isTrue();
                    }
                } while (claim.seen() > 0);
            });
        }
        assertThat(claimed).hasSize(2_000);
        assertThat(OUTBOX.rows())
                .allSatisfy(row -> assertThat(row.getAttempts()).isEqualTo(1));
    }

    /**
     * Everything at once: claims, all outcomes, renewals, releases, repeated and stale settlements, replays, from 8 threads under an hour's
     * lease. A message may be delivered again only after a settlement that gave it back took effect; each token is handed out once.
     */
    @Test
    void everything_atOnce_keepsEveryPromise() throws Exception {
        enqueue(400);
        JooqOutboxRepository outbox = OUTBOX.repository();
        Set<String> tokens = ConcurrentHashMap.newKeySet();
        Map<UUID, Boolean> held = new ConcurrentHashMap<>();
        Map<UUID, Verdict> done = new ConcurrentHashMap<>();
        List<Message> stale = Collections.synchronizedList(new ArrayList<>());

        inParallel(8, random -> {
            for (int round = 0; round < 40; round++) {
                Set<String> kinds = random.nextBoolean() ? Set.of("a", "b") : Set.of("b");
                List<Message> messages = outbox.claim(ClaimRequest.of(1 + random.nextInt(10))
                                .lease(LONG)
                                .kinds(kinds))
                        .messages();
                for (Message message : messages) {
                    assertThat(tokens.add(message.id() + "/" + message.attempts()))
                            .as("token of %s", message)
                            .isTrue();
                    assertThat(held.put(message.id(), true))
                            .as("%s is held by nobody else", message)
                            .isNull();
                }
                if (!messages.isEmpty() && random.nextInt(4) == 0) {
                    assertThat(outbox.renew(messages, LONG)).doesNotContain(Verdict.LEASE_LOST);
                }
                settle(outbox, messages, random, held, done);
                stale.addAll(messages);
                assertThat(outbox.settle(Stale.some(stale, random))).doesNotContain(Verdict.APPLIED);
                if (random.nextInt(10) == 0) {
                    outbox.replay(outbox.deadLetters(5).stream()
                            .map(letter -> letter.id())
                            .toList());
                }
            }
        });

        assertThat(OUTBOX.rows()).extracting(row -> row.getId()).doesNotContainAnyElementsOf(done.keySet());
        assertThat(OUTBOX.rows()).hasSize(400 - done.size());
        assertThat(OUTBOX.rows())
                .allSatisfy(row -> assertThat(row.getUnsettled()).isZero());
    }

    /** Two batches with the same rows in opposite orders, again and again: neither waits for the other. */
    @Test
    void settle_ofSameMessagesInOppositeOrders_neverDeadlocks() throws Exception {
        enqueue(100);
        List<Message> messages =
                OUTBOX.repository().claim(ClaimRequest.of(100).lease(LONG)).messages();
        List<Message> reversed = new ArrayList<>(messages);
        Collections.reverse(reversed);
        inParallel(4, random -> {
            for (int i = 0; i < 50; i++) {
                assertThat(OUTBOX.repository().renew(random.nextBoolean() ? messages : reversed, LONG))
                        .containsAnyOf(Verdict.APPLIED, Verdict.BUSY)
                        .doesNotContain(Verdict.LEASE_LOST);
            }
        });
    }

    private static void settle(
            JooqOutboxRepository outbox,
            List<Message> messages,
            Random random,
            Map<UUID, Boolean> held,
            Map<UUID, Verdict> done) {
        List<Settlement> settlements =
                messages.stream().map(message -> anyOutcome(message, random)).toList();
        // Whoever gives a message back must not be seen to hold it from the moment the settlement may take effect.
        messages.forEach(message -> held.remove(message.id()));
        settleUntilNoneIsBusy(outbox, settlements);
        settlements.stream()
                .filter(settlement -> settlement instanceof Settlement.Done)
                .forEach(settlement -> assertThat(done.put(settlement.message().id(), Verdict.APPLIED))
                        .isNull());
    }

    /** A stale settlement of somebody else may hold the row for a moment. */
    private static void settleUntilNoneIsBusy(JooqOutboxRepository outbox, List<Settlement> settlements) {
        List<Settlement> left = settlements;
        while (!left.isEmpty()) {
            List<Verdict> verdicts = outbox.settle(left);
            assertThat(verdicts).doesNotContain(Verdict.LEASE_LOST);
            List<Settlement> sent = left;
            left = IntStream.range(0, sent.size())
                    .filter(i -> verdicts.get(i) == Verdict.BUSY)
                    .mapToObj(sent::get)
                    .toList();
        }
    }

    private static Settlement anyOutcome(Message message, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Settlement.done(message);
            case 1 -> Settlement.dead(message, "dead");
            case 2 -> Settlement.released(message);
            default -> Settlement.failed(message, "failed", Duration.ofNanos(random.nextInt(20_000_000)));
        };
    }

    /** Settlements of messages that were settled before: none may take effect. */
    private static final class Stale {

        static List<Settlement> some(List<Message> stale, Random random) {
            synchronized (stale) {
                return random.ints(Math.min(5, stale.size()), 0, Math.max(1, stale.size()))
                        .mapToObj(stale::get)
                        .map(message -> anyOutcome(message, random))
                        .toList();
            }
        }
    }

    private interface Work {
        void run(Random random) throws Exception;
    }

    private static void inParallel(int threads, Work work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Random random = new Random(i);
                tasks.add(() -> {
                    work.run(random);
                    return null;
                });
            }
            for (Future<Void> result : executor.invokeAll(tasks)) {
                result.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void enqueue(int count) {
        OUTBOX.repository()
                .enqueueInOwnTransaction(IntStream.range(0, count)
                        .mapToObj(i -> (i % 2 == 0 ? A : B).draft(Integer.toString(i)))
                        .toList());
    }
}
