package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;
import static org.jooqoutbox.Settlement.Verdict.BUSY;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository.TransactionalWork;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.junit.jupiter.api.Test;

/** Delivery in the transaction that removes the message. */
abstract class DeliverContract<T> extends Contract<T> {

    private static final Duration IDLE = Duration.ofSeconds(30);

    @Test
    void deliver_workReturns_removesTheMessage() throws Exception {
        enqueue(A, 1);
        Message message = claimOne();
        assertThat(deliver(message, transaction -> {})).isEqualTo(APPLIED);
        endLeases();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void deliver_workEnqueues_commitsWithTheRemoval() throws Exception {
        enqueue(A, 1);
        List<Integer> seenInside = new ArrayList<>();
        deliver(claimOne(), transaction -> {
            outbox.enqueue(transaction, B.draft("\"next\""));
            seenInside.add(outbox.claim(HUNDRED).seen());
        });
        assertThat(seenInside).containsExactly(0);
        assertThat(claimOne().payload()).isEqualTo("\"next\"");
    }

    @Test
    void deliver_workThrows_leavesTheMessageUnderItsLeaseAndNothingElse() {
        enqueue(A, 1);
        Message message = claimOne();
        IOException error = new IOException("printer on fire");
        assertThatThrownBy(() -> deliver(message, transaction -> {
                    outbox.enqueue(transaction, B.draft("1"));
                    throw error;
                }))
                .isSameAs(error);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(settle(Settlement.failed(message, "printer on fire", Duration.ZERO)))
                .isEqualTo(APPLIED);
        assertThat(claimOne().id()).isEqualTo(message.id());
    }

    @Test
    void deliver_claimedByAnother_doesNotCallTheWork() throws Exception {
        enqueue(A, 1);
        Message stale = claimOne();
        endLeases();
        Message current = claimOne();
        List<String> calls = new ArrayList<>();
        assertThat(deliver(stale, transaction -> calls.add("stale"))).isEqualTo(LEASE_LOST);
        assertThat(calls).isEmpty();
        assertThat(outbox.markDone(current)).isEqualTo(APPLIED);
    }

    @Test
    void deliver_settledBefore_doesNotCallTheWork() throws Exception {
        enqueue(A, 2);
        List<Message> messages = claim();
        outbox.markDone(messages.get(0));
        applied(Settlement.failed(messages.get(1), "later", Duration.ZERO));
        List<String> calls = new ArrayList<>();
        for (Message message : messages) {
            assertThat(deliver(message, transaction -> calls.add("late"))).isEqualTo(LEASE_LOST);
        }
        assertThat(calls).isEmpty();
    }

    @Test
    void deliver_whileItWorks_othersFindTheRowBusy() throws Exception {
        enqueue(A, 1);
        Message message = claimOne();
        List<Verdict> inside = new ArrayList<>();
        Verdict verdict = deliver(message, transaction -> {
            inside.add(outbox.markDone(message));
            inside.addAll(outbox.renew(List.of(message), LEASE));
            inside.add(deliver(message, again -> inside.add(APPLIED)));
        });
        assertThat(inside).containsExactly(BUSY, BUSY, BUSY);
        assertThat(verdict).isEqualTo(APPLIED);
        assertThat(outbox.markDone(message)).isEqualTo(LEASE_LOST);
    }

    @Test
    void deliver_workThrowsError_isRolledBackToo() {
        enqueue(A, 1);
        Message message = claimOne();
        assertThatThrownBy(() -> deliver(message, transaction -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(outbox.markDone(message)).isEqualTo(APPLIED);
    }

    @Test
    void deliver_sameIdEnqueuedInside_isWritten() throws Exception {
        enqueue(A, 1);
        Message message = claimOne();
        List<EnqueueResult> inside = new ArrayList<>();
        deliver(
                message,
                transaction -> inside.add(
                        outbox.enqueue(transaction, A.draft("\"again\"").withId(message.id()))));
        assertThat(inside.get(0).coalesced()).isEmpty();
        assertThat(claimOne().payload()).isEqualTo("\"again\"");
    }

    @Test
    void deliver_over_endsTheTransactionOfTheWork() throws Exception {
        enqueue(A, 1);
        List<T> kept = new ArrayList<>();
        deliver(claimOne(), kept::add);
        assertThatThrownBy(() -> outbox.enqueue(kept.get(0), A.draft("1"))).isNotNull();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void deliver_idleTimeoutOutOfRange_isRefused() {
        enqueue(A, 1);
        Message message = claimOne();
        for (Duration idle : List.of(
                Duration.ZERO, Duration.ofNanos(999_999), Duration.ofDays(1).plusNanos(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> outbox.deliverInTransaction(message, idle, transaction -> {}));
        }
        assertThat(outbox.markDone(message)).isEqualTo(APPLIED);
    }

    private Verdict deliver(Message message, TransactionalWork<T> work) throws Exception {
        return outbox.deliverInTransaction(message, IDLE, work);
    }
}
