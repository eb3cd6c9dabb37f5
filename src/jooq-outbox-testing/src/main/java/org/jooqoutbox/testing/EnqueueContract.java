package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.NoActiveTransactionException;
import org.junit.jupiter.api.Test;

/** What enqueue promises. */
abstract class EnqueueContract<T> extends Contract<T> {

    private static final String SECRET = "s3cret";

    @Test
    void enqueue_allAttributes_areClaimedAsTheyWere() {
        Instant before = now();
        EnqueueResult result =
                enqueue(A.draft("{\"n\": 1}").withHeader("trace", "a\\b\"c'{}").withPayloadType("n/1"));

        Message message = claimOne();

        assertThat(message.id()).isEqualTo(result.ids().get(0));
        assertThat(message.kind()).isEqualTo("kind.a");
        assertThat(message.payload()).isEqualTo("{\"n\": 1}");
        assertThat(message.headers()).isEqualTo(Map.of("trace", "a\\b\"c'{}"));
        assertThat(message.payloadType()).isEqualTo("n/1");
        assertThat(message.createdAt()).isCloseTo(before, within(1, ChronoUnit.MINUTES));
        assertThat(List.of(message.attempts(), message.failures(), message.unsettled()))
                .containsExactly(1, 0, 0);
    }

    @Test
    void enqueue_nothingButPayload_hasNoHeadersAndNoType() {
        enqueue(A.draft("null"));
        Message message = claimOne();
        assertThat(message.headers()).isEmpty();
        assertThat(message.payloadType()).isNull();
        assertThat(message.payload()).isEqualTo("null");
    }

    @Test
    void enqueue_many_answersInTheirOrder() {
        EnqueueResult result = enqueue(A.draft("1"), B.draft("2"), A.draft("3"));
        assertThat(result.coalesced()).isEmpty();
        assertThat(result.ids()).doesNotHaveDuplicates().hasSize(3);
        Map<UUID, String> payloads = claim().stream().collect(Collectors.toMap(Message::id, Message::payload));
        assertThat(result.ids()).extracting(payloads::get).containsExactly("1", "2", "3");
    }

    @Test
    void enqueue_nothing_doesNothing() {
        EnqueueResult result = harness.inTransaction(transaction -> outbox.enqueue(transaction, List.of()));
        assertThat(result.ids()).isEmpty();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void enqueue_sameDraftTwice_isTwoMessages() {
        MessageDraft draft = A.draft("1");
        assertThat(enqueue(draft, draft).ids()).doesNotHaveDuplicates();
        assertThat(claim()).hasSize(2);
    }

    @Test
    void enqueue_rolledBack_leavesNothing() {
        assertThatThrownBy(() -> harness.inTransaction(transaction -> {
                    outbox.enqueue(transaction, A.draft("1").withDeduplicationKey("k"));
                    throw new IllegalStateException("no invoice");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no invoice");
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(enqueue(A.draft("2").withDeduplicationKey("k")).coalesced()).isEmpty();
    }

    @Test
    void enqueue_uncommitted_isNotClaimed() {
        int seen = harness.inTransaction(transaction -> {
            outbox.enqueue(transaction, A.draft("1"));
            return outbox.claim(HUNDRED).seen();
        });
        assertThat(seen).isZero();
        assertThat(claim()).hasSize(1);
    }

    @Test
    void enqueue_withoutTransaction_isRefused() {
        assertThatThrownBy(() -> outbox.enqueue(harness.withoutTransaction(), A.draft("1")))
                .isInstanceOf(NoActiveTransactionException.class)
                .hasMessageContaining(outbox.name());
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void enqueue_invalidDraftAmongOthers_writesNoneAndLeavesTheTransactionAlone() {
        enqueueAround(A.draft("{\"secret\": \"" + SECRET + "\""));
        assertThat(claim()).extracting(Message::payload).containsExactly("\"before\"", "\"after\"");
    }

    @Test
    void enqueue_whatPostgresCannotKeep_isRefused() {
        List<MessageDraft> invalid = List.of(
                A.draft("\"\\u0000\""),
                A.draft("\"\\ud800\""),
                A.draft("{\"a\": 1, \"a\": 2}"),
                A.draft("\"" + "x".repeat(256 * 1024) + "\""),
                A.draft("1").withHeader("name", "\0"),
                A.draft("1").withDeduplicationKey(""),
                A.draft("1").withOrderingKey(""),
                A.draft("1").withOrderingKey("a\0b"),
                A.draft("1").withOrderingKey("\ud800"),
                A.draft("1").withOrderingKey("x".repeat(1025)),
                A.draft("1").withPayloadType("x".repeat(256)),
                A.draft("1").withDelay(Duration.ofSeconds(-1)),
                A.draft("1").withAvailableAt(Instant.parse("1969-12-31T23:59:59Z")));
        for (MessageDraft draft : invalid) {
            assertThatThrownBy(() -> outbox.enqueueInOwnTransaction(List.of(draft)))
                    .isInstanceOf(InvalidMessageException.class);
        }
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void enqueue_timesToLiveThatMakeNoSense_areRefused() {
        Instant future = now().plus(Duration.ofDays(1));
        List<MessageDraft> invalid = List.of(
                A.draft("1").withTimeToLive(Duration.ZERO),
                A.draft("1").withTimeToLive(Duration.ofDays(3654)),
                A.draft("1").withDelay(Duration.ofHours(1)).withTimeToLive(Duration.ofHours(1)),
                A.draft("1").withExpiresAt(Instant.parse("1969-12-31T23:59:59Z")),
                A.draft("1").withAvailableAt(future).withExpiresAt(future));
        for (MessageDraft draft : invalid) {
            assertThatThrownBy(() -> outbox.enqueueInOwnTransaction(List.of(draft)))
                    .isInstanceOf(InvalidMessageException.class);
        }
    }

    @Test
    void enqueueInOwnTransaction_returned_isCommitted() {
        EnqueueResult result = outbox.enqueueInOwnTransaction(List.of(A.draft("1"), A.draft("2")));
        assertThat(ids(claim())).containsExactlyInAnyOrderElementsOf(result.ids());
    }

    @Test
    void enqueue_delayed_isDueAfterThat() {
        enqueue(A.draft("1").withDelay(Duration.ofHours(1)));
        harness.elapse(Duration.ofMinutes(58));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(Duration.ofMinutes(2));
        assertThat(claim()).hasSize(1);
    }

    @Test
    void enqueue_availableAt_isDueThen() {
        enqueue(A.draft("1").withAvailableAt(now().plus(Duration.ofHours(1))));
        harness.elapse(Duration.ofMinutes(58));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(Duration.ofMinutes(2).plus(MARGIN));
        assertThat(claim()).hasSize(1);
    }

    private void enqueueAround(MessageDraft invalid) {
        harness.inTransaction(transaction -> {
            outbox.enqueue(transaction, A.draft("\"before\""));
            assertThatThrownBy(() -> outbox.enqueue(transaction, A.draft("\"beside\""), invalid))
                    .isInstanceOf(InvalidMessageException.class)
                    .hasMessageContaining("kind.a")
                    .hasMessageNotContaining(SECRET);
            return outbox.enqueue(transaction, A.draft("\"after\""));
        });
    }
}
