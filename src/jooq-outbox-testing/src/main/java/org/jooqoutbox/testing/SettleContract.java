package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** What settlements do, and that one which comes too late does nothing. */
abstract class SettleContract<T> extends Contract<T> {

    @Test
    void markDone_ofClaimed_deletes() {
        enqueue(A, 1);
        Message message = claimOne();
        assertThat(outbox.markDone(message)).isEqualTo(APPLIED);
        endLeases();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(outbox.deadLetters(anyStatus())).isEmpty();
    }

    @Test
    void markFailed_untilAnInstant_isDueThen() {
        enqueue(A, 1);
        assertThat(outbox.markFailed(claimOne(), "later", now().plus(Duration.ofHours(1))))
                .isEqualTo(APPLIED);
        harness.elapse(Duration.ofMinutes(58));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(Duration.ofMinutes(2).plus(MARGIN));
        assertThat(claimOne().failures()).isEqualTo(1);
    }

    @Test
    void markDead_ofClaimed_makesADeadLetter() {
        enqueue(A.draft("{\"n\": 1}").withHeader("a", "b"));
        Message message = claimOne();
        assertThat(outbox.markDead(message, "no such customer")).isEqualTo(APPLIED);
        endLeases();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        DeadLetter letter = letter(message.id());
        assertThat(letter.kind()).isEqualTo("kind.a");
        assertThat(letter.payload()).isEqualTo("{\"n\": 1}");
        assertThat(letter.headers()).containsEntry("a", "b");
        assertThat(List.of(letter.attempts(), letter.failures())).containsExactly(1, 1);
        assertThat(letter.lastError()).isEqualTo("no such customer");
        assertThat(letter.status()).isEqualTo(DeadLetter.Status.DEAD);
    }

    @Test
    void release_ofClaimed_isDueAtOnceWithNothingSpent() {
        enqueue(A, 1);
        assertThat(outbox.release(claimOne())).isEqualTo(APPLIED);
        Message again = claimOne();
        assertThat(List.of(again.attempts(), again.failures(), again.unsettled()))
                .containsExactly(2, 0, 0);
    }

    @Test
    void settle_postponed_waitsAndCountsNoFailure() {
        UUID id = enqueueOne(A.draft("1"));
        applied(Settlement.postponed(claimOne(), "the printer warms up", Duration.ofHours(1)));
        harness.elapse(Duration.ofMinutes(58));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(Duration.ofMinutes(3));
        Message again = claimOne();
        assertThat(again.id()).isEqualTo(id);
        assertThat(List.of(again.attempts(), again.failures(), again.unsettled()))
                .containsExactly(2, 0, 0);
    }

    @Test
    void settle_postponed_keepsTheReason() {
        UUID id = enqueueOne(A.draft("1"));
        applied(Settlement.postponed(claimOne(), "disk full", Duration.ZERO));
        for (int death = 0; death <= 1; death++) {
            crash();
        }
        outbox.claim(HUNDRED.maxDeaths(1));
        assertThat(letter(id).lastError()).endsWith("last error: disk full");
    }

    @Test
    void settle_errorThatTextCannotHold_isCleaned() {
        UUID id = deadLetter(A.draft("1"), "broken\0pipe\uD800");
        assertThat(letter(id).lastError()).isEqualTo("broken\uFFFDpipe\uFFFD");
    }

    @Test
    void settle_longError_isCutBetweenCharacters() {
        UUID id = deadLetter(A.draft("1"), "x" + "ö".repeat(5000));
        String stored = letter(id).lastError();
        assertThat(stored.getBytes(StandardCharsets.UTF_8)).hasSize(4095);
        assertThat(stored).endsWith("ö");
    }

    @Test
    void settle_nothing_answersNothing() {
        assertThat(outbox.settle(List.of())).isEmpty();
    }

    @Test
    void settle_mixedOutcomes_appliesEach() {
        enqueue(A, 5);
        List<Message> messages = claim();
        assertThat(outbox.settle(List.of(
                        Settlement.done(messages.get(0)),
                        Settlement.failed(messages.get(1), "later", Duration.ofHours(1)),
                        Settlement.dead(messages.get(2), "never"),
                        Settlement.released(messages.get(3)),
                        Settlement.postponed(messages.get(4), "not now", Duration.ofHours(2)))))
                .containsExactly(APPLIED, APPLIED, APPLIED, APPLIED, APPLIED);
        assertThat(claimOne().id()).isEqualTo(messages.get(3).id());
        assertThat(letterIds(anyStatus())).containsExactly(messages.get(2).id());
        harness.elapse(Duration.ofMinutes(61));
        assertThat(ids(outbox.claim(HUNDRED.withoutSuspects()).messages()))
                .containsExactly(messages.get(1).id());
    }

    @Test
    void settle_twice_theSecondComesTooLate() {
        enqueue(A, 4);
        List<Message> messages = claim();
        List<Settlement> settlements = List.of(
                Settlement.done(messages.get(0)),
                Settlement.failed(messages.get(1), "later", Duration.ofHours(1)),
                Settlement.dead(messages.get(2), "never"),
                Settlement.released(messages.get(3)));
        outbox.settle(settlements);
        assertThat(outbox.settle(settlements)).containsOnly(LEASE_LOST).hasSize(4);
        assertThat(letter(messages.get(2).id()).failures()).isEqualTo(1);
    }

    @Test
    void settle_sameMessageTwiceInABatch_theFirstWins() {
        enqueue(A, 1);
        Message message = claimOne();
        assertThat(outbox.settle(List.of(Settlement.released(message), Settlement.dead(message, "second opinion"))))
                .containsExactly(APPLIED, LEASE_LOST);
        assertThat(claimOne().failures()).isZero();
    }

    @Test
    void settle_suspectTwiceInABatch_theFirstWins() {
        enqueue(A, 1);
        crash();
        Message message = claimOne();
        assertThat(outbox.settle(List.of(Settlement.released(message), Settlement.done(message))))
                .containsExactly(APPLIED, LEASE_LOST);
        assertThat(claimOne().unsettled()).isEqualTo(1);
    }

    @Test
    void settle_claimedByAnother_changesNothing() {
        enqueue(A, 1);
        Message stale = claimOne();
        endLeases();
        Message current = claimOne();
        assertThat(outbox.markDone(stale)).isEqualTo(LEASE_LOST);
        assertThat(outbox.markFailed(stale, "stale", now())).isEqualTo(LEASE_LOST);
        assertThat(outbox.markDead(stale, "stale")).isEqualTo(LEASE_LOST);
        assertThat(outbox.release(stale)).isEqualTo(LEASE_LOST);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(outbox.markDone(current)).isEqualTo(APPLIED);
    }

    @Test
    void settle_oldAndNewTokenInABatch_onlyTheNewOneApplies() {
        enqueue(A, 1);
        Message stale = claimOne();
        endLeases();
        Message current = claimOne();
        assertThat(outbox.settle(List.of(Settlement.done(stale), Settlement.failed(current, "later", Duration.ZERO))))
                .containsExactly(LEASE_LOST, APPLIED);
        assertThat(claimOne().failures()).isEqualTo(1);
    }

    @Test
    void settle_oneTooLate_doesNotHoldUpTheOthers() {
        enqueue(A, 3);
        List<Message> messages = claim();
        outbox.markDone(messages.get(1));
        assertThat(outbox.settle(messages.stream().map(Settlement::done).toList()))
                .containsExactly(APPLIED, LEASE_LOST, APPLIED);
    }

    @Test
    void settle_leaseEndedButNobodyElseClaimed_stillApplies() {
        enqueue(A, 1);
        Message message = claimOne();
        endLeases();
        assertThat(outbox.markDone(message)).isEqualTo(APPLIED);
    }

    @Test
    void settle_negativePause_isRefused() {
        enqueue(A, 1);
        Message message = claimOne();
        Duration negative = Duration.ofNanos(-1);
        assertThatIllegalArgumentException().isThrownBy(() -> Settlement.failed(message, "e", negative));
        assertThatIllegalArgumentException().isThrownBy(() -> Settlement.postponed(message, "e", negative));
    }

    @Test
    void settleAndClaim_mixedOutcomes_doesBothAndTheClaimSeesWhatWasSettled() {
        List<UUID> ids = enqueue(A, 5);
        List<Message> messages = outbox.claim(ClaimRequest.of(3).lease(LEASE)).messages();
        Claim.WithVerdicts both = outbox.settleAndClaim(
                List.of(
                        Settlement.done(messages.get(0)),
                        Settlement.released(messages.get(1)),
                        Settlement.failed(messages.get(2), "no", Duration.ofHours(1)),
                        Settlement.done(messages.get(0))),
                HUNDRED);
        assertThat(both.verdicts()).containsExactly(APPLIED, APPLIED, APPLIED, LEASE_LOST);
        assertThat(both.claim().messages())
                .extracting(Message::id)
                .containsExactlyInAnyOrder(messages.get(1).id(), ids.get(3), ids.get(4));
        assertThat(both.claim().seen()).isEqualTo(3);
        assertThat(outbox.stats().inFlight()).isEqualTo(3);
    }

    @Test
    void settleAndClaim_nothingOfEither_answersThat() {
        Claim.WithVerdicts both = outbox.settleAndClaim(List.of(), HUNDRED.kinds(List.of("kind.nobody.has")));
        assertThat(both.verdicts()).isEmpty();
        assertThat(both.claim().messages()).isEmpty();
        assertThat(both.claim().seen()).isZero();
    }

    @Test
    void settleAndClaim_claimedMessage_isLikeAnyOther() {
        enqueue(A.draft("{\"n\": 1}").withHeader("a", "b").withPayloadType("v1"));
        Message first = claimOne();
        Message again = outbox.settleAndClaim(List.of(Settlement.failed(first, "no", Duration.ZERO)), HUNDRED)
                .claim()
                .messages()
                .get(0);
        assertThat(again)
                .isEqualTo(new Message(
                        outbox.name(),
                        first.id(),
                        "kind.a",
                        first.payload(),
                        java.util.Map.of("a", "b"),
                        2,
                        1,
                        0,
                        first.createdAt(),
                        "v1",
                        null,
                        first.seq()));
        assertThat(outbox.markDone(again)).isEqualTo(APPLIED);
    }
}
