package org.jooqoutbox.dispatch;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one outbox to handlers, from {@link #start} until {@link #stop}.
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
 * processes, can share an outbox. A message that the process did not survive is delivered alone the next time, with nothing beside it in this
 * worker but handlers that were abandoned because they would not return.
 *
 * <p>Safe for use by many threads. A worker has one thread of its own, which calls the outbox and the listeners; handlers run on the executor.
 * Nothing that a handler, codec, listener or executor throws ends it, nor does an outage of the database.
 */
public final class Worker implements AutoCloseable {

    private final DispatchSettings settings;
    private final DispatchRun run;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread thread;
    private boolean stopped;

    private Worker(Builder<?> builder) {
        this.settings = builder.settings(null);
        this.run = new DispatchRun(builder.outbox, settings, builder.executor, List.copyOf(builder.listeners), false);
    }

    /** A worker for this outbox. */
    public static <X> Builder<X> builder(OutboxRepository<X> outbox) {
        return new Builder<>(outbox);
    }

    /**
     * Checks the table and starts to deliver.
     *
     * @throws org.jooqoutbox.OutboxException if the table lacks something that is needed. A database that does not answer is not an error
     *     here: the worker starts and goes on trying
     * @throws IllegalStateException if it was started or stopped before: build a new one
     */
    public void start() {
        lock.lock();
        try {
            if (thread != null || stopped) {
                throw new IllegalStateException("outbox " + settings.outbox() + ": this worker was "
                        + (stopped ? "stopped" : "started") + " before; build a new one");
            }
            run.verify();
            Thread fresh = HandlerThreads.thread(this::work, "outbox-" + settings.outbox());
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
        return "worker of " + settings.describe();
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

        private Builder(OutboxRepository<X> outbox) {
            super(outbox);
        }

        @Override
        Builder<X> self() {
            return this;
        }

        /**
         * The worker, not started.
         *
         * @throws IllegalStateException if there is no handler, or two settings do not go together
         */
        public Worker build() {
            return new Worker(this);
        }
    }
}
