package org.jooqoutbox.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * An outbox in memory, for tests: same contract as the table on PostgreSQL, on a clock that only the test moves.
 *
 * <pre>{@code
 * var outbox = new InMemoryOutboxRepository();
 * outbox.inTransaction(tx -> {
 *     outbox.enqueue(tx, REMINDER.draft("{}").withDelay(Duration.ofHours(1)));
 * });
 * outbox.advance(Duration.ofHours(1));
 * }</pre>
 *
 * <p>Nothing is read from the machine's clock or its random numbers: two runs of the same calls do the same, ids included.
 *
 * <p>What differs from PostgreSQL: payloads stay the text they were, while {@code jsonb} has its own white space, order of members and form of
 * numbers; messages enqueued at one instant are due in their order; and nothing fails, so that whoever tests failures wraps the outbox in an
 * {@link OutboxRepository} of their own. A twin of an uncommitted message with an id or deduplication key is waited for, as there; where
 * PostgreSQL would wait for ever or report a deadlock, enqueue throws an {@link org.jooqoutbox.OutboxException}.
 *
 * <p>Safe for use by many threads.
 */
public final class InMemoryOutboxRepository implements OutboxRepository<InMemoryOutboxRepository.Transaction> {

    private static final Instant BEGINNING = Instant.parse("2024-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999999Z");
    private static final Comparator<Row> IN_ORDER_OF_ENQUEUE = Comparator.comparingLong(row -> row.seq);

    private final String name;
    private final MessageLimits limits;
    private final Ids ids;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Map<UUID, Row> rows = new LinkedHashMap<>();
    private final Set<Transaction> open = new LinkedHashSet<>();
    private Instant now = BEGINNING;
    private long nextSeq = 1;
    private int claims;

    /** An outbox called {@code in-memory}, with the default limits, at the first instant of 2024 in UTC. */
    public InMemoryOutboxRepository() {
        this("in-memory", MessageLimits.defaults(), 0);
    }

    /**
     * An outbox at the first instant of 2024 in UTC.
     *
     * @param name for messages and logs
     * @param limits what a message may be like
     * @param seed what the ids of messages are made from: of two outboxes with different seeds, they differ
     */
    public InMemoryOutboxRepository(String name, MessageLimits limits, long seed) {
        this.name = Objects.requireNonNull(name, "name");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.ids = new Ids(seed);
    }

    @Override
    public String name() {
        return name;
    }

    /** The outbox's time, in microseconds as PostgreSQL has it. */
    public Instant now() {
        return locked(() -> Micros.instant(micros()));
    }

    /**
     * Lets time pass: what waits becomes due, leases end, messages expire.
     *
     * @param time not negative; fractions of a microsecond add up
     * @throws IllegalArgumentException if it is negative, or leads beyond the year 9999
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("the clock only goes forward: it cannot be moved by " + time);
        }
        locked(() -> {
            if (time.toSeconds() >= END.getEpochSecond() - now.getEpochSecond()) {
                throw new IllegalArgumentException(
                        "the clock at " + now + " cannot be moved by " + time + ": it ends with the year 9999");
            }
            now = now.plus(time);
            return now;
        });
    }

    /**
     * Runs work in a transaction: what it enqueues is there when it returns, and gone when it throws.
     *
     * @param work what to do; it may use the transaction until it returns
     * @throws X what the work threw
     */
    public <X extends Exception> void inTransaction(Work<X> work) throws X {
        inTransactionResult(transaction -> {
            work.run(transaction);
            return Boolean.TRUE;
        });
    }

    /**
     * Like {@link #inTransaction}, for work that has a result.
     *
     * @throws X what the work threw
     */
    public <R, X extends Exception> R inTransactionResult(WorkWithResult<R, X> work) throws X {
        Transaction transaction = begin(null);
        boolean done = false;
        try {
            R result = work.run(transaction);
            done = true;
            return result;
        } finally {
            end(transaction, done);
        }
    }

    /** The messages that wait to be delivered, due or not, under a lease or not, in the order in which they were enqueued. Changes nothing. */
    public List<Message> pending() {
        return locked(() -> rows.values().stream()
                .filter(row -> row.status == Row.Status.PENDING)
                .sorted(IN_ORDER_OF_ENQUEUE)
                .map(row -> row.message(row.unsettled))
                .toList());
    }

    @Override
    public EnqueueResult enqueue(Transaction transaction, Collection<MessageDraft> drafts) {
        List<MessageDraft> checked = check(drafts);
        Objects.requireNonNull(transaction, "transaction");
        return locked(() -> {
            requireOpen(transaction);
            long seq = nextSeq;
            nextSeq += checked.size();
            return new EnqueueStep(name, transaction, rows, open, ended).write(checked, ids, seq);
        });
    }

    @Override
    public EnqueueResult enqueueInOwnTransaction(Collection<MessageDraft> drafts) {
        return inTransactionResult(transaction -> enqueue(transaction, drafts));
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return locked(() -> ClaimStep.of(request, rows.values(), claims++, micros()));
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return locked(() -> SettleStep.settle(settlements, rows, micros()));
    }

    @Override
    public boolean settlesAndClaimsAtOnce() {
        return true;
    }

    @Override
    public Claim.WithVerdicts settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return locked(() -> new Claim.WithVerdicts(settle(settlements), claim(request)));
    }

    @Override
    public List<Verdict> renew(List<Message> messages, Duration lease) {
        long micros = Micros.of(ClaimRequest.of(1).lease(lease).lease());
        return locked(() -> SettleStep.renew(messages, micros, rows, micros()));
    }

    @Override
    public Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<Transaction> work)
            throws Exception {
        requireIdleTimeout(idleTimeout);
        Transaction transaction;
        lock.lock();
        try {
            Row row = rows.get(message.id());
            if (row == null || !row.isHeldBy(message)) {
                return Verdict.LEASE_LOST;
            }
            if (row.lockedBy != null) {
                return Verdict.BUSY;
            }
            transaction = begin(row);
        } finally {
            lock.unlock();
        }
        boolean done = false;
        try {
            work.run(transaction);
            done = true;
        } finally {
            end(transaction, done);
        }
        return Verdict.APPLIED;
    }

    @Override
    public OutboxStats stats() {
        return deadLetterStep(DeadLetterStep::stats);
    }

    @Override
    public List<DeadLetter> deadLetters(DeadLetterQuery query) {
        return deadLetterStep(step -> step.list(query));
    }

    @Override
    public List<DeadLetter.Count> countDeadLetters(DeadLetterQuery query) {
        return deadLetterStep(step -> step.count(query));
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query) {
        return deadLetterStep(step -> step.replay(query, 0));
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query, int perSecond) {
        int rate = DeadLetterStep.requireRate(perSecond);
        return deadLetterStep(step -> step.replay(query, rate));
    }

    @Override
    public DeadLetter.Replay previewReplay(DeadLetterQuery query) {
        return deadLetterStep(step -> step.preview(query));
    }

    @Override
    public List<UUID> purge(DeadLetterQuery query) {
        return deadLetterStep(step -> step.purge(query));
    }

    @Override
    public Optional<Duration> nextDue(Collection<String> kinds) {
        Set<String> asked = Set.copyOf(kinds);
        return keyStep(step -> step.nextDue(asked));
    }

    @Override
    public List<BlockedKey> blockedKeys(@Nullable String after, int limit) {
        int most = KeyStep.requireLimit(limit);
        return keyStep(step -> step.blockedKeys(after, most));
    }

    @Override
    public List<UUID> retryNow(Collection<UUID> ids) {
        return keyStep(step -> step.retryNow(ids));
    }

    @Override
    public List<UUID> giveUp(Collection<UUID> ids, String reason) {
        Objects.requireNonNull(reason, "reason");
        return keyStep(step -> step.giveUp(ids, reason));
    }

    /** Passes: there is no table. */
    @Override
    public void verify() {}

    @Override
    public String toString() {
        return "outbox " + name;
    }

    private List<MessageDraft> check(Collection<MessageDraft> drafts) {
        List<MessageDraft> checked = List.copyOf(drafts);
        checked.forEach(limits::check);
        return checked;
    }

    private void requireOpen(Transaction transaction) {
        if (!open.contains(transaction)) {
            throw new NoActiveTransactionException("outbox " + name
                    + ": no transaction is open on this scope: it has ended, or belongs to another outbox. Enqueue inside"
                    + " outbox.inTransaction(tx -> …), with the tx that the lambda received.");
        }
    }

    private static void requireIdleTimeout(Duration idleTimeout) {
        if (idleTimeout.compareTo(Duration.ofMillis(1)) < 0 || idleTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("the idle timeout must be from 1 ms to 1 day, not " + idleTimeout);
        }
    }

    private Transaction begin(@Nullable Row removed) {
        return locked(() -> {
            Transaction transaction = new Transaction(micros(), removed);
            open.add(transaction);
            if (removed != null) {
                removed.lockedBy = transaction;
            }
            return transaction;
        });
    }

    private void end(Transaction transaction, boolean commit) {
        locked(() -> {
            Row removed = transaction.removed;
            if (removed != null) {
                removed.lockedBy = null;
            }
            if (commit) {
                if (removed != null) {
                    rows.remove(removed.id);
                }
                rows.putAll(transaction.written);
            }
            ended.signalAll();
            return open.remove(transaction);
        });
    }

    private <R> R deadLetterStep(Function<DeadLetterStep, R> step) {
        return locked(() -> step.apply(new DeadLetterStep(rows, micros())));
    }

    private <R> R keyStep(Function<KeyStep, R> step) {
        return locked(() -> step.apply(new KeyStep(rows, micros())));
    }

    private long micros() {
        return Micros.of(now);
    }

    private <R> R locked(Supplier<R> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** The scope of a transaction, from {@link InMemoryOutboxRepository#inTransaction}: what is enqueued with it commits with it. */
    public static final class Transaction {

        final long beganAt;
        final Thread beganBy = Thread.currentThread();
        final Map<UUID, Row> written = new LinkedHashMap<>();
        final @Nullable Row removed;

        @Nullable
        Transaction waitsFor;

        private Transaction(long beganAt, @Nullable Row removed) {
            this.beganAt = beganAt;
            this.removed = removed;
        }
    }

    /**
     * What is done in a transaction.
     *
     * @param <X> what it may throw
     */
    @FunctionalInterface
    public interface Work<X extends Exception> {

        /** Does it. */
        void run(Transaction transaction) throws X;
    }

    /**
     * What is done in a transaction, and has a result.
     *
     * @param <R> the result
     * @param <X> what it may throw
     */
    @FunctionalInterface
    public interface WorkWithResult<R, X extends Exception> {

        /** Does it. */
        R run(Transaction transaction) throws X;
    }
}
