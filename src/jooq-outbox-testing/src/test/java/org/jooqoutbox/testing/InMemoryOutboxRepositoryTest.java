package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the outbox in memory has beyond the contract: clock, transactions, determinism, use by threads. */
@Timeout(60)
class InMemoryOutboxRepositoryTest {

    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final MessageKind<String> OTHER = MessageKind.json("other");

    private final InMemoryOutboxRepository outbox = new InMemoryOutboxRepository();

    private EnqueueResult enqueue(int count) {
        return outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                .mapToObj(i -> KIND.draft(Integer.toString(i)))
                .toList());
    }

    @Test
    void clock_untouched_standsStill() {
        assertThat(outbox.now()).isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
        enqueue(1);
        assertThat(outbox.pending().get(0).createdAt()).isEqualTo(outbox.now());
        assertThat(outbox.stats().at()).isEqualTo(outbox.now());
    }

    /** Its lease is over, but it may be gone any moment. */
    @Test
    void claim_firstOfAKeyIsBeingRemoved_holdsBackItsKey() throws Exception {
        outbox.enqueueInOwnTransaction(
                List.of(KIND.draft("1").withOrderingKey("k"), KIND.draft("2").withOrderingKey("k")));
        Message first = outbox.claim(1).get(0);
        List<Message> meanwhile = new ArrayList<>();
        outbox.deliverInTransaction(first, Duration.ofMinutes(1), transaction -> {
            outbox.advance(Duration.ofHours(1));
            meanwhile.addAll(outbox.claim(10));
            assertThat(outbox.retryNow(List.of(first.id()))).isEmpty();
            assertThat(outbox.giveUp(List.of(first.id()), "e")).isEmpty();
        });
        assertThat(meanwhile).isEmpty();
        assertThat(outbox.claim(10)).extracting(Message::payload).containsExactly("2");
    }

    @Test
    void advance_someTime_movesTheClockByExactlyThat() {
        enqueue(1);
        outbox.claim(ClaimRequest.of(1).lease(Duration.ofSeconds(10)));
        outbox.advance(Duration.ofSeconds(10).minusNanos(1_000));
        assertThat(outbox.claim(1)).isEmpty();
        outbox.advance(Duration.ofNanos(1_000));
        assertThat(outbox.now()).isEqualTo(Instant.parse("2024-01-01T00:00:10Z"));
        assertThat(outbox.claim(1)).hasSize(1);
    }

    @Test
    void advance_fractionsOfAMicrosecond_addUp() {
        for (int i = 0; i < 4; i++) {
            outbox.advance(Duration.ofNanos(250));
        }
        assertThat(outbox.now()).isEqualTo(Instant.parse("2024-01-01T00:00:00.000001Z"));
    }

    @Test
    void advance_backwardsOrBeyondTheEnd_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.advance(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.advance(Duration.ofDays(365 * 9000L)));
        assertThat(outbox.now()).isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
    }

    @Test
    void inTransaction_throwing_passesOnWhatTheWorkThrew() {
        assertThatThrownBy(() -> outbox.inTransaction(tx -> {
                    outbox.enqueue(tx, KIND.draft("1"));
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class);
        assertThat(outbox.pending()).isEmpty();
    }

    @Test
    void enqueue_clockMovedInTheTransaction_countsFromItsBeginning() {
        outbox.inTransaction(tx -> {
            outbox.advance(Duration.ofMinutes(1));
            outbox.enqueue(tx, KIND.draft("1").withDelay(Duration.ofMinutes(2)));
        });
        outbox.advance(Duration.ofMinutes(1));
        assertThat(outbox.claim(1)).hasSize(1);
    }

    @Test
    void enqueue_transactionOfAnotherOutbox_isRefused() {
        InMemoryOutboxRepository another = new InMemoryOutboxRepository();
        another.inTransaction(tx -> assertThatThrownBy(() -> outbox.enqueue(tx, List.of()))
                .isInstanceOf(NoActiveTransactionException.class)
                .hasMessageContaining("outbox in-memory"));
    }

    @Test
    void enqueue_beyondItsOwnLimits_isRefused() {
        InMemoryOutboxRepository small =
                new InMemoryOutboxRepository("small", MessageLimits.defaults().maxPayloadBytes(3), 1);
        assertThatThrownBy(() -> small.enqueueInOwnTransaction(List.of(KIND.draft("1234"))))
                .isInstanceOf(InvalidMessageException.class);
        assertThat(small.enqueueInOwnTransaction(List.of(KIND.draft("123"))).ids())
                .hasSize(1);
        assertThat(small.name()).isEqualTo("small");
    }

    @Test
    void payload_inMemory_staysTheTextItWas() {
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("{ \"b\":1e2,\"a\":0 }")));
        assertThat(outbox.claim(1).get(0).payload()).isEqualTo("{ \"b\":1e2,\"a\":0 }");
    }

    @Test
    void ids_sameCalls_areTheSameAndGrow() {
        List<UUID> ids = enqueue(100).ids();
        assertThat(new InMemoryOutboxRepository()
                        .enqueueInOwnTransaction(Collections.nCopies(100, KIND.draft("1")))
                        .ids())
                .isEqualTo(ids);
        assertThat(ids).isSortedAccordingTo(Ids.ORDER).doesNotHaveDuplicates().allMatch(id -> id.version() == 7);
        assertThat(ids).allMatch(id -> id.variant() == 2);
        assertThat(ids)
                .allMatch(
                        id -> id.getMostSignificantBits() >>> 16 == outbox.now().toEpochMilli());
    }

    @Test
    void ids_otherSeed_areOthers() {
        InMemoryOutboxRepository seeded = new InMemoryOutboxRepository("seeded", MessageLimits.defaults(), 42);
        assertThat(seeded.enqueueInOwnTransaction(List.of(KIND.draft("1"))).ids())
                .doesNotContainAnyElementsOf(enqueue(1).ids());
    }

    @Test
    void pending_someOfEachState_listsWhatStillWaitsInOrder() {
        List<UUID> ids = enqueue(4).ids();
        outbox.advance(Duration.ofSeconds(1));
        UUID delayed = outbox.enqueueInOwnTransaction(List.of(KIND.draft("9").withDelay(Duration.ofDays(1))))
                .ids()
                .get(0);
        List<Message> messages = outbox.claim(2);
        outbox.settle(List.of(
                Settlement.failed(messages.get(0), "later", Duration.ofHours(1)),
                Settlement.dead(messages.get(1), "never")));
        List<Message> before = outbox.pending();
        assertThat(before).extracting(Message::id).containsExactly(ids.get(0), ids.get(2), ids.get(3), delayed);
        assertThat(before.get(0).failures()).isEqualTo(1);
        assertThat(outbox.pending()).isEqualTo(before);
    }

    @Test
    void enqueue_twinInAnOpenTransactionOfThisThread_isRefusedInsteadOfWaitingForEver() {
        outbox.inTransaction(tx -> {
            outbox.enqueue(tx, KIND.draft("1").withDeduplicationKey("k"));
            assertThatThrownBy(() -> outbox.enqueueInOwnTransaction(
                            List.of(KIND.draft("2").withDeduplicationKey("k"))))
                    .hasMessageContaining("would wait for ever");
        });
        assertThat(outbox.pending()).extracting(Message::payload).containsExactly("1");
    }

    @Test
    void enqueue_twinInATransactionOfAnotherThread_waitsForItsEnd() throws Exception {
        for (boolean commits : List.of(true, false)) {
            InMemoryOutboxRepository fresh = new InMemoryOutboxRepository();
            List<EnqueueResult> second = new ArrayList<>();
            Thread waiting = new Thread(() -> second.add(
                    fresh.enqueueInOwnTransaction(List.of(KIND.draft("2").withDeduplicationKey("k")))));
            try {
                fresh.inTransaction(tx -> {
                    fresh.enqueue(tx, KIND.draft("1").withDeduplicationKey("k"));
                    waiting.start();
                    awaitState(waiting, Thread.State.WAITING);
                    if (!commits) {
                        throw new IllegalStateException("rolled back");
                    }
                });
            } catch (IllegalStateException e) {
                assertThat(commits).isFalse();
            }
            waiting.join();
            assertThat(second.get(0).coalesced()).hasSize(commits ? 1 : 0);
            assertThat(fresh.pending()).extracting(Message::payload).containsExactly(commits ? "1" : "2");
        }
    }

    @Test
    void enqueue_keysInOppositeOrder_oneTransactionIsRefused() throws Exception {
        List<Throwable> refused = new ArrayList<>();
        Thread other = new Thread(() -> outbox.inTransaction(tx -> {
            outbox.enqueue(tx, OTHER.draft("1").withDeduplicationKey("b"));
            outbox.enqueue(tx, OTHER.draft("2").withDeduplicationKey("a"));
        }));
        outbox.inTransaction(tx -> {
            outbox.enqueue(tx, OTHER.draft("3").withDeduplicationKey("a"));
            other.start();
            awaitState(other, Thread.State.WAITING);
            try {
                outbox.enqueue(tx, KIND.draft("5"), OTHER.draft("4").withDeduplicationKey("b"));
            } catch (OutboxException e) {
                refused.add(e);
            }
        });
        other.join();
        assertThat(refused).hasSize(1);
        assertThat(outbox.pending()).extracting(Message::payload).containsExactlyInAnyOrder("1", "3");
    }

    @Test
    void threads_enqueueingAndClaiming_deliverEachMessageOnce() throws Exception {
        Set<UUID> delivered = ConcurrentHashMap.newKeySet();
        List<Throwable> problems = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(thread(problems, () -> IntStream.range(0, 250).forEach(n -> enqueue(2))));
            threads.add(thread(problems, () -> deliver(delivered, 500)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(problems).isEmpty();
        assertThat(delivered).hasSize(2000);
        assertThat(outbox.pending()).isEmpty();
    }

    private void deliver(Set<UUID> delivered, int count) {
        int own = 0;
        long started = System.nanoTime();
        while (own < count) {
            requirePatience(started);
            Claim claim = outbox.claim(ClaimRequest.of(Math.min(7, count - own)));
            for (Message message : claim.messages()) {
                assertThat(delivered.add(message.id())).isTrue();
                assertThat(outbox.markDone(message)).isEqualTo(Verdict.APPLIED);
            }
            own += claim.messages().size();
            Thread.onSpinWait();
        }
    }

    private static Thread thread(List<Throwable> problems, Runnable work) {
        Thread thread = new Thread(work);
        thread.setUncaughtExceptionHandler((which, problem) -> problems.add(problem));
        return thread;
    }

    private static void awaitState(Thread thread, Thread.State state) {
        long started = System.nanoTime();
        while (thread.getState() != state) {
            requirePatience(started);
            Thread.onSpinWait();
        }
    }

    private static void requirePatience(long started) {
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(50));
    }
}
