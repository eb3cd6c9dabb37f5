package org.jooqoutbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageLimitsTest {

    private static final MessageLimits LIMITS = MessageLimits.defaults();
    private static final MessageDraft DRAFT = MessageKind.json("order.placed").draft("{}");
    private static final Duration MICROSECOND = Duration.ofNanos(1000);
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
    private static final String EURO = "\u20AC";
    private static final String HIGH_HALF = "\uD83D";

    static Stream<Arguments> accepted() {
        return Stream.of(
                arguments("nothing but a payload", DRAFT),
                arguments("deduplication key of 1,024 bytes", DRAFT.withDeduplicationKey(EURO.repeat(341) + "x")),
                arguments("deduplication key of spaces", DRAFT.withDeduplicationKey(" ")),
                arguments("deduplication key outside the first plane", DRAFT.withDeduplicationKey("\uD83D\uDE00")),
                arguments("ordering key of 1,024 bytes", DRAFT.withOrderingKey(EURO.repeat(341) + "x")),
                arguments("ordering key of spaces", DRAFT.withOrderingKey(" ")),
                arguments("payload type of 255 bytes", DRAFT.withPayloadType(EURO.repeat(85))),
                arguments("header with control characters", DRAFT.withHeader("a\n", "\u0001\t\"\\")),
                arguments("header without value", DRAFT.withHeader("", "")),
                arguments(
                        "headers of 16 KiB",
                        DRAFT.withHeader("ab", EURO.repeat(2730)).withHeader("c", "de" + EURO.repeat(2729) + "fg")),
                arguments("no delay", DRAFT.withDelay(Duration.ZERO)),
                arguments("delay of ten years", DRAFT.withDelay(Duration.ofDays(3653))),
                arguments("due in 1970", DRAFT.withAvailableAt(Instant.EPOCH)),
                arguments("due in 9999", DRAFT.withAvailableAt(LAST)),
                arguments("time to live of a microsecond", DRAFT.withTimeToLive(MICROSECOND)),
                arguments("time to live of ten years", DRAFT.withTimeToLive(Duration.ofDays(3653))),
                arguments(
                        "time to live longer than the delay",
                        DRAFT.withDelay(MICROSECOND).withTimeToLive(MICROSECOND.multipliedBy(2))),
                arguments("expires in 1970", DRAFT.withExpiresAt(Instant.EPOCH)),
                arguments("expires in 9999", DRAFT.withExpiresAt(LAST)),
                arguments(
                        "expires after it is due",
                        DRAFT.withAvailableAt(Instant.EPOCH).withExpiresAt(Instant.EPOCH.plus(MICROSECOND))),
                arguments(
                        "expires at an instant, delayed by a duration",
                        DRAFT.withDelay(Duration.ofDays(1)).withExpiresAt(Instant.EPOCH)),
                arguments(
                        "due at an instant, expires after a duration",
                        DRAFT.withAvailableAt(LAST).withTimeToLive(Duration.ofDays(1))));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(DRAFT.withDeduplicationKey(""), "its deduplication key is empty"),
                arguments(DRAFT.withDeduplicationKey("x".repeat(1025)), "its deduplication key takes 1025 bytes"),
                arguments(DRAFT.withDeduplicationKey(EURO.repeat(342)), "its deduplication key takes 1026 bytes"),
                arguments(
                        DRAFT.withDeduplicationKey("ab\0"),
                        "its deduplication key holds a NUL character, which PostgreSQL cannot store (offset 2)"),
                arguments(
                        DRAFT.withDeduplicationKey("abc" + HIGH_HALF),
                        "its deduplication key holds half a surrogate pair, which would be stored as a question mark (offset 3)"),
                arguments(DRAFT.withDeduplicationKey("\uDE00" + HIGH_HALF), "(offset 0)"),
                arguments(DRAFT.withDeduplicationKey("\uD83D\uDE00" + HIGH_HALF), "(offset 2)"),
                arguments(
                        DRAFT.withOrderingKey(""),
                        "its ordering key is empty: leave it away, or messages with nothing in common wait for each other"),
                arguments(DRAFT.withOrderingKey("x".repeat(1025)), "its ordering key takes 1025 bytes"),
                arguments(DRAFT.withOrderingKey(EURO.repeat(342)), "its ordering key takes 1026 bytes"),
                arguments(
                        DRAFT.withOrderingKey("ab\0"),
                        "its ordering key holds a NUL character, which PostgreSQL cannot store (offset 2)"),
                arguments(DRAFT.withOrderingKey("abc" + HIGH_HALF), "its ordering key holds half a surrogate pair"),
                arguments(DRAFT.withPayloadType(EURO.repeat(85) + "x"), "its payload type takes 256 bytes"),
                arguments(DRAFT.withPayloadType("\0"), "its payload type holds a NUL"),
                arguments(DRAFT.withPayloadType(HIGH_HALF), "its payload type holds half"),
                arguments(DRAFT.withHeader("a\0", "b"), "the name of a header holds a NUL"),
                arguments(DRAFT.withHeader(HIGH_HALF, "b"), "the name of a header holds half"),
                arguments(DRAFT.withHeader("trace.id", "b\0"), "the value of header trace.id holds a NUL"),
                arguments(DRAFT.withHeader("a b", HIGH_HALF), "the value of header * holds half"),
                arguments(DRAFT.withHeader("a", EURO.repeat(5461) + "x"), "its headers take 16385 bytes"),
                arguments(
                        DRAFT.withHeader("a", "x".repeat(8192)).withHeader("b", "x".repeat(8191)),
                        "its headers take 16385 bytes"),
                arguments(
                        DRAFT.withDelay(Duration.ofNanos(-1)),
                        "its delay must be from zero to 3653 days, not PT-0.000000001S"),
                arguments(DRAFT.withDelay(Duration.ofDays(3653).plusNanos(1)), "its delay must be"),
                arguments(DRAFT.withDelay(Duration.ofSeconds(Long.MAX_VALUE)), "its delay must be"),
                arguments(DRAFT.withAvailableAt(Instant.EPOCH.minusNanos(1)), "it must be due between"),
                arguments(
                        DRAFT.withAvailableAt(Instant.parse("9999-12-31T23:59:59.999999001Z")),
                        "it must be due between"),
                arguments(DRAFT.withAvailableAt(Instant.MIN), "it must be due between"),
                arguments(DRAFT.withAvailableAt(Instant.MAX), "it must be due between"),
                arguments(
                        DRAFT.withTimeToLive(Duration.ZERO),
                        "its time to live must be from a microsecond to 3653 days, not PT0S"),
                arguments(DRAFT.withTimeToLive(Duration.ofNanos(999)), "its time to live must be"),
                arguments(DRAFT.withTimeToLive(Duration.ofDays(-1)), "its time to live must be"),
                arguments(DRAFT.withTimeToLive(Duration.ofDays(3653).plusNanos(1)), "its time to live must be"),
                arguments(DRAFT.withTimeToLive(Duration.ofSeconds(Long.MAX_VALUE)), "its time to live must be"),
                arguments(
                        DRAFT.withDelay(Duration.ofSeconds(9)).withTimeToLive(Duration.ofSeconds(9)),
                        "its time to live, PT9S, must be longer than its delay, PT9S"),
                arguments(
                        DRAFT.withDelay(Duration.ofNanos(1000)).withTimeToLive(Duration.ofNanos(1999)),
                        "must be longer than its delay"),
                arguments(DRAFT.withExpiresAt(Instant.EPOCH.minusNanos(1)), "it must expire between"),
                arguments(DRAFT.withExpiresAt(LAST.plusNanos(1)), "it must expire between"),
                arguments(DRAFT.withExpiresAt(Instant.MAX), "it must expire between"),
                arguments(
                        DRAFT.withAvailableAt(Instant.EPOCH.plusNanos(1000))
                                .withExpiresAt(Instant.EPOCH.plusNanos(1999)),
                        "it must expire after it is due"),
                arguments(
                        DRAFT.withAvailableAt(LAST).withExpiresAt(Instant.EPOCH),
                        "it must expire after it is due, at 9999-12-31T23:59:59.999999Z, and not at 1970-01-01T00:00:00Z"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("accepted")
    void check_draftWithinTheLimits_passes(String name, MessageDraft draft) {
        assertThatCode(() -> LIMITS.check(draft)).as(name).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    void check_draftBeyondALimit_saysWhatIsWrong(MessageDraft draft, String problem) {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> LIMITS.check(draft))
                .withMessageStartingWith("message of kind order.placed refused: ")
                .withMessageContaining(problem);
    }

    static Stream<Arguments> impossibleKinds() {
        return Stream.of(
                arguments("", "must not be blank"),
                arguments(" \t", "must not be blank"),
                arguments("a\0", "holds a NUL"),
                arguments("a" + HIGH_HALF, "holds half a surrogate pair"),
                arguments(EURO.repeat(85) + "x", "takes 256 bytes in UTF-8, and may take 255 at most"));
    }

    @ParameterizedTest
    @MethodSource("impossibleKinds")
    void kind_impossibleName_isRefusedAtConstruction(String name, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageKind.json(name))
                .withMessageContaining(problem);
    }

    @Test
    void kind_255Bytes_isAName() {
        assertThat(MessageKind.json(EURO.repeat(85)).name()).hasSize(85);
    }

    @Test
    @SuppressWarnings("NullAway")
    void header_null_isRefusedWhereItIsSet() {
        assertThatNullPointerException().isThrownBy(() -> DRAFT.withHeader("name", null));
        assertThatNullPointerException().isThrownBy(() -> DRAFT.withHeader(null, "value"));
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                setting("maxPayloadBytes", LIMITS::maxPayloadBytes, 1, 16_777_216),
                setting("maxDepth", LIMITS::maxDepth, 1, 1000),
                setting("maxNumberDigits", LIMITS::maxNumberDigits, 1, 16_383),
                setting("maxHeaderBytes", LIMITS::maxHeaderBytes, 0, 1_048_576));
    }

    private static Arguments setting(String name, IntFunction<MessageLimits> set, int least, int most) {
        return arguments(name, set, least, most);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void setting_outsideItsRange_isRefused(String name, IntFunction<MessageLimits> set, int least, int most) {
        String range = name + " must be from " + least + " to " + most + ", not ";

        assertThat(set.apply(least)).isNotEqualTo(LIMITS);
        assertThat(set.apply(most)).isNotEqualTo(LIMITS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.apply(least - 1))
                .withMessage(range + (least - 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.apply(most + 1))
                .withMessage(range + (most + 1));
    }

    @Test
    void settings_oneSet_leaveTheOthersAndTheOriginal() {
        MessageLimits changed =
                LIMITS.maxPayloadBytes(2).maxDepth(3).maxNumberDigits(4).maxHeaderBytes(5);

        assertThat(changed.maxPayloadBytes()).isEqualTo(2);
        assertThat(changed.maxDepth()).isEqualTo(3);
        assertThat(changed.maxNumberDigits()).isEqualTo(4);
        assertThat(changed.maxHeaderBytes()).isEqualTo(5);
        assertThat(LIMITS)
                .hasToString(
                        "payload of at most 262144 bytes, 200 levels, 500 digits a number; headers of at most 16384 bytes");
        assertThat(changed.maxPayloadBytes(262_144)
                        .maxDepth(200)
                        .maxNumberDigits(500)
                        .maxHeaderBytes(16_384))
                .isEqualTo(LIMITS)
                .hasSameHashCodeAs(LIMITS);
    }

    @Test
    void headers_noneAllowed_refusesTheFirst() {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> LIMITS.maxHeaderBytes(0).check(DRAFT.withHeader("a", "")))
                .withMessageContaining("MessageLimits.maxHeaderBytes");
        assertThatCode(() -> LIMITS.maxHeaderBytes(0).check(DRAFT)).doesNotThrowAnyException();
    }
}
