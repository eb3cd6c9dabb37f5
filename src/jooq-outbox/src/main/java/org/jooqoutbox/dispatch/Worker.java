package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one outbox, or of any number of them, to handlers, from {@link #start} until {@link #stop}.
 *
 * <pre>{@code
 * try (Worker worker = Worker.builder(outbox)
 *         .handle(INVOICE_ISSUED, (invoice, message) -> mailer.send(invoice))
 *         .retry(RetryPolicy.exponential(Duration.ofSeconds(5)).maxFailures(10))
 *         .build()) {
 *     worker.start();
 *     …
 * }
 * }</pre>
 *
 * <p>Each message is delivered at least once, to one handler at a time as long as leases hold. Any number of workers, in any number of
 * processes, can share an outbox. A message that the process did not survive is delivered alone the next time, with nothing beside it of its
 * outbox but handlers that were abandoned because they would not return; and before the delivery after which it would be given up, with nothing
 * beside it in this worker.
 *
 * <p>Safe for use by many threads. A worker of one outbox has a thread of its own, which calls the listeners, renews leases and looks ahead, and two
 * more that call the outbox: one for claims, one for settlements, each with a connection while it does. One of several outboxes has
 * {@link Builder#callers a few}, and one that looks for outboxes and for what was written. Handlers run on the executor.
 * Nothing that a handler, codec, listener or executor throws ends it, nor does an outage of the database.
 */
public final class Worker implements AutoCloseable {

    private final String name;
    private final String description;
    private final Run run;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread thread;
    private boolean stopped;

    private Worker(Builder<?> builder) {
        this.name = builder.name;
        this.description = builder.describe();
        this.run = builder.run();
    }

    /** A worker for this outbox. */
    public static <X> Builder<X> builder(OutboxRepository<X> outbox) {
        return new Builder<>(Objects.requireNonNull(outbox, "outbox").name(), outbox, null);
    }

    /**
     * A worker for all outboxes of this source. They are served in turns, share handlers and room fairly, and what is wrong with one is no matter
     * to the others. None is checked when the worker starts: one that does not fit is reported when it is to be claimed from, and tried again.
     */
    public static <X> Builder<X> builder(OutboxRepository.Source<X> outboxes) {
        return new Builder<>(Objects.requireNonNull(outboxes, "outboxes").name(), null, outboxes);
    }

    /**
     * Checks the table, where there is one outbox, and starts to deliver.
     *
     * @throws org.jooqoutbox.OutboxException if the table lacks something that is needed. A database that does not answer is not an error
     *     here: the worker starts and goes on trying
     * @throws IllegalStateException if it was started or stopped before: build a new one
     */
    public void start() {
        lock.lock();
        try {
            if (thread != null || stopped) {
                throw new IllegalStateException("outbox " + name + ": this worker was "
                        + (stopped ? "stopped" : "started") + " before; build a new one");
            }
            run.verify();
            Thread fresh = HandlerThreads.thread(this::work, "outbox-" + name);
            fresh.start();
            thread = fresh;
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        run.run();
        run.tellStopped();
    }

    /**
     * Stops: claims no more, gives back what was not started, lets handlers at work finish until shortly before the shutdown timeout and
     * interrupts them then, records their outcomes, and returns when all that is done. A message whose handler fails because of that
     * interrupt is given back with no failure counted. One whose handler does not return at all is left to its lease and delivered again when
     * that ends.
     *
     * <p>It takes no longer than the shutdown timeout, plus a call of the database that is under way and one more for the last outcomes. It
     * may be called from any thread, any number of times, and before {@link #start}, which is then refused.
     *
     * <p>It does not wait when it is called from one of this worker's own handlers or listeners, for which it would wait itself; nor any
     * longer when the calling thread is interrupted, whose interrupt flag is then set again. In these cases stopping goes on by itself, and
     * the report, which tells what happened so far, is not {@link StopReport#clean}.
     */
    public StopReport stop() {
        Thread waitFor = askToStop();
        if (waitFor == null) {
            return StopReport.NOTHING;
        }
        if (!run.isInside()) {
            join(waitFor);
        }
        return run.report();
    }

    private @Nullable Thread askToStop() {
        lock.lock();
        try {
            stopped = true;
            run.requestStop();
            return thread;
        } finally {
            lock.unlock();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    /** How it stands at this moment and what it has done so far, on one line: for health pages. Costs nothing, and may be called any time. */
    public String describe() {
        return run.describe();
    }

    /** Outbox and all settings, on one line. */
    @Override
    public String toString() {
        return "worker of " + description;
    }

    /**
     * What a worker did from start to stop. Every message that it claimed is in one of the numbers.
     *
     * @param claimed messages claimed, those included that became dead letters in the claim itself
     * @param delivered messages delivered and removed
     * @param failed deliveries that failed and will be tried again
     * @param postponed deliveries that will be tried again, with nothing counted
     * @param deadLettered messages that were given up
     * @param expired messages whose time to live had passed
     * @param released messages given back: not started, or interrupted by the shutdown
     * @param leasesLost messages whose lease ended before their outcome was recorded
     * @param unconfirmed messages whose outcome was recorded, most likely: the reply was lost
     * @param abandoned messages left to their leases: their handlers did not return, or their outcomes could not be recorded in time
     * @param clean whether it has stopped and abandoned nothing
     */
    public record StopReport(
            long claimed,
            long delivered,
            long failed,
            long postponed,
            long deadLettered,
            long expired,
            long released,
            long leasesLost,
            long unconfirmed,
            int abandoned,
            boolean clean) {

        private static final StopReport NOTHING = new StopReport(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true);
    }

    /**
     * Builds a {@link Worker}.
     *
     * @param <X> what a transaction of the outbox looks like
     */
    public static final class Builder<X> extends DispatchBuilder<X, Builder<X>> {

        private final @Nullable OutboxRepository<X> outbox;
        private final OutboxRepository.@Nullable Source<X> source;
        private boolean listens = true;
        private @Nullable Integer mostOfOne;
        private int callers = 4;
        private Duration sweepEvery = Duration.ofSeconds(30);
        private Duration refreshEvery = Duration.ofSeconds(10);

        private Builder(
                String name, @Nullable OutboxRepository<X> outbox, OutboxRepository.@Nullable Source<X> source) {
            super(name);
            this.outbox = outbox;
            this.source = source;
        }

        @Override
        Builder<X> self() {
            return this;
        }

        @Override
        boolean isForMany() {
            return source != null;
        }

        /**
         * Outboxes are not asked to say when messages may have become due, and are polled only. Default: they are asked; how early they know is
         * theirs to say, see {@link OutboxRepository#onWakeUp}.
         */
        public Builder<X> withoutWakeUps() {
            this.listens = false;
            return this;
        }

        /**
         * Of several outboxes: how many handlers of one of them run at once, so that one whose handlers take long leaves places for the others.
         * Default: half of {@link #concurrency}.
         *
         * @param handlers from 1 to 10,000
         */
        public Builder<X> concurrencyPerOutbox(int handlers) {
            this.mostOfOne = requireCount(handlers, "concurrencyPerOutbox");
            return this;
        }

        /**
         * Of several outboxes: how many threads call the database, and so how many connections are used for claims and settlements at most; one
         * more looks for new messages and outboxes. Default: 4.
         *
         * @param threads from 1 to 10,000; one outbox that does not answer holds up one of them until its call times out
         */
        public Builder<X> callers(int threads) {
            this.callers = requireCount(threads, "callers");
            return this;
        }

        /**
         * Of several outboxes, where the source tells into which of them something was written: how long an idle outbox is not looked at itself,
         * at most. So late can a message be noticed that was not written but changed by hand, or committed long after it was written. Default:
         * 30 s.
         *
         * @param pause from the longest poll to 1 day
         */
        public Builder<X> sweepEvery(Duration pause) {
            this.sweepEvery = requireTime(pause, "sweepEvery");
            return this;
        }

        /**
         * Of several outboxes: how often it is asked which there are. Default: 10 s.
         *
         * @param pause from 1 ms to 1 day
         */
        public Builder<X> refreshEvery(Duration pause) {
            this.refreshEvery = requireTime(pause, "refreshEvery");
            return this;
        }

        /**
         * The worker, not started.
         *
         * @throws IllegalStateException if there is no handler, or two settings do not go together
         */
        public Worker build() {
            requireRelations();
            require(
                    source == null || longestPoll.compareTo(sweepEvery) <= 0,
                    "the longest poll of " + longestPoll + " must not be longer than the sweep of idle outboxes every "
                            + sweepEvery);
            return new Worker(this);
        }

        DispatchSettings settings(@Nullable Duration timeLimit) {
            return settings(Objects.requireNonNull(outbox), timeLimit);
        }

        private String describe() {
            return outbox == null ? fleet().describe() : settings(null).describe();
        }

        private Run run() {
            List<DispatchListener> told = List.copyOf(listeners);
            return source == null
                    ? new DispatchRun(
                            Objects.requireNonNull(outbox),
                            settings(null).overlapping(),
                            executor,
                            told,
                            false,
                            listens)
                    : new FleetRun<>(source, fleet(), each -> settings(each, null), told);
        }

        private FleetSettings fleet() {
            return new FleetSettings(
                    name,
                    describeEach(),
                    executor,
                    concurrency,
                    mostOfOne == null ? Math.max(1, concurrency / 2) : Math.min(mostOfOne, concurrency),
                    maxWaiting,
                    callers,
                    longestPoll,
                    sweepEvery,
                    refreshEvery,
                    listens);
        }
    }
}
