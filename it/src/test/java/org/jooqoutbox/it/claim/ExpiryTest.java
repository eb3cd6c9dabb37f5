package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages that have outlived their time to live are set aside by the claim that would have taken them. */
@Tag("conformance")
class ExpiryTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("expiry");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final ClaimRequest HUNDRED = ClaimRequest.of(100);

    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void claim_ofExpired_setsItAsideAndReturnsItAsItWas() {
        UUID id = enqueue(KIND.draft("{\"n\": 1}")
                .withHeader("a", "b")
                .withPayloadType("t")
                .withExpiresAt(Instant.EPOCH));
        OutboxRecord before = OUTBOXES.row(id);

        Claim claim = outbox.claim(HUNDRED);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered()).isEmpty();
        Message expired = claim.expired().get(0);
        assertThat(expired.id()).isEqualTo(id);
        assertThat(expired.payload()).isEqualTo("{\"n\": 1}");
        assertThat(expired.headers()).containsEntry("a", "b");
        assertThat(expired.payloadType()).isEqualTo("t");
        assertThat(expired.attempts()).isZero();
        assertThat(expired.unsettled()).isZero();
        OutboxRecord after = OUTBOXES.row(id);
        assertThat(after.getStatus()).isEqualTo("expired");
        assertThat(after.getAttempts()).isZero();
        assertThat(after.getUnsettled()).isZero();
        assertThat(after.getFailures()).isZero();
        assertThat(after.getRetryAt()).isEqualTo(before.getRetryAt());
        assertThat(after.getUpdatedAt().toInstant()).isEqualTo(claim.at());
    }

    @Test
    void claim_ofExpiredAmongOthers_countsItAndTakesTheOthers() {
        UUID fresh = enqueue(KIND.draft("1").withTimeToLive(Duration.ofHours(1)));
        UUID eternal = enqueue(KIND.draft("2"));
        UUID stale = enqueue(KIND.draft("3").withExpiresAt(Instant.EPOCH));

        Claim claim = outbox.claim(HUNDRED.kinds(List.of("kind")));

        assertThat(claim.messages()).extracting(Message::id).containsExactlyInAnyOrder(fresh, eternal);
        assertThat(claim.expired()).extracting(Message::id).containsExactly(stale);
        assertThat(claim.seen()).isEqualTo(3);
        assertThat(claim.picked()).isEqualTo(3);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void claim_ofMoreExpiredThanItsLimit_setsThatManyAside() {
        for (int i = 0; i < 5; i++) {
            enqueue(KIND.draft("1").withExpiresAt(Instant.EPOCH));
        }
        assertThat(outbox.claim(ClaimRequest.of(3)).expired()).hasSize(3);
        assertThat(outbox.claim(ClaimRequest.of(3)).expired()).hasSize(2);
        assertThat(outbox.claim(ClaimRequest.of(3)).seen()).isZero();
    }

    @Test
    void message_underLease_doesNotExpireBeforeItIsDueAgain() {
        UUID id = enqueue(KIND.draft("1"));
        Message message = outbox.claim(1).get(0);
        expire(id);

        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(outbox.markDone(message)).isEqualTo(Verdict.APPLIED);
    }

    @Test
    void message_thatFailed_expiresInsteadOfBeingRetried() {
        UUID id = enqueue(KIND.draft("1"));
        outbox.settle(List.of(Settlement.failed(outbox.claim(1).get(0), "broken", Duration.ZERO)));
        expire(id);

        Claim claim = outbox.claim(HUNDRED);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.expired()).singleElement().satisfies(message -> {
            assertThat(message.attempts()).isEqualTo(1);
            assertThat(message.failures()).isEqualTo(1);
        });
        assertThat(OUTBOXES.row(id).getLastError()).isEqualTo("broken");
    }

    /** Its late holder finds that it is not his any more. */
    @Test
    void settlement_ofMessageThatExpiredAfterItsLease_changesNothing() {
        UUID id = enqueue(KIND.draft("1"));
        Message message = outbox.claim(1).get(0);
        expire(id);
        OUTBOXES.makeAllDue();
        outbox.claim(HUNDRED);

        assertThat(outbox.markDone(message)).isEqualTo(Verdict.LEASE_LOST);
        assertThat(OUTBOXES.row(id).getStatus()).isEqualTo("expired");
    }

    @Test
    void suspect_thatExpired_keepsNobodyWaiting() {
        UUID suspect = enqueue(KIND.draft("1"));
        outbox.claim(1);
        expire(suspect);
        OUTBOXES.mapped().execute("update {0} set retry_at = now() - interval '1 hour'", OUTBOX);
        UUID innocent = enqueue(KIND.draft("2"));

        Claim claim = outbox.claim(HUNDRED);

        assertThat(claim.messages()).extracting(Message::id).containsExactly(innocent);
        assertThat(claim.expired()).singleElement().satisfies(message -> {
            assertThat(message.id()).isEqualTo(suspect);
            assertThat(message.unsettled()).isEqualTo(1);
        });
        assertThat(claim.suspects()).isZero();
        assertThat(OUTBOXES.row(suspect).getUnsettled()).isEqualTo(1);
        assertThat(OUTBOXES.row(suspect).getAttempts()).isEqualTo(1);
    }

    @Test
    void suspect_thatExpired_isSetAsideByAClaimWithoutSuspectsToo() {
        UUID suspect = enqueue(KIND.draft("1"));
        outbox.claim(1);
        expire(suspect);
        OUTBOXES.makeAllDue();

        Claim claim = outbox.claim(HUNDRED.withoutSuspects());

        assertThat(claim.expired()).extracting(Message::id).containsExactly(suspect);
    }

    @Test
    void message_thatExpiredAndDiedTooOften_isExpiredNotDead() {
        UUID poison = enqueue(KIND.draft("1"));
        for (int death = 0; death <= 3; death++) {
            assertThat(outbox.claim(1)).hasSize(1);
            OUTBOXES.makeAllDue();
        }
        expire(poison);

        Claim claim = outbox.claim(HUNDRED);

        assertThat(claim.deadLettered()).isEmpty();
        assertThat(claim.expired()).extracting(Message::id).containsExactly(poison);
        assertThat(OUTBOXES.row(poison).getStatus()).isEqualTo("expired");
        assertThat(OUTBOXES.row(poison).getLastError()).isEmpty();
        assertThat(OUTBOXES.row(poison).getUnsettled()).isEqualTo(4);
    }

    private static void expire(UUID id) {
        OUTBOXES.mapped().execute("update {0} set expires_at = now() where id = {1}", OUTBOX, DSL.val(id));
    }

    private UUID enqueue(MessageDraft draft) {
        return outbox.enqueueInOwnTransaction(List.of(draft)).ids().get(0);
    }
}
