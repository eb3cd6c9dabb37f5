package org.jooqoutbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A message that was given up.
 *
 * @param id identity of the message
 * @param kind what the message is about
 * @param payload the payload as JSON
 * @param headers names and values set by the producer
 * @param attempts how often it was claimed, and replayed
 * @param failures deliveries that failed since it was enqueued or last replayed
 * @param lastError why the last one failed
 * @param createdAt when it was written
 * @param diedAt when its row last changed
 * @param status how it came to be one
 */
public record DeadLetter(
        UUID id,
        String kind,
        String payload,
        Map<String, String> headers,
        int attempts,
        int failures,
        String lastError,
        Instant createdAt,
        Instant diedAt,
        Status status) {

    /** How a message came to be given up. */
    public enum Status {
        /** It failed too often, or killed its process too often, or its handler said so. */
        DEAD,
        /** Its time to live had passed before it was delivered. */
        EXPIRED,
        /** A Go worker gave it up: it is still pending there, but due only in decades. */
        PARKED
    }

    /** Copies the headers. */
    public DeadLetter {
        headers = Map.copyOf(headers);
    }

    /** Kind, id and attempts: never payload, headers or error, which may hold secrets. */
    @Override
    public String toString() {
        return kind + " " + id + " (" + attempts + " attempts)";
    }

    /**
     * How many dead letters have this kind, status and error.
     *
     * @param error the beginning of the last error: its first line, at most 200 characters
     */
    public record Count(String kind, Status status, String error, long count) {}

    /**
     * What a replay did, or would do.
     *
     * @param replayed those that are due again
     * @param conflicts those that were left as they are, because another message of their kind and deduplication key waits for its first
     *     delivery
     */
    public record Replay(List<UUID> replayed, List<UUID> conflicts) {

        /** Copies both. */
        public Replay {
            replayed = List.copyOf(replayed);
            conflicts = List.copyOf(conflicts);
        }
    }

    /**
     * Is told what was done to messages by hand, after it was committed: for audits. Every method does nothing unless overridden. What it
     * throws is logged and has no other effect.
     */
    public interface Audit {

        /** These were dead letters, and were made due again. */
        default void replayed(String outbox, List<UUID> ids) {}

        /** These were dead letters, and were deleted. */
        default void purged(String outbox, List<UUID> ids) {}

        /** These were pending, and were made due at once. */
        default void retried(String outbox, List<UUID> ids) {}

        /** These were pending, and were made dead letters. */
        default void givenUp(String outbox, List<UUID> ids) {}
    }
}
