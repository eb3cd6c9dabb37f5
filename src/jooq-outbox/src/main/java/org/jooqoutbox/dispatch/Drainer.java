package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is due in one outbox and returns: for jobs that something else schedules.
 *
 * <pre>{@code
 * Drainer.Result result = Drainer.builder(outbox)
 *         .handle(INVOICE_ISSUED, (invoice, message) -> mailer.send(invoice))
 *         .timeLimit(Duration.ofMinutes(5))
 *         .build()
 *         .drain();
 * }</pre>
 *
 * <p>It promises what a {@link Worker} promises, and can run beside workers and other drainers. Immutable, and safe for use by many threads.
 */
public final class Drainer {

    private static final Logger LOG = LoggerFactory.getLogger(Drainer.class);

    private final OutboxRepository<?> outbox;
    private final DispatchSettings settings;
    private final @Nullable Executor executor;
    private final List<DispatchListener> listeners;

    private Drainer(Builder<?> builder) {
        this.outbox = builder.outbox;
        builder.requireRelations();
        this.settings = builder.settings(builder.timeLimit);
        this.executor = builder.executor;
        this.listeners = List.copyOf(builder.listeners);
    }

    /** A drainer for this outbox. */
    public static <X> Builder<X> builder(OutboxRepository<X> outbox) {
        return new Builder<>(outbox);
    }

    /**
     * Delivers messages until a claim finds nothing due, or the time limit has passed, or the calling thread is interrupted (whose interrupt
     * flag is then set again). In the last two cases it stops as {@link Worker#stop} does, which may take as long as the shutdown timeout.
     * Messages whose delivery fails become due again later, for the next pass or a worker.
     *
     * <p>Outbox and listeners are called on the calling thread; handlers run on the executor.
     *
     * @throws org.jooqoutbox.OutboxException if the table lacks something that is needed. A database that does not answer is not an error: it
     *     is tried again until the time limit
     */
    public Result drain() {
        DispatchRun run = new DispatchRun(outbox, settings, executor, listeners, true, false);
        run.verify();
        try {
            run.run();
        } finally {
            if (run.wasInterrupted()) {
                Thread.currentThread().interrupt();
            }
        }
        Result result = Result.of(run.report(), run.drained());
        LOG.info("outbox {}: pass is over: {}", settings.outbox(), result);
        return result;
    }

    /** Outbox and all settings, on one line. */
    @Override
    public String toString() {
        return "drainer of " + settings.describe();
    }

    /**
     * What one pass did. Every message that it claimed is in one of the numbers.
     *
     * @param claimed messages claimed, those included that became dead letters in the claim itself
     * @param delivered messages delivered and removed
     * @param failed deliveries that failed and will be tried again
     * @param postponed deliveries that will be tried again, with nothing counted
     * @param deadLettered messages that were given up
     * @param expired messages whose time to live had passed
     * @param released messages given back: not started, or interrupted at the end
     * @param leasesLost messages whose lease ended before their outcome was recorded
     * @param unconfirmed messages whose outcome was recorded, most likely: the reply was lost
     * @param abandoned messages left to their leases: their handlers did not return, or their outcomes could not be recorded in time
     * @param drained whether the last claim found nothing due; if not, the pass ended early
     */
    public record Result(
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
            boolean drained) {

        private static Result of(Worker.StopReport report, boolean drained) {
            return new Result(
                    report.claimed(),
                    report.delivered(),
                    report.failed(),
                    report.postponed(),
                    report.deadLettered(),
                    report.expired(),
                    report.released(),
                    report.leasesLost(),
                    report.unconfirmed(),
                    report.abandoned(),
                    drained);
        }
    }

    /**
     * Builds a {@link Drainer}.
     *
     * @param <X> what a transaction of the outbox looks like
     */
    public static final class Builder<X> extends DispatchBuilder<X, Builder<X>> {

        private final OutboxRepository<X> outbox;
        private Duration timeLimit = Duration.ofMinutes(10);

        private Builder(OutboxRepository<X> outbox) {
            super(Objects.requireNonNull(outbox, "outbox").name());
            this.outbox = outbox;
        }

        DispatchSettings settings(Duration limit) {
            return settings(outbox, limit);
        }

        @Override
        Builder<X> self() {
            return this;
        }

        /**
         * After this time nothing more is claimed, and the pass comes to its end. Default: 10 minutes.
         *
         * @param limit from 1 ms to 1 day
         */
        public Builder<X> timeLimit(Duration limit) {
            this.timeLimit = requireTime(limit, "timeLimit");
            return this;
        }

        /**
         * The drainer.
         *
         * @throws IllegalStateException if there is no handler, or two settings do not go together
         */
        public Drainer build() {
            return new Drainer(this);
        }
    }
}
