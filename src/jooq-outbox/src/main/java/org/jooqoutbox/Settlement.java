package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;

/**
 * What becomes of a claimed message. Carries the message itself, and with it the proof of the lease.
 */
public sealed interface Settlement {

    /** The message, as the claim returned it. */
    Message message();

    /** It was delivered: it is deleted. */
    static Settlement done(Message message) {
        return new Done(message);
    }

    /** Its delivery failed: it is due again after this time, which must not be negative. */
    static Settlement failed(Message message, String error, Duration retryAfter) {
        return new Failed(message, error, retryAfter);
    }

    /** Its delivery failed: it is due again at this instant of the database's clock. */
    static Settlement failedUntil(Message message, String error, Instant retryAt) {
        return new FailedUntil(message, error, retryAt);
    }

    /** Its delivery came to nothing through no fault of its own: it is due again after this time, and no failure is counted. */
    static Settlement postponed(Message message, String reason, Duration retryAfter) {
        return new Postponed(message, reason, retryAfter);
    }

    /** It is given up: it becomes a dead letter, which can be listed and replayed. */
    static Settlement dead(Message message, String error) {
        return new Dead(message, error);
    }

    /** Its delivery was never started: it is given back, due at once, as if this claim had not been; only the attempt stays counted. */
    static Settlement released(Message message) {
        return new Released(message);
    }

    /**
     * See {@link Settlement#done}.
     *
     * @param message the message, as the claim returned it
     */
    record Done(Message message) implements Settlement {}

    /**
     * See {@link Settlement#failed}.
     *
     * @param message the message, as the claim returned it
     * @param error why; cleaned and cut to 4 KiB when it is stored
     * @param retryAfter how long until it is due again
     */
    record Failed(Message message, String error, Duration retryAfter) implements Settlement {

        /** Refuses a negative wait, and shortens one of more than ten years to that. */
        public Failed {
            retryAfter = bounded(retryAfter);
        }
    }

    /**
     * See {@link Settlement#failedUntil}.
     *
     * @param message the message, as the claim returned it
     * @param error why; cleaned and cut to 4 KiB when it is stored
     * @param retryAt when it is due again
     */
    record FailedUntil(Message message, String error, Instant retryAt) implements Settlement {

        /** Takes an instant before 1970 or after 9999 for the first or last of these. */
        public FailedUntil {
            retryAt = retryAt.isBefore(FIRST) ? FIRST : retryAt.isAfter(LAST) ? LAST : retryAt;
        }

        private static final Instant FIRST = Instant.EPOCH;
        private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
    }

    /**
     * See {@link Settlement#postponed}.
     *
     * @param message the message, as the claim returned it
     * @param reason why; stored like an error
     * @param retryAfter how long until it is due again
     */
    record Postponed(Message message, String reason, Duration retryAfter) implements Settlement {

        /** Refuses a negative wait, and shortens one of more than ten years to that. */
        public Postponed {
            retryAfter = bounded(retryAfter);
        }
    }

    /**
     * See {@link Settlement#dead}.
     *
     * @param message the message, as the claim returned it
     * @param error why; cleaned and cut to 4 KiB when it is stored
     */
    record Dead(Message message, String error) implements Settlement {}

    /**
     * See {@link Settlement#released}.
     *
     * @param message the message, as the claim returned it
     */
    record Released(Message message) implements Settlement {}

    private static Duration bounded(Duration retryAfter) {
        if (retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter must not be negative, it is " + retryAfter);
        }
        Duration longest = Duration.ofDays(3_650);
        return retryAfter.compareTo(longest) > 0 ? longest : retryAfter;
    }

    /** What came of a settlement or renewal. */
    enum Verdict {
        /** It took effect. */
        APPLIED,
        /** Somebody holds the row at this moment; nothing changed. Worth another try while the lease lasts. */
        BUSY,
        /**
         * The message is not the caller's any more: its lease ended and somebody else claimed it, or it was settled before. Nothing changed.
         * A settlement that is sent again after a lost reply gets this answer for what it did itself.
         */
        LEASE_LOST
    }
}
