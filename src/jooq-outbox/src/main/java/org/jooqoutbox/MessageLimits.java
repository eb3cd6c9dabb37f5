package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a message may be like. Checked before anything is sent, so that a message which cannot be stored costs the caller an
 * {@link InvalidMessageException} and not the transaction.
 *
 * <p>Whatever passes is stored by PostgreSQL 14 to 18, with its defaults and UTF8, as it is: nothing is refused there, altered, or cut off.
 * A payload must therefore be one valid JSON value whose strings hold neither {@code \u0000} nor half a surrogate pair, and whose objects have no
 * two members of the same name. What {@code jsonb} does not keep is not part of the value: white space, the order of members, the way in which
 * a character is escaped, and the form of a number ({@code 1e2} becomes {@code 100}, {@code -0} becomes {@code 0}; {@code 1.50} stays).
 *
 * <p>On top of that come the limits of this class, which can be set, and these, which cannot: name of a kind and payload type 255 bytes each,
 * deduplication key and ordering key 1 to 1,024 bytes each, delay zero to ten years, time to live above zero, at most ten years and
 * longer than the delay, due and expiring not before 1970 and not after 9999, and expiring after being due. All of these times count in
 * microseconds.
 *
 * <p>Immutable and safe for use by many threads: each method that sets a limit returns a copy.
 *
 * <pre>{@code
 * MessageLimits.defaults().maxPayloadBytes(1024 * 1024)
 * }</pre>
 */
public final class MessageLimits {

    private static final int KIBI = 1024;
    private static final int MAX_KEY_BYTES = KIBI;
    private static final int MAX_PAYLOAD_TYPE_BYTES = 255;
    private static final Duration MAX_DELAY = Duration.ofDays(3653);
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private static final MessageLimits DEFAULTS = new MessageLimits(256 * KIBI, 200, 500, 16 * KIBI);

    private final int maxPayloadBytes;
    private final int maxDepth;
    private final int maxNumberDigits;
    private final int maxHeaderBytes;

    private MessageLimits(int maxPayloadBytes, int maxDepth, int maxNumberDigits, int maxHeaderBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
        this.maxDepth = maxDepth;
        this.maxNumberDigits = maxNumberDigits;
        this.maxHeaderBytes = maxHeaderBytes;
    }

    /** The limits of an outbox that does not say otherwise. */
    public static MessageLimits defaults() {
        return DEFAULTS;
    }

    /**
     * How large a payload may be, in bytes of UTF-8. A number with an exponent counts with the digits that PostgreSQL writes out for it, so that
     * what is read back is not larger than what was sent by more than the spaces that PostgreSQL puts after commas and colons.
     *
     * <p>Default: 256 KiB. An outbox is for events; large content is better stored elsewhere and referred to.
     *
     * @param bytes from 1 to 16 MiB, where PostgreSQL still keeps the worst case: millions of elements
     * @throws IllegalArgumentException if it is not
     */
    public MessageLimits maxPayloadBytes(int bytes) {
        require("maxPayloadBytes", bytes, 1, 16 * KIBI * KIBI);
        return new MessageLimits(bytes, maxDepth, maxNumberDigits, maxHeaderBytes);
    }

    /**
     * How deeply objects and arrays of a payload may be nested; {@code [[1]]} has two levels.
     *
     * <p>Default: 200, far more than anybody writes by hand, and within what readers in any language take. PostgreSQL itself stops at some ten
     * thousand, Jackson at 1,000.
     *
     * @param levels from 1 to 1,000
     * @throws IllegalArgumentException if it is not
     */
    public MessageLimits maxDepth(int levels) {
        require("maxDepth", levels, 1, 1000);
        return new MessageLimits(maxPayloadBytes, levels, maxNumberDigits, maxHeaderBytes);
    }

    /**
     * How many digits a number in a payload may have, before and after the point together, when it is written out without exponent as
     * PostgreSQL does: {@code 1e6} has seven, {@code 1e-6} has seven, too.
     *
     * <p>Default: 500. Every {@code double} fits (326 at most), and so does what Jackson reads with its defaults (1,000 characters).
     *
     * @param digits from 1 to 16,383: PostgreSQL keeps no more than that after the point
     * @throws IllegalArgumentException if it is not
     */
    public MessageLimits maxNumberDigits(int digits) {
        require("maxNumberDigits", digits, 1, 16_383);
        return new MessageLimits(maxPayloadBytes, maxDepth, digits, maxHeaderBytes);
    }

    /**
     * How much the headers of a message may take, names and values together, in bytes of UTF-8.
     *
     * <p>Default: 16 KiB.
     *
     * @param bytes from 0, for no headers at all, to 1 MiB
     * @throws IllegalArgumentException if it is not
     */
    public MessageLimits maxHeaderBytes(int bytes) {
        require("maxHeaderBytes", bytes, 0, KIBI * KIBI);
        return new MessageLimits(maxPayloadBytes, maxDepth, maxNumberDigits, bytes);
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    /** See {@link #maxPayloadBytes(int)}. */
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** See {@link #maxDepth(int)}. */
    public int maxDepth() {
        return maxDepth;
    }

    /** See {@link #maxNumberDigits(int)}. */
    public int maxNumberDigits() {
        return maxNumberDigits;
    }

    /** See {@link #maxHeaderBytes(int)}. */
    public int maxHeaderBytes() {
        return maxHeaderBytes;
    }

    /**
     * Refuses a draft that cannot be stored as it is, or that is beyond a limit.
     *
     * @throws InvalidMessageException naming what is wrong and where. It quotes no value; of the payload it shows at most names of members
     */
    public void check(MessageDraft draft) {
        // The kind was checked when its MessageKind was made, and there is no other way to make a draft.
        checkPayload(draft);
        checkHeaders(draft);
        draft.deduplicationKey().ifPresent(key -> checkDeduplicationKey(draft, key));
        draft.orderingKey().ifPresent(key -> checkOrderingKey(draft, key));
        draft.payloadType().ifPresent(type -> checkText(draft, "its payload type", type, MAX_PAYLOAD_TYPE_BYTES));
        draft.delay().ifPresent(delay -> checkDelay(draft, delay));
        draft.availableAt().ifPresent(at -> checkInstant(draft, "be due", at));
        draft.timeToLive().ifPresent(time -> checkTimeToLive(draft, time));
        draft.expiresAt().ifPresent(at -> checkExpiresAt(draft, at));
    }

    private void checkPayload(MessageDraft draft) {
        String payload = draft.payload();
        String problem = payload == null
                ? "is missing: the codec returned null, where JSON has the text null"
                : JsonCheck.problem(payload, this);
        if (problem != null) {
            throw new InvalidMessageException(draft.kind(), "its payload " + problem);
        }
    }

    private void checkHeaders(MessageDraft draft) {
        long bytes = 0;
        for (Map.Entry<String, String> header : draft.headers().entrySet()) {
            checkText(draft, "the name of a header", header.getKey(), Integer.MAX_VALUE);
            String name = MessageNames.presentable(header.getKey());
            checkText(draft, "the value of header " + name, header.getValue(), Integer.MAX_VALUE);
            bytes += StorableText.utf8Length(header.getKey()) + StorableText.utf8Length(header.getValue());
        }
        if (bytes > maxHeaderBytes) {
            throw new InvalidMessageException(
                    draft.kind(),
                    "its headers take " + bytes + " bytes, and may take " + maxHeaderBytes
                            + " at most: move content to the payload, or raise MessageLimits.maxHeaderBytes");
        }
    }

    private static void checkDeduplicationKey(MessageDraft draft, String key) {
        if (key.isEmpty()) {
            throw new InvalidMessageException(
                    draft.kind(),
                    "its deduplication key is empty: leave it away, or messages with nothing in common coalesce");
        }
        checkText(draft, "its deduplication key", key, MAX_KEY_BYTES);
    }

    private static void checkOrderingKey(MessageDraft draft, String key) {
        if (key.isEmpty()) {
            throw new InvalidMessageException(
                    draft.kind(),
                    "its ordering key is empty: leave it away, or messages with nothing in common wait for each other");
        }
        checkText(draft, "its ordering key", key, MAX_KEY_BYTES);
    }

    private static void checkText(MessageDraft draft, String what, String text, int maxBytes) {
        String problem = StorableText.problem(text, maxBytes);
        if (problem != null) {
            throw new InvalidMessageException(draft.kind(), what + " " + problem);
        }
    }

    private static void checkDelay(MessageDraft draft, Duration delay) {
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new InvalidMessageException(
                    draft.kind(), "its delay must be from zero to " + MAX_DELAY.toDays() + " days, not " + delay);
        }
    }

    private static void checkTimeToLive(MessageDraft draft, Duration time) {
        if (micros(time) <= 0 || time.compareTo(MAX_DELAY) > 0) {
            throw new InvalidMessageException(
                    draft.kind(),
                    "its time to live must be from a microsecond to " + MAX_DELAY.toDays() + " days, not " + time);
        }
        Duration delay = draft.delay().orElse(Duration.ZERO);
        if (micros(time) <= micros(delay)) {
            throw new InvalidMessageException(
                    draft.kind(),
                    "its time to live, " + time + ", must be longer than its delay, " + delay
                            + ": it would expire before it is due");
        }
    }

    private static long micros(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration);
    }

    private static void checkExpiresAt(MessageDraft draft, Instant at) {
        checkInstant(draft, "expire", at);
        Instant due = draft.availableAt().orElse(Instant.MIN);
        if (!at.truncatedTo(ChronoUnit.MICROS).isAfter(due)) {
            throw new InvalidMessageException(
                    draft.kind(), "it must expire after it is due, at " + due + ", and not at " + at);
        }
    }

    private static void checkInstant(MessageDraft draft, String what, Instant at) {
        if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
            throw new InvalidMessageException(
                    draft.kind(), "it must " + what + " between " + EARLIEST + " and " + LATEST + ", not at " + at);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MessageLimits that
                && maxPayloadBytes == that.maxPayloadBytes
                && maxDepth == that.maxDepth
                && maxNumberDigits == that.maxNumberDigits
                && maxHeaderBytes == that.maxHeaderBytes;
    }

    @Override
    public int hashCode() {
        return Objects.hash(maxPayloadBytes, maxDepth, maxNumberDigits, maxHeaderBytes);
    }

    @Override
    public String toString() {
        return "payload of at most " + maxPayloadBytes + " bytes, " + maxDepth + " levels, " + maxNumberDigits
                + " digits a number; headers of at most " + maxHeaderBytes + " bytes";
    }
}
