package org.jooqoutbox;

import java.time.Duration;
import java.util.Objects;

/**
 * What a handler says became of a message, where returning and throwing do not say enough. See {@link Handler.WithOutcome} and
 * {@link Handler.OfBatch}.
 *
 * <p>Texts are cleaned, redacted and cut to 4 KiB when they are stored. Their beginning is logged as it is: it should hold no secrets.
 */
public sealed interface Outcome {

    /** The message was delivered: as if the handler had returned. */
    static Outcome done() {
        return Done.INSTANCE;
    }

    /** The message was not delivered: as if the handler had thrown this. The retry policy of the kind says what follows. */
    static Outcome failed(Throwable cause) {
        return new Failed(cause);
    }

    /**
     * The message was not delivered, which counts as a failure, and is due again after this pause (at most ten years) instead of the retry policy's. It is given up
     * all the same when the policy's limit is reached.
     *
     * @param pause not negative
     * @param reason stored as the message's last error
     */
    static Outcome retry(Duration pause, String reason) {
        return new Retry(pause, reason);
    }

    /**
     * The message was not delivered through no fault of its own: it is due again after this pause (at most ten years), and nothing is
     * counted.
     *
     * @param pause not negative
     * @param reason stored as the message's last error
     */
    static Outcome postpone(Duration pause, String reason) {
        return new Postpone(pause, reason);
    }

    /**
     * The message can never be delivered: it becomes a dead letter.
     *
     * @param reason stored as the message's last error
     */
    static Outcome dead(String reason) {
        return new Dead(reason);
    }

    /** See {@link Outcome#done}. */
    record Done() implements Outcome {
        private static final Done INSTANCE = new Done();
    }

    /**
     * See {@link Outcome#failed}.
     *
     * @param cause what the handler would have thrown
     */
    record Failed(Throwable cause) implements Outcome {

        /** Refuses null. */
        public Failed {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * See {@link Outcome#retry}.
     *
     * @param pause how long until it is due again
     * @param reason why
     */
    record Retry(Duration pause, String reason) implements Outcome {

        /** Refuses a negative pause. */
        public Retry {
            requirePause(pause);
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * See {@link Outcome#postpone}.
     *
     * @param pause how long until it is due again
     * @param reason why
     */
    record Postpone(Duration pause, String reason) implements Outcome {

        /** Refuses a negative pause. */
        public Postpone {
            requirePause(pause);
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * See {@link Outcome#dead}.
     *
     * @param reason why
     */
    record Dead(String reason) implements Outcome {

        /** Refuses null. */
        public Dead {
            Objects.requireNonNull(reason, "reason");
        }
    }

    private static void requirePause(Duration pause) {
        if (pause.isNegative()) {
            throw new IllegalArgumentException("a pause must not be negative, it is " + pause);
        }
    }
}
