package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.PayloadCodec;
import org.junit.jupiter.api.Test;

/** Each assertion passes where it should, and fails with a sentence where it should not. */
class OutboxAssertTest {

    private static final MessageKind<Integer> NUMBER = MessageKind.of("number", new NumberCodec());
    private static final MessageKind<String> OTHER = MessageKind.json("other");

    private final InMemoryOutboxRepository outbox = new InMemoryOutboxRepository();

    private void enqueueAll() {
        outbox.enqueueInOwnTransaction(
                List.of(NUMBER.draft(7), OTHER.draft("{}"), NUMBER.draft(8).withDelay(Duration.ofHours(1))));
    }

    private static void fails(ThrowingCallable assertion, String... because) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContainingAll(because);
    }

    @Test
    void pending_ofKind_areItsPayloadsInOrder() {
        enqueueAll();
        OutboxAssert.assertThat(outbox).pending(NUMBER).containsExactly(7, 8);
        OutboxAssert.assertThat(outbox).pending().hasSize(3);
        fails(() -> OutboxAssert.assertThat(outbox).pending(NUMBER).isEmpty(), "pending number of outbox in-memory");
        fails(() -> OutboxAssert.assertThat(outbox).pending().isEmpty(), "pending messages of outbox in-memory");
    }

    @Test
    void pending_payloadThatIsNone_isNamed() {
        outbox.enqueueInOwnTransaction(List.of(MessageKind.json("number").draft("\"seven\"")));
        fails(() -> OutboxAssert.assertThat(outbox).pending(NUMBER), "\"seven\"", "could not be decoded");
    }

    @Test
    void hasPending_dueLeasedAndDelayed_countsAll() {
        enqueueAll();
        outbox.claim(1);
        OutboxRepository<?> any = outbox;
        OutboxAssert.assertThat(any).hasPending(3);
        fails(
                () -> OutboxAssert.assertThat(any).hasPending(2),
                "in-memory to have 2 pending messages, but it has 3: 1 due, 1 under a lease, 1 due later,"
                        + " 0 behind others of their ordering key");
        fails(() -> OutboxAssert.assertThat(any).hasNothingPending(), "to have 0 pending messages");
    }

    @Test
    void hasPending_behindOthersOfTheirOrderingKey_countsThem() {
        outbox.enqueueInOwnTransaction(
                List.of(OTHER.draft("1").withOrderingKey("k"), OTHER.draft("2").withOrderingKey("k")));
        OutboxRepository<?> any = outbox;
        OutboxAssert.assertThat(any).hasPending(2);
        fails(() -> OutboxAssert.assertThat(any).hasNothingPending(), "1 behind others of their ordering key");
    }

    @Test
    void hasNothingPending_emptyOutbox_passes() {
        OutboxAssert.assertThat(outbox).hasNothingPending().hasNoDeadLetters();
    }

    @Test
    void deadLetters_some_areListed() {
        enqueueAll();
        outbox.markDead(outbox.claim(1).get(0), "no such customer");
        OutboxAssert.assertThat(outbox)
                .deadLetters()
                .extracting(DeadLetter::lastError)
                .containsExactly("no such customer");
        fails(() -> OutboxAssert.assertThat(outbox).hasNoDeadLetters(), "no dead letters", "DEAD", "no such customer");
    }

    @Test
    void hasNoDeadLetters_expired_fails() {
        outbox.enqueueInOwnTransaction(List.of(OTHER.draft("{}").withTimeToLive(Duration.ofHours(1))));
        outbox.advance(Duration.ofHours(1));
        outbox.claim(1);
        fails(() -> OutboxAssert.assertThat(outbox).hasNoDeadLetters(), "EXPIRED other");
    }

    private static final class NumberCodec implements PayloadCodec<Integer> {

        @Override
        public String encode(Integer payload) {
            return payload.toString();
        }

        @Override
        public Integer decode(String json) {
            return Integer.valueOf(json);
        }
    }
}
