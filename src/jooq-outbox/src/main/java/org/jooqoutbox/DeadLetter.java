package org.jooqoutbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A message that was given up.
 *
 * @param id identity of the message
 * @param kind what the message is about
 * @param payload the payload as JSON
 * @param headers names and values set by the producer
 * @param attempts deliveries in all
 * @param failures deliveries that failed since it was enqueued or last replayed
 * @param lastError why the last one failed
 * @param createdAt when it was written
 * @param diedAt when its row last changed
 * @param parked true if a Go worker gave it up: it is still pending there, but due only in decades
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
        boolean parked) {

    /** Copies the headers. */
    public DeadLetter {
        headers = Map.copyOf(headers);
    }

    /** Kind, id and attempts: never payload, headers or error, which may hold secrets. */
    @Override
    public String toString() {
        return kind + " " + id + " (" + attempts + " attempts)";
    }
}
