package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderCheckTest {

    private final OrderCheck check = new OrderCheck(2);

    @Test
    void handle_laterOfTheSameKeyAndEarlierOfAnother_isFine() {
        check.handle(message("a", 2));
        check.handle(message("a", 3));
        check.handle(message("b", 1));
        check.handle(message(null, 5));
        check.handle(message(null, 4));

        assertThatCode(check::requireNone).doesNotThrowAnyException();
    }

    @Test
    void handle_earlierOfTheSameKey_isAFault() {
        check.handle(message("a", 2));
        check.handle(message("a", 1));

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(check::requireNone)
                .withMessageContaining("out of order");
    }

    @Test
    void handle_sameMessage_isAFault() {
        Message message = message(null, 1);
        check.handle(message);
        check.handle(message);

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(check::requireNone)
                .withMessageContaining("twice");
    }

    @Test
    void delivered_firstOfTwo_isCountedAndNotAll() throws Exception {
        assertThat(check.awaitFirst(Duration.ZERO)).isFalse();

        check.delivered(message(null, 1));

        assertThat(check.delivered()).isEqualTo(1);
        assertThat(check.awaitFirst(Duration.ZERO)).isTrue();
        assertThat(check.await(Duration.ZERO)).isFalse();
    }

    private static Message message(@Nullable String key, long seq) {
        return new Message(
                "tenant.outbox", UUID.randomUUID(), "kind", "{}", Map.of(), 1, 0, 0, Instant.EPOCH, null, key, seq);
    }
}
