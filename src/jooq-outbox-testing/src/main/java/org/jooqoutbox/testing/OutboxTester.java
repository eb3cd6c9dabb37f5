package org.jooqoutbox.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher that delivers when it is told to, and tells what happened: for tests of handlers and of what they are retried for.
 *
 * <pre>{@code
 * var tester = OutboxTester.of(outbox).handle(INVOICE_ISSUED, (invoice, message) -> mailer.send(invoice));
 * assertThat(tester.runDue().delivered()).hasSize(1);
 * }</pre>
 *
 * <p>It is a {@link Drainer} with all that this promises, whose handlers run on the calling thread, one after the other. Nothing waits for a
 * pause to pass: a message that failed is due again when the test has moved the clock, see {@link InMemoryOutboxRepository#advance}.
 *
 * <p>Works on every repository, on PostgreSQL too. Not safe for use by several threads at once.
 *
 * @param <T> what a transaction of the outbox looks like
 */
public final class OutboxTester<T> {

    private static final Duration LONGEST_RUN = Duration.ofSeconds(30);

    private final OutboxRepository<T> outbox;
    private final Drainer.Builder<T> drainer;
    private final Recorder recorder = new Recorder();

    private OutboxTester(OutboxRepository<T> outbox) {
        this.outbox = outbox;
        this.drainer = Drainer.builder(outbox)
                .executor(Runnable::run)
                .timeLimit(LONGEST_RUN)
                .listener(recorder);
    }

    /** A dispatcher of this outbox, without handlers. */
    public static <T> OutboxTester<T> of(OutboxRepository<T> outbox) {
        return new OutboxTester<>(outbox);
    }

    /**
     * Messages of this kind go to this handler. Kinds without a handler stay where they are. There is no circuit breaker: it would go by the
     * machine's clock.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <P> OutboxTester<T> handle(MessageKind<P> kind, Handler<? super P> handler) {
        drainer.handle(kind, handler, KindOptions.defaults().withoutBreaker());
        return this;
    }

    /**
     * Like {@link #handle(MessageKind, Handler)}, with failures retried as this policy says.
     *
     * @throws IllegalArgumentException if the kind has a handler already
     */
    public <P> OutboxTester<T> handle(MessageKind<P> kind, Handler<? super P> handler, RetryPolicy policy) {
        drainer.handle(kind, handler, KindOptions.defaults().withoutBreaker().retry(policy));
        return this;
    }

    /**
     * Sets anything else that a {@link Drainer} can be given: handlers of other forms, options of kinds, settings. Best done by the method that
     * sets up the application's own dispatcher.
     *
     * <p>Rates and circuit breakers that are set here go by the machine's clock: a run takes as long as they make it.
     */
    public OutboxTester<T> configure(Consumer<Drainer.Builder<T>> settings) {
        settings.accept(drainer);
        return this;
    }

    /**
     * Delivers everything that is due now, what is enqueued meanwhile included, and returns when nothing is due any more.
     *
     * @return what happened. What handlers threw is in it, and is not thrown
     * @throws IllegalStateException if there is no handler, or messages do not cease to be due, for instance because they are retried at once
     */
    public Run runDue() {
        recorder.clear();
        Drainer.Result result = drainer.build().drain();
        if (!result.drained()) {
            throw new IllegalStateException("outbox " + outbox.name() + ": messages were still due after " + LONGEST_RUN
                    + ", or this thread was interrupted: " + result
                    + ". A message that is retried without a pause is due for ever, as the clock stands still meanwhile; a rate or a"
                    + " circuit breaker keeps messages back");
        }
        return recorder.run();
    }

    /**
     * What happened in one run, each in its order. A message that was delivered more than once is there more than once.
     *
     * @param delivered what was delivered, and is gone
     * @param failures deliveries that failed and will be tried again
     * @param postponed deliveries that will be tried again, with nothing counted
     * @param deadLetters messages that were given up
     * @param expired messages whose time to live had passed
     * @param leasesLost messages whose lease ended before their outcome was recorded, because a handler moved the clock or claimed them
     */
    public record Run(
            List<Message> delivered,
            List<Failure> failures,
            List<Postponed> postponed,
            List<GivenUp> deadLetters,
            List<Message> expired,
            List<Message> leasesLost) {

        /** Copies the lists. */
        public Run {
            delivered = List.copyOf(delivered);
            failures = List.copyOf(failures);
            postponed = List.copyOf(postponed);
            deadLetters = List.copyOf(deadLetters);
            expired = List.copyOf(expired);
            leasesLost = List.copyOf(leasesLost);
        }
    }

    /**
     * A delivery that failed.
     *
     * @param message the message
     * @param error the text as it was stored
     * @param cause what the handler threw; null when there is no exception
     * @param retryAfter the pause until the message is due again
     */
    public record Failure(
            Message message, String error, @Nullable Throwable cause, Duration retryAfter) {

        /** The message and the pause: never the error, which may hold secrets. */
        @Override
        public String toString() {
            return message + " failed, due again after " + retryAfter;
        }
    }

    /**
     * A delivery that came to nothing through no fault of the message.
     *
     * @param message the message
     * @param reason the text as it was stored
     * @param retryAfter the pause until the message is due again
     */
    public record Postponed(Message message, String reason, Duration retryAfter) {

        /** The message and the pause: never the reason, which may hold secrets. */
        @Override
        public String toString() {
            return message + " postponed, due again after " + retryAfter;
        }
    }

    /**
     * A message that was given up.
     *
     * @param message the message
     * @param error the text as it was stored
     * @param cause what the handler threw; null when there is no exception
     */
    public record GivenUp(
            Message message, String error, @Nullable Throwable cause) {

        /** The message: never the error, which may hold secrets. */
        @Override
        public String toString() {
            return message + " given up";
        }
    }

    private static final class Recorder implements DispatchListener {

        private final List<Message> delivered = new ArrayList<>();
        private final List<Failure> failures = new ArrayList<>();
        private final List<Postponed> postponed = new ArrayList<>();
        private final List<GivenUp> deadLetters = new ArrayList<>();
        private final List<Message> expired = new ArrayList<>();
        private final List<Message> leasesLost = new ArrayList<>();

        void clear() {
            List.of(delivered, failures, postponed, deadLetters, expired, leasesLost)
                    .forEach(List::clear);
        }

        Run run() {
            return new Run(delivered, failures, postponed, deadLetters, expired, leasesLost);
        }

        @Override
        public void expired(Message message) {
            expired.add(message);
        }

        @Override
        public void postponed(Message message, String reason, Duration retryAfter) {
            postponed.add(new Postponed(message, reason, retryAfter));
        }

        @Override
        public void delivered(Message message) {
            delivered.add(message);
        }

        @Override
        public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
            failures.add(new Failure(message, error, cause, retryAfter));
        }

        @Override
        public void deadLettered(Message message, String error, @Nullable Throwable cause) {
            deadLetters.add(new GivenUp(message, error, cause));
        }

        @Override
        public void leaseLost(Message message) {
            leasesLost.add(message);
        }
    }
}
