package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that is not written yet. Made by {@link MessageKind#draft}, written by {@code enqueue}.
 *
 * <p>Immutable and safe for use by many threads: each method returns a copy. The same draft can be enqueued any number of times; unless it
 * was given an {@link #withId id}, each time is a message of its own. Values are checked when the draft is enqueued.
 */
public final class MessageDraft {

    private final String kind;
    private final String payload;
    private final @Nullable UUID id;
    private final Map<String, String> headers;
    private final @Nullable Duration delay;
    private final @Nullable Instant availableAt;
    private final @Nullable String deduplicationKey;
    private final @Nullable String payloadType;
    private final @Nullable Duration timeToLive;
    private final @Nullable Instant expiresAt;

    MessageDraft(String kind, String payload) {
        this(kind, payload, null, Map.of(), null, null, null, null, null, null);
    }

    private MessageDraft(
            String kind,
            String payload,
            @Nullable UUID id,
            Map<String, String> headers,
            @Nullable Duration delay,
            @Nullable Instant availableAt,
            @Nullable String deduplicationKey,
            @Nullable String payloadType,
            @Nullable Duration timeToLive,
            @Nullable Instant expiresAt) {
        this.kind = kind;
        this.payload = payload;
        this.id = id;
        this.headers = headers;
        this.delay = delay;
        this.availableAt = availableAt;
        this.deduplicationKey = deduplicationKey;
        this.payloadType = payloadType;
        this.timeToLive = timeToLive;
        this.expiresAt = expiresAt;
    }

    /**
     * Gives the message an identity chosen by the caller. A draft whose id is in the outbox already is dropped, so that a transaction whose
     * outcome is unknown can be tried again. Default: a new UUIDv7 each time the draft is enqueued.
     */
    public MessageDraft withId(UUID id) {
        return new MessageDraft(
                kind, payload, id, headers, delay, availableAt, deduplicationKey, payloadType, timeToLive, expiresAt);
    }

    /** Adds a header, or replaces the one of that name. The handler sees it at every delivery. Default: no headers. */
    public MessageDraft withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new MessageDraft(
                kind,
                payload,
                id,
                Map.copyOf(more),
                delay,
                availableAt,
                deduplicationKey,
                payloadType,
                timeToLive,
                expiresAt);
    }

    /**
     * Keeps the message back for this long, counted by the database's clock from the start of the transaction. Replaces
     * {@link #withAvailableAt}. Default: due at once.
     *
     * @param delay from zero to ten years
     */
    public MessageDraft withDelay(Duration delay) {
        return new MessageDraft(
                kind, payload, id, headers, delay, null, deduplicationKey, payloadType, timeToLive, expiresAt);
    }

    /**
     * Keeps the message back until this instant, which the database's clock must reach. Replaces {@link #withDelay}. Default: due at once.
     *
     * @param availableAt from 1970 to 9999; microseconds count, nanoseconds are dropped. Decades ahead is where Go workers park what they give
     *     up: such a message is listed with the dead letters
     */
    public MessageDraft withAvailableAt(Instant availableAt) {
        return new MessageDraft(
                kind, payload, id, headers, null, availableAt, deduplicationKey, payloadType, timeToLive, expiresAt);
    }

    /**
     * Drops this draft at enqueue while another message of the same kind and key waits for its first delivery. This coalesces work that is
     * still to be done; it does not make delivery idempotent. Default: never dropped.
     *
     * @param deduplicationKey not empty, at most 1,024 bytes in UTF-8
     */
    public MessageDraft withDeduplicationKey(String deduplicationKey) {
        return new MessageDraft(
                kind, payload, id, headers, delay, availableAt, deduplicationKey, payloadType, timeToLive, expiresAt);
    }

    /** States type and version of the payload, for codecs that need more than the kind. Default: not stated. */
    public MessageDraft withPayloadType(String payloadType) {
        return new MessageDraft(
                kind, payload, id, headers, delay, availableAt, deduplicationKey, payloadType, timeToLive, expiresAt);
    }

    /**
     * Lets the message expire when it was not claimed for a delivery within this time, counted by the database's clock from the start of the
     * transaction: instead of being delivered, it is set aside as expired. Replaces {@link #withExpiresAt}. Default: never.
     *
     * @param timeToLive above zero, at most ten years, and longer than a delay
     */
    public MessageDraft withTimeToLive(Duration timeToLive) {
        return new MessageDraft(
                kind, payload, id, headers, delay, availableAt, deduplicationKey, payloadType, timeToLive, null);
    }

    /**
     * Lets the message expire when it was not claimed for a delivery before this instant of the database's clock. Replaces
     * {@link #withTimeToLive}. Default: never.
     *
     * @param expiresAt from 1970 to 9999, and later than {@link #withAvailableAt}
     */
    public MessageDraft withExpiresAt(Instant expiresAt) {
        return new MessageDraft(
                kind, payload, id, headers, delay, availableAt, deduplicationKey, payloadType, null, expiresAt);
    }

    /** What the message is about. */
    public String kind() {
        return kind;
    }

    /** The payload as JSON. */
    public String payload() {
        return payload;
    }

    /** The identity chosen by the caller, if any. */
    public Optional<UUID> id() {
        return Optional.ofNullable(id);
    }

    /** The headers, unmodifiable. */
    public Map<String, String> headers() {
        return headers;
    }

    /** How long the message is kept back, if that was set. */
    public Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }

    /** Until when the message is kept back, if that was set. */
    public Optional<Instant> availableAt() {
        return Optional.ofNullable(availableAt);
    }

    /** The deduplication key, if any. */
    public Optional<String> deduplicationKey() {
        return Optional.ofNullable(deduplicationKey);
    }

    /** Type and version of the payload, if stated. */
    public Optional<String> payloadType() {
        return Optional.ofNullable(payloadType);
    }

    /** How long after enqueueing it expires, if that was set. */
    public Optional<Duration> timeToLive() {
        return Optional.ofNullable(timeToLive);
    }

    /** When it expires, if that was set. */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }

    /** The kind alone: payload and headers may hold secrets. */
    @Override
    public String toString() {
        return "draft of " + kind;
    }
}
