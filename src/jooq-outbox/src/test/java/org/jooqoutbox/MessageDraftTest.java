package org.jooqoutbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageDraftTest {

    private static final MessageDraft PLAIN = MessageKind.json("order.placed").draft("{}");
    private static final MessageDraft FULL = PLAIN.withId(new UUID(1, 2))
            .withHeader("a", "b")
            .withDelay(Duration.ofSeconds(1))
            .withDeduplicationKey("key")
            .withOrderingKey("order")
            .withPayloadType("type")
            .withTimeToLive(Duration.ofSeconds(2));

    private static final List<Function<MessageDraft, Object>> PROPERTIES = List.of(
            MessageDraft::kind,
            MessageDraft::payload,
            MessageDraft::id,
            MessageDraft::headers,
            MessageDraft::delay,
            MessageDraft::availableAt,
            MessageDraft::deduplicationKey,
            MessageDraft::orderingKey,
            MessageDraft::payloadType,
            MessageDraft::timeToLive,
            MessageDraft::expiresAt);

    static Stream<Arguments> changes() {
        return Stream.of(
                change("id", 1, draft -> draft.withId(new UUID(3, 4))),
                change("header", 1, draft -> draft.withHeader("c", "d")),
                change("delay", 1, draft -> draft.withDelay(Duration.ofMillis(1))),
                change("availableAt", 2, draft -> draft.withAvailableAt(Instant.EPOCH)),
                change("deduplicationKey", 1, draft -> draft.withDeduplicationKey("another")),
                change("orderingKey", 1, draft -> draft.withOrderingKey("another")),
                change("payloadType", 1, draft -> draft.withPayloadType("another")),
                change("timeToLive", 1, draft -> draft.withTimeToLive(Duration.ofDays(1))),
                change("expiresAt", 2, draft -> draft.withExpiresAt(Instant.EPOCH)));
    }

    private static Arguments change(String name, int properties, UnaryOperator<MessageDraft> change) {
        return arguments(name, properties, change);
    }

    /** Two properties are changed where one replaces another. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void change_ofOneProperty_keepsTheOthersAndTheOriginal(
            String name, int properties, UnaryOperator<MessageDraft> change) {
        List<Object> before = propertiesOf(FULL);

        List<Object> after = propertiesOf(change.apply(FULL));

        assertThat(propertiesOf(FULL)).isEqualTo(before);
        long changed = PROPERTIES.stream()
                .map(PROPERTIES::indexOf)
                .filter(i -> !before.get(i).equals(after.get(i)))
                .count();
        assertThat(changed).as("properties changed by %s", name).isEqualTo(properties);
    }

    @Test
    void draft_ofEverything_hasEverything() {
        assertThat(FULL.kind()).isEqualTo("order.placed");
        assertThat(FULL.payload()).isEqualTo("{}");
        assertThat(FULL.id()).contains(new UUID(1, 2));
        assertThat(FULL.headers()).isEqualTo(Map.of("a", "b"));
        assertThat(FULL.delay()).contains(Duration.ofSeconds(1));
        assertThat(FULL.deduplicationKey()).contains("key");
        assertThat(FULL.orderingKey()).contains("order");
        assertThat(FULL.payloadType()).contains("type");
        assertThat(FULL.timeToLive()).contains(Duration.ofSeconds(2));
        assertThat(FULL.withAvailableAt(Instant.EPOCH).availableAt()).contains(Instant.EPOCH);
        assertThat(FULL.withExpiresAt(Instant.EPOCH).expiresAt()).contains(Instant.EPOCH);
    }

    @Test
    void time_setAnew_replacesTheOtherWayOfSayingIt() {
        assertThat(FULL.withAvailableAt(Instant.EPOCH).delay()).isEmpty();
        assertThat(FULL.withAvailableAt(Instant.EPOCH).withDelay(Duration.ZERO).availableAt())
                .isEmpty();
        assertThat(FULL.withExpiresAt(Instant.EPOCH).timeToLive()).isEmpty();
        assertThat(FULL.withExpiresAt(Instant.EPOCH)
                        .withTimeToLive(Duration.ofDays(1))
                        .expiresAt())
                .isEmpty();
    }

    private static List<Object> propertiesOf(MessageDraft draft) {
        return PROPERTIES.stream().map(property -> property.apply(draft)).toList();
    }
}
