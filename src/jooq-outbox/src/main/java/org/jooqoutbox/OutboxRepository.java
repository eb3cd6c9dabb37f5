package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * One outbox table.
 *
 * <p>{@code enqueue} takes part in the caller's transaction and never begins, commits or rolls back anything. Every other operation is a short
 * transaction of its own and is refused where it would join one of the caller's. All times are the database's.
 *
 * <p>Implementations are safe for use by many threads. Exceptions of the database access library pass through unwrapped.
 *
 * @param <T> what a transaction looks like to its participants; for jOOQ {@code org.jooq.Configuration}
 */
public interface OutboxRepository<T> {

    /** Name of the outbox, for messages and logs. */
    String name();

    /**
     * Writes messages as part of the caller's transaction, in one statement. They become visible to dispatchers when it commits, and are gone
     * if it rolls back.
     *
     * @param transaction the scope that the transactional lambda received, not the one that the lambda was opened from
     * @param drafts what to write; {@code seq} follows their order. None is fine, and does nothing
     * @throws NoActiveTransactionException if no transaction is open on that scope
     * @throws InvalidMessageException if a draft cannot be stored as it is; nothing was sent
     */
    EnqueueResult enqueue(T transaction, Collection<MessageDraft> drafts);

    /**
     * Like {@link #enqueue(Object, Collection)}.
     *
     * @throws NoActiveTransactionException if no transaction is open on that scope
     * @throws InvalidMessageException if a draft cannot be stored as it is; nothing was sent
     */
    default EnqueueResult enqueue(T transaction, MessageDraft first, MessageDraft... more) {
        List<MessageDraft> drafts = new ArrayList<>(List.of(more));
        drafts.add(0, first);
        return enqueue(transaction, drafts);
    }

    /**
     * Writes messages in a transaction of their own, committed on return: for the rare case in which they belong to no business rows.
     *
     * @throws InvalidMessageException if a draft cannot be stored as it is; nothing was sent
     */
    EnqueueResult enqueueInOwnTransaction(Collection<MessageDraft> drafts);

    /** Takes due messages under a lease. Never waits for anybody, and never takes what another claimer holds. */
    Claim claim(ClaimRequest request);

    /** Takes at most this many due messages of any kind for {@link ClaimRequest#DEFAULT_LEASE}. */
    default List<Message> claim(int limit) {
        return claim(ClaimRequest.of(limit)).messages();
    }

    /**
     * Settles any mix of outcomes in one statement. Each takes effect by itself: one that comes too late does not hold up the others.
     *
     * @return a verdict for each, in their order
     */
    List<Settlement.Verdict> settle(List<Settlement> settlements);

    /** The message was delivered: deletes it. */
    default Settlement.Verdict markDone(Message message) {
        return settle(List.of(Settlement.done(message))).get(0);
    }

    /** The delivery failed: stores the error and when the message is due again. */
    default Settlement.Verdict markFailed(Message message, String error, Instant retryAt) {
        return settle(List.of(Settlement.failedUntil(message, error, retryAt))).get(0);
    }

    /** The message is given up: makes it a dead letter. */
    default Settlement.Verdict markDead(Message message, String error) {
        return settle(List.of(Settlement.dead(message, error))).get(0);
    }

    /** The delivery was never started: gives the message back, due at once. */
    default Settlement.Verdict release(Message message) {
        return settle(List.of(Settlement.released(message))).get(0);
    }

    /**
     * Prolongs leases: each ends this long from now, or when it would have ended, whichever is later.
     *
     * @param lease from one millisecond to one day
     * @return a verdict for each message, in their order
     */
    List<Settlement.Verdict> renew(List<Message> messages, Duration lease);

    /**
     * Dead letters, those that died last first, and messages that a Go worker parked.
     *
     * @param limit at least 1
     */
    List<DeadLetter> deadLetters(int limit);

    /**
     * Makes dead letters due again, with their failures forgotten. The number of attempts goes on growing.
     *
     * @return those that were replayed; ids that are no dead letters are left out
     */
    List<UUID> replay(Collection<UUID> ids);

    /**
     * Checks that the table is there in the shape this library needs, with the rights it needs.
     *
     * @throws OutboxException listing everything that is missing or different
     */
    void verify();
}
