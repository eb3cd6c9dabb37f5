package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A message that is not written yet. Made by {@link MessageKind#draft}, written by {@code enqueue}.
 *
 * <p>Immutable and safe for use by many threads: each method returns a copy. The same draft can be enqueued any number of times; unless it
 * was given an {@link #withId id}, each time is a message of its own. Values are checked when the draft is enqueued.
 */
public final class MessageDraft {

    private final Values values;

    MessageDraft(String kind, String payload) {
        this(new Values(kind, payload));
    }

    private MessageDraft(Values values) {
        this.values = values;
    }

    private MessageDraft with(Consumer<Values> change) {
        Values copy = values.clone();
        change.accept(copy);
        return new MessageDraft(copy);
    }

    /**
     * Gives the message an identity chosen by the caller. A draft whose id is in the outbox already is dropped, so that a transaction whose
     * outcome is unknown can be tried again. Default: a new UUIDv7 each time the draft is enqueued.
     */
    public MessageDraft withId(UUID id) {
        return with(copy -> copy.id = id);
    }

    /** Adds a header, or replaces the one of that name. The handler sees it at every delivery. Default: no headers. */
    public MessageDraft withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(values.headers);
        more.put(name, value);
        Map<String, String> headers = Map.copyOf(more);
        return with(copy -> copy.headers = headers);
    }

    /**
     * Keeps the message back for this long, counted by the database's clock from the start of the transaction. Replaces
     * {@link #withAvailableAt}. Default: due at once.
     *
     * @param delay from zero to ten years
     */
    public MessageDraft withDelay(Duration delay) {
        return with(copy -> {
            copy.delay = delay;
            copy.availableAt = null;
        });
    }

    /**
     * Keeps the message back until this instant, which the database's clock must reach. Replaces {@link #withDelay}. Default: due at once.
     *
     * @param availableAt from 1970 to 9999; microseconds count, nanoseconds are dropped. More than 50 years ahead is where Go workers park what
     *     they give up: such a message counts as a dead letter, is replayed and purged like one
     */
    public MessageDraft withAvailableAt(Instant availableAt) {
        return with(copy -> {
            copy.delay = null;
            copy.availableAt = availableAt;
        });
    }

    /**
     * Drops this draft at enqueue while another message of the same kind and key waits for its first delivery. This coalesces work that is
     * still to be done; it does not make delivery idempotent. Default: never dropped.
     *
     * @param deduplicationKey not empty, at most 1,024 bytes in UTF-8
     */
    public MessageDraft withDeduplicationKey(String deduplicationKey) {
        return with(copy -> copy.deduplicationKey = deduplicationKey);
    }

    /**
     * Messages with the same key are delivered one at a time, in the order in which they were enqueued, whatever their kinds and however many
     * dispatchers there are: each waits until the one before it was delivered or given up. What fails holds back its own key, and no other.
     * Default: no key, no order.
     *
     * <p>The order is that of the inserts. Where two transactions write messages of one key at the same time, the one that inserted first may
     * commit last, and its message is late: let them lock what the key stands for, the customer's or the order's row, before they enqueue.
     *
     * @param orderingKey not empty, at most 1,024 bytes in UTF-8
     */
    public MessageDraft withOrderingKey(String orderingKey) {
        return with(copy -> copy.orderingKey = orderingKey);
    }

    /** States type and version of the payload, for codecs that need more than the kind. Default: not stated. */
    public MessageDraft withPayloadType(String payloadType) {
        return with(copy -> copy.payloadType = payloadType);
    }

    /**
     * Lets the message expire when it was not claimed for a delivery within this time, counted by the database's clock from the start of the
     * transaction: instead of being delivered, it is set aside as expired. Replaces {@link #withExpiresAt}. Default: never.
     *
     * @param timeToLive above zero, at most ten years, and longer than a delay
     */
    public MessageDraft withTimeToLive(Duration timeToLive) {
        return with(copy -> {
            copy.timeToLive = timeToLive;
            copy.expiresAt = null;
        });
    }

    /**
     * Lets the message expire when it was not claimed for a delivery before this instant of the database's clock. Replaces
     * {@link #withTimeToLive}. Default: never.
     *
     * @param expiresAt from 1970 to 9999, and later than {@link #withAvailableAt}
     */
    public MessageDraft withExpiresAt(Instant expiresAt) {
        return with(copy -> {
            copy.timeToLive = null;
            copy.expiresAt = expiresAt;
        });
    }

    /** What the message is about. */
    public String kind() {
        return values.kind;
    }

    /** The payload as JSON. */
    public String payload() {
        return values.payload;
    }

    /** The identity chosen by the caller, if any. */
    public Optional<UUID> id() {
        return Optional.ofNullable(values.id);
    }

    /** The headers, unmodifiable. */
    public Map<String, String> headers() {
        return values.headers;
    }

    /** How long the message is kept back, if that was set. */
    public Optional<Duration> delay() {
        return Optional.ofNullable(values.delay);
    }

    /** Until when the message is kept back, if that was set. */
    public Optional<Instant> availableAt() {
        return Optional.ofNullable(values.availableAt);
    }

    /** The deduplication key, if any. */
    public Optional<String> deduplicationKey() {
        return Optional.ofNullable(values.deduplicationKey);
    }

    /** The ordering key, if any. */
    public Optional<String> orderingKey() {
        return Optional.ofNullable(values.orderingKey);
    }

    /** Type and version of the payload, if stated. */
    public Optional<String> payloadType() {
        return Optional.ofNullable(values.payloadType);
    }

    /** How long after enqueueing it expires, if that was set. */
    public Optional<Duration> timeToLive() {
        return Optional.ofNullable(values.timeToLive);
    }

    /** When it expires, if that was set. */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(values.expiresAt);
    }

    /** The kind alone: payload and headers may hold secrets. */
    @Override
    public String toString() {
        return "draft of " + values.kind;
    }

    /** What a draft is made of. Changed only before a draft is made of it. */
    private static final class Values implements Cloneable {

        final String kind;
        final String payload;
        Map<String, String> headers = Map.of();

        @Nullable
        UUID id;

        @Nullable
        Duration delay;

        @Nullable
        Instant availableAt;

        @Nullable
        String deduplicationKey;

        @Nullable
        String orderingKey;

        @Nullable
        String payloadType;

        @Nullable
        Duration timeToLive;

        @Nullable
        Instant expiresAt;

        Values(String kind, String payload) {
            this.kind = kind;
            this.payload = payload;
        }

        @Override
        protected Values clone() {
            try {
                return (Values) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
