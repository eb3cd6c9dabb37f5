package org.jooqoutbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessageLimitsPayloadTest {

    private static final MessageKind<String> KIND = MessageKind.json("order.placed");

    static Stream<PayloadCases.Case> accepted() {
        return PayloadCases.all().filter(one -> one.verdict().passes());
    }

    static Stream<PayloadCases.Case> refused() {
        return PayloadCases.all().filter(one -> !one.verdict().passes());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void check_payloadThatIsKept_passes(PayloadCases.Case one) {
        assertThatCode(() -> check(one.json())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void check_payloadThatIsNotKept_saysWhy(PayloadCases.Case one) {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> check(one.json()))
                .withMessageStartingWith("message of kind order.placed refused: its payload ")
                .withMessageContaining(one.reason())
                .withNoCause()
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo("order.placed"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "\\u0000"                                        | (at the top level, offset 1)
            {"items": [1, 2, 3, {"comment": "a\\u0000"}]}    | (at /items/3/comment, offset 34)
            {"items": [{"a": 1}, {"comment": "a\\u0000"}]}   | (at /items/1/comment, offset 35)
            {"a": {"b": 1}, "c": [], "d": x}                 | (at /d, offset 30)
            [[], [[1], [2, 1e999]]]                          | (at /1/1/1, offset 20)
            {"a": 1, "b": {"c": 2, "c": 3}}                  | (at /b/c, offset 26)
            {"a": 1, "\\u0000": 2}                           | (at the top level, offset 10)
            {"a": {"b": 1, "\\ud800": 2}}                    | (at /a, offset 16)
            {"lines": {"max@example.org": [x]}}              | (at /lines/*/0, offset 31)
            {"größe-2.max_$": x}                             | (at /größe-2.max_$, offset 18)
            {"": x}                                          | (at /*, offset 5)
            [1, 2] x                                         | (at the top level, offset 7)
            """)
    void check_payloadThatIsNotKept_saysWhere(String json, String place) {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> check(json))
                .withMessageEndingWith(place);
    }

    @Test
    void check_veryDeepPlace_cutsThePointer() {
        String json = "{\"abcdefghij\":".repeat(200) + "x";

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> check(json))
                .withMessageContaining("/abcdefghij/abcdefghij")
                .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(450));
    }

    /** Whatever is wrong, and wherever: a refusal ends up in logs, and values must not. */
    @Test
    void check_secretBesideTheMistake_isNotQuoted() {
        String secret = "s3cret";
        List<String> payloads = List.of(
                secret,
                "'" + secret + "'",
                "{" + secret + ": 1}",
                "{\"a\": " + secret + "}",
                "{\"a\": \"" + secret,
                "{\"a\": \"" + secret + "\\u0000\"}",
                "{\"a\": \"" + secret + "\uD800\"}",
                "{\"a\": \"" + secret + "\\x\"}",
                "{\"" + secret + "@example.org\": 1, \"" + secret + "@example.org\": 2}",
                "{\"" + secret.repeat(20) + "\": \"\\u0000\"}",
                "\"" + secret + "\" " + secret);

        for (String payload : payloads) {
            assertThatExceptionOfType(InvalidMessageException.class)
                    .isThrownBy(() -> check(payload))
                    .satisfies(refusal -> assertThat(refusal.toString()).doesNotContain(secret));
        }
    }

    @Test
    void check_codecThatReturnsNull_isRefused() {
        MessageDraft draft = MessageKind.of("order.placed", new NullCodec()).draft("anything");

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> MessageLimits.defaults().check(draft))
                .withMessageContaining("its payload is missing");
    }

    @Test
    void check_raisedLimits_letMorePass() {
        MessageLimits raised = MessageLimits.defaults()
                .maxPayloadBytes(16 * 1024 * 1024)
                .maxDepth(1000)
                .maxNumberDigits(16_383);

        assertThatCode(() -> {
                    raised.check(KIND.draft('"' + "x".repeat(16 * 1024 * 1024 - 2) + '"'));
                    raised.check(KIND.draft("[".repeat(1000) + "]".repeat(1000)));
                    raised.check(KIND.draft("1e16382"));
                    raised.check(KIND.draft("1e-16382"));
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "12345678" | maxPayloadBytes
            [[[1]]]    | maxDepth
            1234       | maxNumberDigits
            """)
    void check_loweredLimits_nameTheSetting(String json, String setting) {
        MessageLimits lowered =
                MessageLimits.defaults().maxPayloadBytes(9).maxDepth(2).maxNumberDigits(3);

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> lowered.check(KIND.draft(json)))
                .withMessageContaining("MessageLimits." + setting);
    }

    private static void check(String json) {
        MessageLimits.defaults().check(KIND.draft(json));
    }

    /** As careless as code outside of null checking may be. */
    private static final class NullCodec implements PayloadCodec<String> {
        @Override
        @SuppressWarnings("NullAway")
        public String encode(String payload) {
            return null;
        }

        @Override
        public String decode(String json) {
            return json;
        }
    }
}
