package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    /** Whether {@link #settleAndClaim} is cheaper than its two halves; a dispatcher uses it only then. Default: it is not. */
    default boolean settlesAndClaimsAtOnce() {
        return false;
    }

    /**
     * Settles as {@link #settle} does and then claims as {@link #claim} does. Where an implementation can, in one round trip and one transaction:
     * then both take effect, or neither.
     */
    default Claim.WithVerdicts settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return new Claim.WithVerdicts(settle(settlements), claim(request));
    }

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
     * Delivers a message in a transaction that removes it: deletes it first, then calls the work with the transaction, then commits. The
     * transaction is READ COMMITTED, on a connection of its own, which is given back at the end. A lost reply to the commit is looked into:
     * the message is gone only if it took effect.
     *
     * @param idleTimeout from one millisecond to one day: after so long without a statement the server ends the transaction, so that a message
     *     whose client vanished is free again
     * @return {@code APPLIED} if it was committed. {@code LEASE_LOST} or {@code BUSY} if the message is not the caller's or its row locked, in
     *     which case the work was not called
     * @throws Exception what the work threw, or the database, unwrapped; the transaction was rolled back
     */
    Settlement.Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<T> work)
            throws Exception;

    /**
     * What is done in the transaction that removes a message.
     *
     * @param <T> what a transaction looks like
     */
    @FunctionalInterface
    interface TransactionalWork<T> {

        /** Does it. The transaction is not its to end. */
        void run(T transaction) throws Exception;
    }

    /**
     * How long it is until the next message of these kinds may be due: zero if one may be now, empty if none is there. It costs less than a
     * claim. A hint: somebody else may take the message first, and where it cannot look at everything it answers too soon rather than too late.
     * Default: zero, so that whoever asks claims.
     */
    default Optional<Duration> nextDue(Collection<String> kinds) {
        return Optional.of(Duration.ZERO);
    }

    /**
     * Has this called, on any thread, whenever messages of this outbox may have become due, as far as that is noticed, until the subscription
     * is closed. Only a hint: calls may come without a reason, and messages without a call. What is called must return at once. Default: it
     * never is.
     */
    default Subscription onWakeUp(Runnable wakeUp) {
        return () -> {};
    }

    /**
     * Several outboxes: where a worker gets those from that it has at the moment.
     *
     * <p>A set that does not change can be written as {@code () -> List.of(one, other)}. Called by one thread at a time; what it throws is logged,
     * and it is asked again.
     *
     * @param <T> what a transaction of an outbox looks like
     */
    @FunctionalInterface
    interface Source<T> {

        /**
         * The outboxes there are now; called again and again. Outboxes of the same {@link OutboxRepository#name name} are taken for the same
         * one: whichever object was seen first stays in use.
         */
        Collection<? extends OutboxRepository<T>> outboxes();

        /**
         * By name, a number for each outbox that changes whenever a message is written into it, seen with one call for many of them: so those that
         * are idle need not be looked at themselves. It may change before the message is committed, or without one. Outboxes of which that is
         * not known are left out. Default: all are.
         */
        default Map<String, Long> writeMarks() {
            return Map.of();
        }

        /** What to call them all, for messages and logs. Default: {@code several}. */
        default String name() {
            return "several";
        }
    }

    /** Ends what it stands for when it is closed; closing it again does nothing. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {

        @Override
        void close();
    }

    /** How the outbox stands, by one cheap statement. */
    OutboxStats stats();

    /** Dead letters as the query wants them, those that died last first. */
    List<DeadLetter> deadLetters(DeadLetterQuery query);

    /** Dead letters, at most this many, those that died last first, and messages that a Go worker parked. */
    default List<DeadLetter> deadLetters(int limit) {
        return deadLetters(DeadLetterQuery.all().limit(limit));
    }

    /** The dead letter with this id, whatever its status; nothing if there is none. */
    default Optional<DeadLetter> deadLetter(UUID id) {
        return deadLetters(DeadLetterQuery.all()
                        .statuses(DeadLetter.Status.DEAD, DeadLetter.Status.EXPIRED, DeadLetter.Status.PARKED)
                        .ids(List.of(id)))
                .stream()
                .findFirst();
    }

    /** How many dead letters there are, by kind, status and error, the most frequent first; the query's limit takes no effect. */
    List<DeadLetter.Count> countDeadLetters(DeadLetterQuery query);

    /**
     * Makes dead letters due again at once, with their failures and their time to live forgotten. The number of attempts goes on growing. One
     * whose deduplication key is that of a message still waiting for its first delivery is left as it is, and reported.
     */
    DeadLetter.Replay replay(DeadLetterQuery query);

    /**
     * Like {@link #replay(DeadLetterQuery)}, but due one after the other.
     *
     * @param perSecond how many become due in each second, at least 1
     */
    DeadLetter.Replay replay(DeadLetterQuery query, int perSecond);

    /** Like {@link #replay(DeadLetterQuery)}, for those of these messages that are dead letters, whatever their status. */
    default DeadLetter.Replay replay(Collection<UUID> ids) {
        return replay(DeadLetterQuery.all()
                .statuses(DeadLetter.Status.DEAD, DeadLetter.Status.EXPIRED, DeadLetter.Status.PARKED)
                .ids(ids)
                .limit(Math.max(1, ids.size())));
    }

    /** What {@link #replay(DeadLetterQuery)} would do. */
    DeadLetter.Replay previewReplay(DeadLetterQuery query);

    /**
     * Deletes dead letters.
     *
     * @return those that are gone
     */
    List<UUID> purge(DeadLetterQuery query);

    /**
     * The ordering keys, in their own order, whose messages wait although nobody has the first of them under a lease: it failed and waits for
     * its next try, it is delayed, or it is due and was not claimed. For operators: it may visit all keys.
     *
     * @param after keys up to this one are left out, so that the last key of one page begins the next; null for the first page
     * @param limit how many, from 1 to 10,000
     */
    List<BlockedKey> blockedKeys(@Nullable String after, int limit);

    /**
     * An ordering key whose messages wait.
     *
     * @param key the ordering key
     * @param reason what they wait for
     * @param head id of the first message: the one to {@link #retryNow try again} or to {@link #giveUp give up}
     * @param kind kind of the first message
     * @param failures how often the first message has failed since it was enqueued or replayed
     * @param lastError why it failed the last time; empty if it did not
     * @param dueIn how long until it is due; negative if it is, zero at the moment it becomes so
     * @param waiting how many messages the key has, the first included; counting stops at {@link OutboxStats#COUNTED_TO}
     */
    record BlockedKey(
            String key,
            Reason reason,
            UUID head,
            String kind,
            int failures,
            String lastError,
            Duration dueIn,
            long waiting) {

        /** What a key waits for. */
        public enum Reason {

            /** Its first message failed, and is to be tried again later. */
            FAILED,

            /** Its first message was delayed by its producer. */
            DELAYED,

            /**
             * Its first message is due and nobody has taken it: no dispatcher handles its kind, its circuit breaker is open, or it is about to
             * be taken.
             */
            UNCLAIMED
        }
    }

    /**
     * Makes pending messages due at once, with their failures forgotten. Those under a lease are left alone.
     *
     * @return those that are due now, and were pending
     */
    List<UUID> retryNow(Collection<UUID> ids);

    /**
     * Makes dead letters of pending messages: of an ordering key, the next message is the first then. Those under a lease are left alone.
     *
     * @param reason becomes the error of the dead letter
     * @return those that are dead letters now, and were pending
     */
    List<UUID> giveUp(Collection<UUID> ids, String reason);

    /**
     * Checks that the table is there in the shape this library needs, with the rights it needs.
     *
     * @throws OutboxException listing everything that is missing or different
     */
    void verify();
}
