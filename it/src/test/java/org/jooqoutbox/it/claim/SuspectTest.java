package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.generated.Tables;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages whose delivery ended without a result are set apart, and given up when they go on dying alone. A crash is a claim that nobody settles. */
@Tag("conformance")
class SuspectTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("suspects");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final ClaimRequest HUNDRED = ClaimRequest.of(100);

    private final JooqOutboxRepository outbox = OUTBOX.repository();

    @BeforeEach
    void empty() {
        OUTBOX.clear();
    }

    @Test
    void claim_afterCrashOfABatch_takesItsMessagesOneByOne() {
        List<UUID> ids = enqueue(3);
        crash(HUNDRED);

        for (int i = 0; i < 3; i++) {
            Claim claim = outbox.claim(HUNDRED);
            assertThat(claim.messages()).hasSize(1);
            assertThat(claim.messages().get(0).unsettled()).isEqualTo(1);
            assertThat(outbox.markDone(claim.messages().get(0))).isEqualTo(Verdict.APPLIED);
        }
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(ids).hasSize(3);
    }

    @Test
    void claim_withOlderInnocents_takesThemFirstAndTogether() {
        enqueue(2);
        crash(HUNDRED);
        List<UUID> innocents = enqueue(3);
        OUTBOX.mapped()
                .execute("update {0} set retry_at = retry_at - interval '1 hour' where unsettled = 0", Tables.OUTBOX);

        Claim claim = outbox.claim(HUNDRED);

        assertThat(claim.messages()).extracting(Message::id).containsExactlyInAnyOrderElementsOf(innocents);
        assertThat(claim.suspects()).isEqualTo(2);
        assertThat(claim.seen()).isEqualTo(5);
        assertThat(outbox.claim(HUNDRED).messages()).hasSize(1);
    }

    @Test
    void claim_withoutSuspects_leavesThemAndSaysSo() {
        enqueue(2);
        crash(HUNDRED);
        List<UUID> innocents = enqueue(2);

        Claim claim = outbox.claim(HUNDRED.withoutSuspects());

        assertThat(claim.messages()).extracting(Message::id).containsExactlyInAnyOrderElementsOf(innocents);
        assertThat(claim.suspects()).isEqualTo(2);
        assertThat(outbox.claim(HUNDRED.withoutSuspects()).seen()).isEqualTo(2);
    }

    @Test
    void message_thatDiesAloneThreeTimes_isDeadLetteredAtTheNextClaim() {
        UUID poison = enqueue(1).get(0);
        for (int death = 0; death <= 3; death++) {
            assertThat(crash(HUNDRED)).extracting(Message::id).containsExactly(poison);
        }

        Claim claim = outbox.claim(HUNDRED);

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered()).extracting(Message::id).containsExactly(poison);
        DeadLetter letter = outbox.deadLetters(10).get(0);
        assertThat(letter.id()).isEqualTo(poison);
        assertThat(letter.attempts()).isEqualTo(4);
        assertThat(letter.lastError()).startsWith("died 4 times without a result");
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void poison_inABatchOfHundred_takesNoneOfItsNeighboursAlong() {
        List<UUID> ids = enqueue(100);
        UUID poison = ids.get(37);
        int crashes = 0;
        Claim claim = outbox.claim(HUNDRED);
        while (claim.seen() > 0) {
            if (claim.messages().stream().anyMatch(message -> message.id().equals(poison))) {
                crashes++;
                OUTBOX.makeAllDue();
            } else {
                claim.messages()
                        .forEach(message -> assertThat(outbox.markDone(message)).isEqualTo(Verdict.APPLIED));
            }
            claim = outbox.claim(HUNDRED);
        }
        assertThat(crashes).isEqualTo(4);
        assertThat(OUTBOX.rows()).singleElement().satisfies(row -> {
            assertThat(row.getId()).isEqualTo(poison);
            assertThat(row.getStatus()).isEqualTo("dead");
        });
    }

    @Test
    void release_ofSuspect_doesNotClearIt() {
        enqueue(1);
        crash(HUNDRED);
        for (int i = 0; i < 5; i++) {
            Message message = outbox.claim(HUNDRED).messages().get(0);
            assertThat(message.unsettled()).isEqualTo(1);
            assertThat(outbox.release(message)).isEqualTo(Verdict.APPLIED);
        }
    }

    @Test
    void failure_ofSuspect_clearsIt() {
        enqueue(2);
        crash(HUNDRED);
        for (int i = 0; i < 2; i++) {
            Message message = outbox.claim(HUNDRED).messages().get(0);
            outbox.settle(List.of(Settlement.failed(message, "at least it answered", Duration.ofHours(1))));
        }
        OUTBOX.makeAllDue();
        assertThat(outbox.claim(HUNDRED).messages()).hasSize(2);
    }

    @Test
    void claim_withoutLimitOfDeaths_neverGivesUp() {
        enqueue(1);
        ClaimRequest forever = HUNDRED.maxDeaths(Integer.MAX_VALUE);
        for (int death = 0; death < 20; death++) {
            assertThat(crash(forever)).hasSize(1);
        }
    }

    private List<Message> crash(ClaimRequest request) {
        List<Message> messages = outbox.claim(request).messages();
        OUTBOX.makeAllDue();
        return messages;
    }

    private List<UUID> enqueue(int count) {
        return outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                        .mapToObj(i -> KIND.draft(Integer.toString(i)))
                        .toList())
                .ids();
    }
}
