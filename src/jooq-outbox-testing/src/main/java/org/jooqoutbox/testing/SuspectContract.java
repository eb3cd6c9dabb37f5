package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.junit.jupiter.api.Test;

/** Messages whose delivery ended without a result are set apart, and given up when they go on dying alone. */
abstract class SuspectContract<T> extends Contract<T> {

    @Test
    void claim_afterCrashOfABatch_takesItsMessagesOneByOne() {
        enqueue(A, 3);
        crash();
        for (int left = 3; left > 0; left--) {
            Claim claim = outbox.claim(HUNDRED);
            assertThat(claim.messages()).hasSize(1);
            assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(left, 1, left);
            applied(Settlement.done(claim.messages().get(0)));
        }
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void claim_withOlderInnocents_takesThemTogetherAndNoSuspect() {
        UUID suspect = enqueueOne(A.draft("1"));
        List<UUID> innocents = enqueue(B, 3);
        outbox.claim(HUNDRED.kinds(List.of("kind.a")));
        endLeases();
        Claim claim = outbox.claim(HUNDRED);
        assertThat(ids(claim.messages())).containsExactlyInAnyOrderElementsOf(innocents);
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(4, 3, 1);
        assertThat(claimOne().id()).isEqualTo(suspect);
    }

    @Test
    void claim_withYoungerInnocents_takesTheSuspectAlone() {
        UUID suspect = enqueueOne(A.draft("1"));
        crash();
        enqueue(A, 3);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(ids(claim.messages())).containsExactly(suspect);
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(4, 1, 1);
    }

    @Test
    void claim_withoutSuspects_leavesThemAndSaysSo() {
        enqueue(A, 2);
        crash();
        List<UUID> innocents = enqueue(A, 2);
        Claim claim = outbox.claim(HUNDRED.withoutSuspects());
        assertThat(ids(claim.messages())).containsExactlyInAnyOrderElementsOf(innocents);
        assertThat(claim.suspects()).isEqualTo(2);
        Claim next = outbox.claim(HUNDRED.withoutSuspects());
        assertThat(next.messages()).isEmpty();
        assertThat(List.of(next.seen(), next.picked(), next.suspects())).containsExactly(2, 0, 2);
    }

    @Test
    void message_diedAloneThreeTimes_isDeadLetteredAtTheNextClaim() {
        UUID poison = enqueueOne(A.draft("1"));
        for (int death = 0; death <= 3; death++) {
            assertThat(ids(crash().messages())).containsExactly(poison);
        }
        Claim claim = outbox.claim(HUNDRED);
        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered()).extracting(Message::id).containsExactly(poison);
        assertThat(claim.deadLettered().get(0).unsettled()).isEqualTo(4);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        DeadLetter letter = letter(poison);
        assertThat(letter.status()).isEqualTo(DeadLetter.Status.DEAD);
        assertThat(letter.attempts()).isEqualTo(4);
        assertThat(letter.lastError()).isEqualTo("died 4 times without a result");
    }

    @Test
    void message_diesAfterFailure_keepsTheErrorInItsEpitaph() {
        UUID poison = enqueueOne(A.draft("1"));
        applied(Settlement.failed(claimOne(), "disk full", Duration.ZERO));
        for (int death = 0; death <= 1; death++) {
            crash();
        }
        outbox.claim(HUNDRED.maxDeaths(1));
        assertThat(letter(poison).lastError()).isEqualTo("died 2 times without a result; last error: disk full");
    }

    @Test
    void claim_withoutSuspects_stillSetsPoisonAside() {
        UUID poison = enqueueOne(A.draft("1"));
        crash();
        crash();
        Claim claim = outbox.claim(HUNDRED.withoutSuspects().maxDeaths(1));
        assertThat(claim.deadLettered()).extracting(Message::id).containsExactly(poison);
    }

    @Test
    void claim_poisonAndInnocents_takesTheInnocentsInTheSameClaim() {
        UUID poison = enqueueOne(A.draft("1"));
        crash();
        crash();
        List<UUID> innocents = enqueue(A, 2);
        Claim claim = outbox.claim(HUNDRED.maxDeaths(1));
        assertThat(claim.deadLettered()).extracting(Message::id).containsExactly(poison);
        assertThat(ids(claim.messages())).containsExactlyInAnyOrderElementsOf(innocents);
        assertThat(claim.picked()).isEqualTo(3);
    }

    @Test
    void claim_unlimitedDeaths_neverGivesUp() {
        enqueue(A, 1);
        ClaimRequest forever = HUNDRED.maxDeaths(Integer.MAX_VALUE);
        for (int death = 0; death < 20; death++) {
            assertThat(outbox.claim(forever).messages()).hasSize(1);
            endLeases();
        }
    }

    @Test
    void poison_inABatch_takesNoneOfItsNeighboursAlong() {
        List<UUID> ids = enqueue(A, 20);
        UUID poison = ids.get(7);
        int crashes = 0;
        for (Claim claim = outbox.claim(HUNDRED); claim.seen() > 0; claim = outbox.claim(HUNDRED)) {
            if (ids(claim.messages()).contains(poison)) {
                crashes++;
                endLeases();
            } else {
                claim.messages().forEach(message -> applied(Settlement.done(message)));
            }
        }
        assertThat(crashes).isEqualTo(4);
        assertThat(letterIds(anyStatus())).containsExactly(poison);
    }

    @Test
    void release_ofSuspect_doesNotClearIt() {
        enqueue(A, 1);
        crash();
        for (int i = 0; i < 5; i++) {
            Message message = claimOne();
            assertThat(message.unsettled()).isEqualTo(1);
            applied(Settlement.released(message));
        }
    }

    @Test
    void release_ofSuspect_endsItsHoldersClaim() {
        enqueue(A, 1);
        crash();
        Message message = claimOne();
        applied(Settlement.released(message));
        assertThat(outbox.settle(List.of(
                        Settlement.released(message),
                        Settlement.done(message),
                        Settlement.failed(message, "late", LEASE))))
                .containsOnly(Verdict.LEASE_LOST);
        assertThat(outbox.renew(List.of(message), LEASE)).containsOnly(Verdict.LEASE_LOST);
        assertThat(claimOne().id()).isEqualTo(message.id());
    }

    @Test
    void outcome_ofSuspect_clearsIt() {
        enqueue(A, 2);
        crash();
        applied(Settlement.failed(claimOne(), "at least it answered", Duration.ZERO));
        applied(Settlement.postponed(claimOne(), "so did this one", Duration.ZERO));
        assertThat(claim()).extracting(Message::unsettled).containsExactly(0, 0);
    }

    @Test
    void replay_ofPoison_startsWithAFullBudget() {
        UUID poison = enqueueOne(A.draft("1"));
        crash();
        crash();
        outbox.claim(HUNDRED.maxDeaths(1));
        outbox.replay(List.of(poison));
        assertThat(claimOne().unsettled()).isZero();
    }
}
