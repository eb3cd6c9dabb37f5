package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;
import static org.jooqoutbox.Settlement.Verdict.BUSY;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two sessions, step by step: what each sees of what the other has done, or is about to. */
@Tag("conformance")
class InterleavingTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("steps");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void claim_ofRowsLockedBySomebody_skipsThemWithoutWaiting() {
        List<UUID> ids = enqueue(3);
        OUTBOXES.dsl().transaction(somebody -> {
            OUTBOXES.repository()
                    .dsl(somebody)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(ids.get(0)))
                    .forUpdate()
                    .fetch();
            Claim claim = outbox.claim(ClaimRequest.of(10));
            assertThat(claim.messages()).extracting(Message::id).containsExactlyElementsOf(ids.subList(1, 3));
            assertThat(claim.seen()).isEqualTo(2);
        });
        assertThat(outbox.claim(10)).extracting(Message::id).containsExactly(ids.get(0));
    }

    @Test
    void claim_rolledBackBySomebodyElse_isAsIfItHadNotBeen() {
        enqueue(1);
        assertThatThrownBy(() -> OUTBOXES.dsl().transaction(somebody -> {
                    OUTBOXES.repository()
                            .dsl(somebody)
                            .update(OUTBOX)
                            .set(OUTBOX.ATTEMPTS, 7)
                            .execute();
                    assertThat(outbox.claim(10)).isEmpty();
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(outbox.claim(10).get(0).attempts()).isEqualTo(1);
    }

    @Test
    void settleAndRenew_ofRowLockedBySomebody_areBusyAndChangeNothing() {
        enqueue(2);
        List<Message> messages = outbox.claim(2);
        OUTBOXES.dsl().transaction(somebody -> {
            OUTBOXES.repository()
                    .dsl(somebody)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(messages.get(0).id()))
                    .forUpdate()
                    .fetch();
            assertThat(outbox.renew(messages, MINUTE)).containsExactly(BUSY, APPLIED);
            assertThat(outbox.settle(List.of(Settlement.done(messages.get(0)), Settlement.done(messages.get(1)))))
                    .containsExactly(BUSY, APPLIED);
        });
        assertThat(outbox.markDone(messages.get(0))).isEqualTo(APPLIED);
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @Test
    void settle_ofLostMessageLockedBySomebody_isLostNotBusy() {
        enqueue(1);
        Message stale = outbox.claim(1).get(0);
        OUTBOXES.makeAllDue();
        Message holder = outbox.claim(1).get(0);
        OUTBOXES.dsl().transaction(somebody -> {
            OUTBOXES.repository().dsl(somebody).selectFrom(OUTBOX).forUpdate().fetch();
            assertThat(outbox.markDone(stale)).isEqualTo(LEASE_LOST);
            assertThat(outbox.markDone(holder)).isEqualTo(BUSY);
        });
    }

    @Test
    void settle_ofOldAndNewTokenInOneBatch_tellsThemApart() {
        enqueue(1);
        Message stale = outbox.claim(1).get(0);
        OUTBOXES.makeAllDue();
        Message holder = outbox.claim(1).get(0);
        assertThat(outbox.settle(List.of(
                        Settlement.dead(stale, "stale"),
                        Settlement.failed(holder, "holder", MINUTE),
                        Settlement.done(stale))))
                .containsExactly(LEASE_LOST, APPLIED, LEASE_LOST);
        assertThat(OUTBOXES.rows().get(0).getLastError()).isEqualTo("holder");
    }

    @Test
    void renewal_afterFailure_doesNotTouchTheBackoff() {
        enqueue(1);
        Message message = outbox.claim(1).get(0);
        outbox.settle(List.of(Settlement.failed(message, "x", Duration.ofHours(5))));
        OffsetDateTime retryAt = OUTBOXES.row(message.id()).getRetryAt();
        assertThat(outbox.renew(List.of(message), Duration.ofHours(10))).containsExactly(LEASE_LOST);
        assertThat(OUTBOXES.row(message.id()).getRetryAt()).isEqualTo(retryAt);
    }

    @Test
    void renewal_shorterThanWhatIsLeft_shortensNothing() {
        enqueue(1);
        Message message = outbox.claim(ClaimRequest.of(1).lease(Duration.ofHours(1)))
                .messages()
                .get(0);
        OffsetDateTime before = OUTBOXES.row(message.id()).getRetryAt();
        assertThat(outbox.renew(List.of(message), Duration.ofSeconds(1))).containsExactly(APPLIED);
        assertThat(OUTBOXES.row(message.id()).getRetryAt()).isEqualTo(before);
    }

    @Test
    void claim_afterTheLeaseEndedByItself_takesTheMessageAgain() {
        enqueue(1);
        Message first = outbox.claim(ClaimRequest.of(1).lease(Duration.ofMillis(50)))
                .messages()
                .get(0);
        List<Message> again = List.of();
        while (again.isEmpty()) {
            again = outbox.claim(1);
        }
        assertThat(again.get(0).id()).isEqualTo(first.id());
        assertThat(again.get(0).attempts()).isEqualTo(2);
        assertThat(outbox.markDone(first)).isEqualTo(LEASE_LOST);
    }

    @Test
    void settle_afterLeaseEndedButBeforeAnotherClaim_stillCounts() {
        enqueue(1);
        Message message = outbox.claim(1).get(0);
        OUTBOXES.makeAllDue();
        assertThat(outbox.markDone(message)).isEqualTo(APPLIED);
    }

    @Test
    void settlement_repeatedAfterLostReply_countsOnce() {
        enqueue(1);
        Message message = outbox.claim(1).get(0);
        Settlement failed = Settlement.failed(message, "x", MINUTE);
        assertThat(outbox.settle(List.of(failed))).containsExactly(APPLIED);
        assertThat(outbox.settle(List.of(failed))).containsExactly(LEASE_LOST);
        assertThat(OUTBOXES.row(message.id()).getFailures()).isEqualTo(1);
    }

    @Test
    void message_updatedAgainAndAgainWhileClaimed_isNeverClaimedTwice() throws Exception {
        enqueue(200);
        Thread busybody = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                OUTBOXES.mapped()
                        .update(OUTBOX)
                        .set(OUTBOX.UPDATED_AT, DSL.currentOffsetDateTime())
                        .where(OUTBOX.ATTEMPTS.eq(0))
                        .execute();
            }
        });
        busybody.start();
        List<UUID> claimed = new ArrayList<>();
        try {
            for (Claim claim = outbox.claim(ClaimRequest.of(7));
                    claim.seen() > 0 || claimed.size() < 200;
                    claim = outbox.claim(ClaimRequest.of(7))) {
                assertThat(claim.messages()).hasSizeLessThanOrEqualTo(claim.picked());
                claim.messages().forEach(message -> claimed.add(message.id()));
            }
        } finally {
            busybody.interrupt();
            busybody.join();
        }
        assertThat(claimed).hasSize(200).doesNotHaveDuplicates();
    }

    private List<UUID> enqueue(int count) {
        return outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                        .mapToObj(i -> KIND.draft(Integer.toString(i)))
                        .toList())
                .ids();
    }
}
