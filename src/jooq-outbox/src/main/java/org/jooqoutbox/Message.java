package org.jooqoutbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message under a lease, as a claim returned it.
 *
 * <p>{@link #id} and {@link #attempts} together prove the lease: a settlement carries both, and changes nothing once somebody else has
 * claimed the message.
 *
 * @param outbox name of the outbox it was claimed from, as {@link OutboxRepository#name} has it: tells tenants apart
 * @param id identity of the message, the same at every delivery
 * @param kind what the message is about
 * @param payload the payload as JSON, in PostgreSQL's form of it
 * @param headers names and values set by the producer, the same at every delivery
 * @param attempts how often it was claimed, this time included, whether or not it was delivered then; grows by one more when the message is replayed, or given back as one that may have killed
 *     its process
 * @param failures deliveries that failed since the message was enqueued or replayed
 * @param unsettled deliveries in a row that ended without a result before this one; above zero, the message may be one that kills its process
 * @param createdAt when the transaction that wrote the message began, by the database's clock
 * @param payloadType type and version of the payload, where the producer stated it
 * @param orderingKey messages with the same one are delivered one at a time, in the order of {@code seq}; null: in no order
 * @param seq the order in which messages were enqueued; gaps are normal
 */
public record Message(
        String outbox,
        UUID id,
        String kind,
        String payload,
        Map<String, String> headers,
        int attempts,
        int failures,
        int unsettled,
        Instant createdAt,
        @Nullable String payloadType,
        @Nullable String orderingKey,
        long seq) {

    /** Copies the headers. */
    public Message {
        headers = Map.copyOf(headers);
    }

    /** Kind, id and attempt: never payload or headers, which may hold secrets. */
    @Override
    public String toString() {
        return kind + " " + id + " (attempt " + attempts + ")";
    }
}
