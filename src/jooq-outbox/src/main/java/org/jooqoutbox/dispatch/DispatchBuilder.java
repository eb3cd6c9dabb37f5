package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Handler;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Worker.Builder} and {@link Drainer.Builder} have in common. Each value is checked when it is set, relations between them when
 * the dispatcher is built. Not safe for use by several threads at once.
 *
 * @param <X> what a transaction of the outbox looks like
 * @param <B> the builder itself
 */
abstract class DispatchBuilder<X, B extends DispatchBuilder<X, B>> {

    private static final Duration SETTLE_WITHIN = Duration.ofMillis(10);
    private static final Duration SETTLE_MANY_WITHIN = Duration.ofMillis(100);
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST = 10_000;
    private static final int BATCH = 100;
    private static final int LARGEST_BATCH = 1_000;

    /** A kind, its options, and its delivery, which may depend on settings that come later. */
    private record Registration<X>(Deliveries<X> delivery, KindOptions options) {}

    private interface Deliveries<X> {
        Delivery from(OutboxRepository<X> outbox, KindOptions options);
    }

    /** Where there is only a description to make. */
    private static final Delivery NOWHERE =
            new SingleDelivery<>(MessageKind.json("nowhere"), (payload, message) -> Outcome.done());

    final String name;
    final List<DispatchListener> listeners = new ArrayList<>();

    @Nullable
    Executor executor;

    private final Map<String, Registration<X>> handlers = new LinkedHashMap<>();
    private RetryPolicy retry = RetryPolicy.standard();
    private Duration lease = ClaimRequest.DEFAULT_LEASE;
    private @Nullable Duration renewal;
    private Duration handlerDeadline = Duration.ofSeconds(25);
    private @Nullable BatchSize batch;
    int maxWaiting = 1_000;
    int concurrency = 10;
    private Duration shortestPoll = Duration.ofMillis(50);
    Duration longestPoll = Duration.ofSeconds(1);
    private @Nullable BatchSize settleBatch;
    private @Nullable Duration settleWithin;
    private boolean looksAhead = true;
    private int maxDeaths = ClaimRequest.DEFAULT_MAX_DEATHS;
    private Duration shutdownTimeout = Duration.ofSeconds(20);

    /**
     * A builder with all defaults.
     *
     * @param name what is dispatched, for messages and logs
     */
    DispatchBuilder(String name) {
        this.name = name;
    }

    abstract B self();

    /**
     * Messages of this kind go to this handler. Kinds without a handler are not claimed.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handle(MessageKind<T> kind, Handler<? super T> handler) {
        return handle(kind, handler, KindOptions.defaults());
    }

    /**
     * Messages of this kind go to this handler, and failures are retried as this policy says.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handle(MessageKind<T> kind, Handler<? super T> handler, RetryPolicy policy) {
        return handle(kind, handler, KindOptions.defaults().retry(policy));
    }

    /**
     * Messages of this kind go to this handler, with options of their own.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handle(MessageKind<T> kind, Handler<? super T> handler, KindOptions options) {
        Objects.requireNonNull(handler, "handler");
        return handleWithOutcome(
                kind,
                (payload, message) -> {
                    handler.handle(payload, message);
                    return Outcome.done();
                },
                options);
    }

    /**
     * Messages of this kind go to this handler, which answers what became of them.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handleWithOutcome(MessageKind<T> kind, Handler.WithOutcome<? super T> handler) {
        return handleWithOutcome(kind, handler, KindOptions.defaults());
    }

    /**
     * Messages of this kind go to this handler, which answers what became of them, with options of their own.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handleWithOutcome(MessageKind<T> kind, Handler.WithOutcome<? super T> handler, KindOptions options) {
        Objects.requireNonNull(handler, "handler");
        return register(kind, options, (outbox, some) -> new SingleDelivery<>(kind, handler));
    }

    /**
     * Messages of this kind go to this handler, many at once.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handleBatch(MessageKind<T> kind, Handler.OfBatch<T> handler) {
        return handleBatch(kind, handler, KindOptions.defaults());
    }

    /**
     * Messages of this kind go to this handler, many at once, with options of their own.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handleBatch(MessageKind<T> kind, Handler.OfBatch<T> handler, KindOptions options) {
        Objects.requireNonNull(handler, "handler");
        return register(kind, options, (outbox, some) -> new BatchDelivery<>(kind, handler, some.batch()));
    }

    /**
     * Messages of this kind go to this handler, each in the transaction that removes it.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handleInTransaction(MessageKind<T> kind, Handler.InTransaction<? super X, ? super T> handler) {
        return handleInTransaction(kind, handler, KindOptions.defaults());
    }

    /**
     * Messages of this kind go to this handler, each in the transaction that removes it, with options of their own.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <T> B handleInTransaction(
            MessageKind<T> kind, Handler.InTransaction<? super X, ? super T> handler, KindOptions options) {
        Objects.requireNonNull(handler, "handler");
        return register(kind, options, (outbox, some) -> new TransactionalDelivery<>(outbox, kind, handler, lease));
    }

    private B register(MessageKind<?> kind, KindOptions options, Deliveries<X> delivery) {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(options, "options");
        if (handlers.containsKey(kind.name())) {
            throw new IllegalArgumentException("kind " + kind.name() + " has a handler already: there can be only one");
        }
        handlers.put(kind.name(), new Registration<>(delivery, options));
        return self();
    }

    /** How failures are retried, where a kind has no policy of its own. Default: {@code RetryPolicy.exponential(Duration.ofSeconds(5))}. */
    public B retry(RetryPolicy policy) {
        this.retry = Objects.requireNonNull(policy, "policy");
        return self();
    }

    /**
     * How long a claimed message is this dispatcher's alone. After a crash it is as long until the message is delivered again; while a handler
     * runs, the lease is renewed. Default: 30 s.
     *
     * @param lease from 1 ms to 1 day, longer than the handler deadline
     */
    public B lease(Duration lease) {
        this.lease = requireTime(lease, "lease");
        return self();
    }

    /**
     * How often leases are renewed. Default: a third of the lease.
     *
     * @param renewal from 1 ms to half the lease
     */
    public B renewEvery(Duration renewal) {
        this.renewal = requireTime(renewal, "renewEvery");
        return self();
    }

    /**
     * How long a handler may take, reckoned from when it was handed to the executor. Then it is interrupted, and if it throws, that is a
     * failure like any other. If it does not return by the end of its lease, its message is left to be delivered again and its place goes to
     * another; when as many handlers as may run at once have gone that way, nothing more is claimed. Default: 25 s.
     *
     * @param deadline from 1 ms, shorter than the lease
     */
    public B handlerDeadline(Duration deadline) {
        this.handlerDeadline = requireTime(deadline, "handlerDeadline");
        return self();
    }

    /**
     * How many messages are claimed at once, and how many of a kind may wait to be started. More makes claims cheaper per message, and crashes
     * affect more of them. In a worker of one outbox, as many again may wait where handlers are so quick that they would wait for claims.
     * Default: 100, and where that is not enough for them more, up to 1,000 or half of {@link #maxWaiting}.
     *
     * @param batch from 1 to 10,000; it is always the same then
     */
    public B batch(int batch) {
        return batch(BatchSize.of(requireCount(batch, "batch")));
    }

    final B batch(BatchSize size) {
        this.batch = size;
        return self();
    }

    /**
     * How many claimed messages may wait to be started, in all. Each kind has an equal share of it, so that none takes the room of another.
     * Default: 1,000.
     *
     * @param messages from 1 to 10,000
     */
    public B maxWaiting(int messages) {
        this.maxWaiting = requireCount(messages, "maxWaiting");
        return self();
    }

    /**
     * How many handlers run at once. An executor that is brought along should have as many threads. A kind that has a handler at work leaves a
     * place free for each kind that has none, up to half of the places: so slow handlers of one kind do not keep the others waiting. Default: 10.
     *
     * @param concurrency from 1 to 10,000; at least the number of kinds is a good idea
     */
    public B concurrency(int concurrency) {
        this.concurrency = requireCount(concurrency, "concurrency");
        return self();
    }

    /**
     * The pause before the next claim when the last one found messages, but not as many as it could have taken; it grows while nothing is
     * due. Each pause is random between half of this and all of it. Default: 50 ms.
     *
     * @param pause from 1 ms, at most the longest pause
     */
    public B shortestPoll(Duration pause) {
        this.shortestPoll = requireTime(pause, "shortestPoll");
        return self();
    }

    /**
     * The pause to which the shortest one doubles while nothing is due or claims fail. Default: 1 s.
     *
     * @param pause from the shortest pause to the length of the lease
     */
    public B longestPoll(Duration pause) {
        this.longestPoll = requireTime(pause, "longestPoll");
        return self();
    }

    /**
     * How many outcomes are recorded in one statement, at most. Default: as many as messages are claimed at once, from 100 to 1,000.
     *
     * @param outcomes from 1 to 10,000
     */
    public B settleBatch(int outcomes) {
        return settleBatch(BatchSize.of(requireCount(outcomes, "settleBatch")));
    }

    final B settleBatch(BatchSize size) {
        this.settleBatch = size;
        return self();
    }

    /**
     * How long an outcome may wait for others to be recorded with. None waits when no handler is at work. Default: 10 ms; of several outboxes
     * 100 ms, where leases and the shutdown timeout leave so long.
     *
     * @param wait from 1 ms; shorter than what the lease leaves after the handler deadline
     */
    public B settleWithin(Duration wait) {
        this.settleWithin = requireTime(wait, "settleWithin");
        return self();
    }

    /**
     * After a delivery that ended without a result, because the process ended, the message is delivered alone; after this many more of them
     * alone it becomes a dead letter. So 3 are four in all. A lost lease counts like the end of a process. Default: 3.
     *
     * @param deaths at least 1
     */
    public B maxDeaths(int deaths) {
        if (deaths < 1) {
            throw new IllegalArgumentException("maxDeaths must be at least 1, not " + deaths);
        }
        this.maxDeaths = deaths;
        return self();
    }

    /** A message is delivered again however often its process ended. It is still delivered alone. */
    public B unlimitedDeaths() {
        this.maxDeaths = DispatchSettings.UNLIMITED_DEATHS;
        return self();
    }

    /**
     * How long stopping may take, from when it is asked for: handlers at work may go on until shortly before its end, and are then
     * interrupted. A statement on its way, and one last settlement, may add to it. Default: 20 s.
     *
     * @param timeout from 1 ms to 1 day
     */
    public B shutdownTimeout(Duration timeout) {
        this.shutdownTimeout = requireTime(timeout, "shutdownTimeout");
        return self();
    }

    /**
     * Runs handlers here. It stays the caller's: it is not shut down. What it refuses is given back to the outbox. Default: threads of the
     * dispatcher's own, as many as are needed.
     */
    public B executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return self();
    }

    /**
     * An idle outbox is claimed from at each poll, without being asked when something will be due. Default: it is asked, so that messages that were
     * delayed, wait for another try, or were held by a dispatcher that crashed are delivered when they are due and not at the poll after that.
     */
    public B withoutLookAhead() {
        this.looksAhead = false;
        return self();
    }

    /** Tells this listener what happens, after those that were added before it. */
    public B listener(DispatchListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return self();
    }

    /** The settings for one outbox, as they are without a worker's or drainer's own. */
    final DispatchSettings settings(OutboxRepository<X> outbox, @Nullable Duration timeLimit) {
        return settings(
                outbox.name(),
                routes(each -> each.delivery().from(outbox, each.options())),
                outbox.settlesAndClaimsAtOnce(),
                timeLimit);
    }

    /** The settings for any outbox, on one line. */
    final String describeEach() {
        return settings(name, routes(each -> NOWHERE), false, null).describeAll();
    }

    private DispatchSettings settings(
            String outbox, Map<String, Route> routes, boolean settlesAndClaimsAtOnce, @Nullable Duration timeLimit) {
        return new DispatchSettings(
                outbox,
                routes,
                lease,
                renewal(),
                handlerDeadline,
                batch(timeLimit),
                maxWaiting,
                concurrency,
                shortestPoll,
                longestPoll,
                settleBatch(timeLimit),
                settleWithin(),
                maxDeaths,
                shutdownTimeout,
                settlesAndClaimsAtOnce,
                timeLimit == null && looksAhead,
                false,
                false,
                timeLimit);
    }

    // It grows where claims hold up nothing else.
    private BatchSize batch(@Nullable Duration timeLimit) {
        if (batch != null) {
            return batch;
        }
        int most = timeLimit == null && !isForMany() ? Math.min(LARGEST_BATCH, maxWaiting / 2) : 0;
        return new BatchSize(BATCH, Math.max(BATCH, most));
    }

    private BatchSize settleBatch(@Nullable Duration timeLimit) {
        if (settleBatch != null) {
            return settleBatch;
        }
        int most = Math.min(LARGEST_BATCH, batch(timeLimit).most());
        return new BatchSize(BATCH, Math.max(BATCH, most));
    }

    private Duration renewal() {
        return renewal == null ? lease.dividedBy(3) : renewal;
    }

    private Map<String, Route> routes(Function<Registration<X>, Delivery> deliveries) {
        Map<String, Route> routes = new LinkedHashMap<>();
        handlers.forEach((kind, each) -> routes.put(kind, route(kind, deliveries.apply(each), each.options())));
        return routes;
    }

    private Duration settleWithin() {
        if (settleWithin != null) {
            return settleWithin;
        }
        return isForMany() && leavesTime(SETTLE_MANY_WITHIN) ? SETTLE_MANY_WITHIN : SETTLE_WITHIN;
    }

    private boolean leavesTime(Duration wait) {
        return wait.compareTo(shutdownTimeout) < 0
                && handlers.values().stream()
                        .allMatch(registration -> wait.compareTo(lease.minus(deadline(registration.options()))) < 0);
    }

    /** Whether it is for several outboxes, which have few threads in common that call the database. */
    boolean isForMany() {
        return false;
    }

    private Route route(String kind, Delivery delivery, KindOptions options) {
        return new Route(
                kind,
                delivery,
                options.retry().orElse(retry),
                deadline(options),
                Math.min(concurrency, options.concurrency().orElse(concurrency)),
                options);
    }

    private Duration deadline(KindOptions options) {
        return options.deadline().orElse(handlerDeadline);
    }

    /**
     * Checks the relations between settings.
     *
     * @throws IllegalStateException if there is no handler, or two settings do not go together
     */
    final void requireRelations() {
        Duration every = renewal();
        require(!handlers.isEmpty(), "there is no handler: add at least one with handle(kind, handler)");
        handlers.forEach((kind, registration) -> requireDeadline(kind, deadline(registration.options())));
        require(
                every.multipliedBy(2).compareTo(lease) <= 0,
                "a renewal every " + every + " must fit twice into the lease of " + lease);
        require(
                shortestPoll.compareTo(longestPoll) <= 0,
                "the shortest poll of " + shortestPoll + " must not be longer than the longest of " + longestPoll);
        require(
                longestPoll.compareTo(lease) <= 0,
                "the longest poll of " + longestPoll + " must not be longer than the lease of " + lease
                        + ", or what a crashed dispatcher held comes back later than its lease says");
        require(
                settleWithin().compareTo(shutdownTimeout) < 0,
                "settling within " + settleWithin() + " must be shorter than the shutdown timeout of " + shutdownTimeout
                        + ", or outcomes are lost when it stops");
    }

    private void requireDeadline(String kind, Duration deadline) {
        String whose = deadline.equals(handlerDeadline) ? "the handler deadline" : "the deadline of kind " + kind;
        require(
                deadline.compareTo(lease) < 0,
                whose + " of " + deadline + " must be shorter than the lease of " + lease);
        require(
                settleWithin().compareTo(lease.minus(deadline)) < 0,
                "settling within " + settleWithin() + " must be shorter than what a lease of " + lease
                        + " leaves after " + whose + " of " + deadline);
    }

    final void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalStateException("outbox " + name + ": " + sentence);
        }
    }

    static Duration requireTime(Duration time, String what) {
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " must be from 1 ms to 1 day, not " + time);
        }
        return time;
    }

    static int requireCount(int count, String what) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(what + " must be from 1 to " + MOST + ", not " + count);
        }
        return count;
    }
}
