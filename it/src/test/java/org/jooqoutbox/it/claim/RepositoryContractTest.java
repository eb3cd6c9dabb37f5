package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of the repository, on tables of plain and of hurtful names. */
@Tag("conformance")
@ParameterizedClass
@MethodSource("outboxes")
class RepositoryContractTest {

    private static final MessageKind<String> A = MessageKind.json("kind.a");
    private static final MessageKind<String> B = MessageKind.json("kind.b");

    private final TestOutbox outbox;

    RepositoryContractTest(TestOutbox outbox) {
        this.outbox = outbox;
    }

    static List<TestOutbox> outboxes() {
        return TestOutbox.names().map(TestOutbox::create).toList();
    }

    @BeforeEach
    void empty() {
        outbox.clear();
    }

    @Test
    void enqueue_ofAllAttributes_isClaimedAsItWas() {
        EnqueueResult result =
                enqueue(A.draft("{\"n\": 1}").withHeader("trace", "a\\b\"c'{}").withPayloadType("n/1"));

        Message message = outbox.repository().claim(10).get(0);

        assertThat(message.id()).isEqualTo(result.ids().get(0));
        assertThat(message.kind()).isEqualTo("kind.a");
        assertThat(message.payload()).isEqualTo("{\"n\": 1}");
        assertThat(message.headers()).isEqualTo(Map.of("trace", "a\\b\"c'{}"));
        assertThat(message.payloadType()).isEqualTo("n/1");
        assertThat(message.attempts()).isEqualTo(1);
        assertThat(message.failures()).isZero();
        assertThat(message.unsettled()).isZero();
        assertThat(message.createdAt())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    }

    @Test
    void claim_limited_takesTheOldestFirst() {
        EnqueueResult result = enqueue(A.draft("1"), A.draft("2"), A.draft("3"));
        assertThat(outbox.repository().claim(2))
                .extracting(Message::id)
                .containsExactlyElementsOf(result.ids().subList(0, 2));
        assertThat(outbox.repository().claim(2))
                .extracting(Message::id)
                .containsExactlyElementsOf(result.ids().subList(2, 3));
        assertThat(outbox.repository().claim(ClaimRequest.of(2)).seen()).isZero();
    }

    @Test
    void claim_ofKinds_leavesOthersAlone() {
        EnqueueResult result = enqueue(A.draft("1"), B.draft("2"));
        Claim claim = outbox.repository().claim(ClaimRequest.of(10).kinds(Set.of("kind.b", "kind.c")));
        assertThat(claim.messages())
                .extracting(Message::id)
                .containsExactly(result.ids().get(1));
        assertThat(claim.seen()).isEqualTo(1);
        assertThat(outbox.row(result.ids().get(0)).getAttempts()).isZero();
    }

    @Test
    void markDone_ofClaimed_deletes() {
        enqueue(A.draft("1"));
        Message message = outbox.repository().claim(1).get(0);
        assertThat(outbox.repository().markDone(message)).isEqualTo(APPLIED);
        assertThat(outbox.rows()).isEmpty();
        assertThat(outbox.repository().markDone(message)).isEqualTo(LEASE_LOST);
    }

    @Test
    void markFailed_ofClaimed_storesErrorAndTime() {
        enqueue(A.draft("1"));
        Message message = outbox.repository().claim(1).get(0);
        Instant retryAt = Instant.parse("2099-01-02T03:04:05.678901Z");
        assertThat(outbox.repository().markFailed(message, "broken\0pipe\uD800", retryAt))
                .isEqualTo(APPLIED);
        var row = outbox.row(message.id());
        assertThat(row.getLastError()).isEqualTo("broken\uFFFDpipe\uFFFD");
        assertThat(row.getRetryAt().toInstant()).isEqualTo(retryAt);
        assertThat(row.getFailures()).isEqualTo(1);
        assertThat(row.getUnsettled()).isZero();
        assertThat(row.getStatus()).isEqualTo("pending");
    }

    @Test
    void settle_ofMixedOutcomes_appliesEach() {
        enqueue(A.draft("1"), A.draft("2"), A.draft("3"), A.draft("4"));
        List<Message> messages = outbox.repository().claim(4);
        assertThat(outbox.repository()
                        .settle(List.of(
                                Settlement.done(messages.get(0)),
                                Settlement.failed(messages.get(1), "later", Duration.ofHours(1)),
                                Settlement.dead(messages.get(2), "never"),
                                Settlement.released(messages.get(3)),
                                Settlement.dead(messages.get(3), "second opinion"))))
                .containsExactly(APPLIED, APPLIED, APPLIED, APPLIED, LEASE_LOST);
        assertThat(outbox.rows()).extracting("status").containsExactly("pending", "dead", "pending");
        assertThat(outbox.repository().claim(10))
                .extracting(Message::id)
                .containsExactly(messages.get(3).id());
    }

    @Test
    void renew_ofClaimed_prolongsTheLease() {
        enqueue(A.draft("1"));
        Message message = outbox.repository().claim(1).get(0);
        var before = outbox.row(message.id()).getRetryAt();
        assertThat(outbox.repository().renew(List.of(message), Duration.ofMinutes(10)))
                .containsExactly(APPLIED);
        assertThat(outbox.row(message.id()).getRetryAt()).isAfter(before.plusMinutes(9));
        outbox.repository().markDone(message);
        assertThat(outbox.repository().renew(List.of(message), Duration.ofMinutes(10)))
                .containsExactly(LEASE_LOST);
    }

    @Test
    void replay_ofDeadLetter_makesItDueAndKeepsTheTokenGrowing() {
        enqueue(A.draft("1"), A.draft("2"));
        List<Message> messages = outbox.repository().claim(2);
        outbox.repository().markDead(messages.get(0), "no such customer");

        List<DeadLetter> dead = outbox.repository().deadLetters(10);
        assertThat(dead).extracting(DeadLetter::lastError).containsExactly("no such customer");
        assertThat(outbox.repository()
                        .replay(List.of(messages.get(0).id(), messages.get(1).id(), new UUID(1, 1)))
                        .replayed())
                .containsExactly(messages.get(0).id());

        Message again = outbox.repository().claim(10).get(0);
        assertThat(again.id()).isEqualTo(messages.get(0).id());
        assertThat(again.attempts()).isEqualTo(3);
        assertThat(again.failures()).isZero();
        assertThat(outbox.repository().markFailed(messages.get(0), "stale", Instant.now()))
                .isEqualTo(LEASE_LOST);
    }

    @Test
    void enqueue_ofSameKeyTwice_coalescesUntilClaimed() {
        EnqueueResult first =
                enqueue(A.draft("1").withDeduplicationKey("k"), A.draft("2").withDeduplicationKey("k"));
        assertThat(first.coalesced()).containsExactly(first.ids().get(1));
        assertThat(enqueue(A.draft("3").withDeduplicationKey("k")).coalesced()).hasSize(1);
        outbox.repository().claim(1);
        assertThat(enqueue(A.draft("4").withDeduplicationKey("k")).coalesced()).isEmpty();
    }

    @Test
    void verify_ofInstalledTable_passes() {
        outbox.repository().verify();
    }

    private EnqueueResult enqueue(MessageDraft... drafts) {
        return outbox.dsl().transactionResult(trx -> outbox.repository().enqueue(trx, List.of(drafts)));
    }
}
