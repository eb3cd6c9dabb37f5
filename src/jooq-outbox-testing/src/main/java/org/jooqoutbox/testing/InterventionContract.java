package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.junit.jupiter.api.Test;

/** What is done by hand to messages that are pending. */
abstract class InterventionContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final UUID NOBODY = new UUID(4711, 4711);

    @Test
    void retryNow_failed_isDueWithItsFailuresForgotten() {
        UUID id = enqueue(A, 1).get(0);
        applied(Settlement.failed(claimOne(), "e", HOUR));
        assertThat(outbox.retryNow(List.of(id))).containsExactly(id);
        Message again = claimOne();
        assertThat(List.of(again.failures(), again.unsettled())).containsExactly(0, 0);
    }

    @Test
    void retryNow_delayed_isDueAndStillKeepsOutItsTwins() {
        UUID id = enqueueOne(A.draft("1").withDelay(HOUR).withDeduplicationKey("k"));
        assertThat(outbox.retryNow(List.of(id))).containsExactly(id);
        assertThat(enqueue(A.draft("2").withDeduplicationKey("k")).coalesced()).hasSize(1);
        Message message = claimOne();
        assertThat(message.id()).isEqualTo(id);
        assertThat(message.attempts()).isEqualTo(1);
    }

    @Test
    void retryNow_underLease_isLeftAlone() {
        UUID id = enqueue(A, 1).get(0);
        Message message = claimOne();
        assertThat(outbox.retryNow(List.of(id))).isEmpty();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        applied(Settlement.done(message));
    }

    @Test
    void retryNow_leaseEnded_leavesNothingToALateHolder() {
        UUID id = enqueue(A, 1).get(0);
        Message late = claimOne();
        endLeases();
        assertThat(outbox.retryNow(List.of(id))).containsExactly(id);
        assertThat(settle(Settlement.failed(late, "late", HOUR))).isEqualTo(Verdict.LEASE_LOST);
        assertThat(outbox.renew(List.of(late), LEASE)).containsExactly(Verdict.LEASE_LOST);
        Message again = claimOne();
        assertThat(again.unsettled()).isZero();
        assertThat(again.attempts()).isGreaterThan(late.attempts());
        assertThat(settle(Settlement.done(late))).isEqualTo(Verdict.LEASE_LOST);
        applied(Settlement.done(again));
    }

    @Test
    void retryNow_ofOthers_changesOnlyWhatIsPending() {
        UUID dead = deadLetter(A.draft("1"), "e");
        UUID second = enqueueOne(A.draft("2").withDelay(HOUR));
        UUID first = enqueueOne(A.draft("3").withDelay(HOUR));
        UUID untouched = enqueueOne(A.draft("4").withDelay(HOUR));
        assertThat(outbox.retryNow(List.of(first, dead, NOBODY, second, first))).containsExactly(first, second);
        assertThat(outbox.retryNow(List.of())).isEmpty();
        assertThat(ids(claim())).containsExactlyInAnyOrder(first, second).doesNotContain(untouched);
        assertThat(letter(dead).status()).isEqualTo(DeadLetter.Status.DEAD);
    }

    @Test
    void giveUp_pending_isADeadLetterWithTheReason() {
        UUID due = enqueueOne(A.draft("1"));
        applied(Settlement.failed(claimOne(), "e", HOUR));
        UUID delayed = enqueueOne(A.draft("2").withDelay(HOUR));
        assertThat(outbox.giveUp(List.of(due, delayed), "no longer wanted")).containsExactly(due, delayed);
        harness.elapse(HOUR.multipliedBy(2));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        assertThat(letter(due))
                .extracting(DeadLetter::status, DeadLetter::lastError, DeadLetter::failures)
                .containsExactly(DeadLetter.Status.DEAD, "no longer wanted", 1);
        assertThat(outbox.replay(List.of(due, delayed)).replayed()).containsExactlyInAnyOrder(due, delayed);
        assertThat(claim()).hasSize(2);
    }

    @Test
    void giveUp_underLease_isLeftAlone() {
        UUID id = enqueue(A, 1).get(0);
        Message message = claimOne();
        assertThat(outbox.giveUp(List.of(id, NOBODY), "e")).isEmpty();
        assertThat(letterIds(anyStatus())).isEmpty();
        applied(Settlement.done(message));
    }

    @Test
    void giveUp_leaseEnded_leavesNothingToALateHolder() {
        UUID id = enqueue(A, 1).get(0);
        Message late = claimOne();
        endLeases();
        assertThat(outbox.giveUp(List.of(id), "e")).containsExactly(id);
        assertThat(settle(Settlement.done(late))).isEqualTo(Verdict.LEASE_LOST);
        outbox.replay(List.of(id));
        assertThat(settle(Settlement.done(late))).isEqualTo(Verdict.LEASE_LOST);
        assertThat(claimOne().unsettled()).isZero();
    }

    @Test
    void giveUp_deadLetter_keepsItsError() {
        UUID dead = deadLetter(A.draft("1"), "disk full");
        assertThat(outbox.giveUp(List.of(dead), "e")).isEmpty();
        assertThat(letter(dead).lastError()).isEqualTo("disk full");
    }

    @Test
    void giveUp_hostileReason_isStoredAsErrorsAre() {
        UUID id = enqueue(A, 1).get(0);
        outbox.giveUp(List.of(id), "a\0b\ud800" + "x".repeat(5_000));
        assertThat(letter(id).lastError()).startsWith("a\uFFFDb\uFFFDxxx").hasSize(4_096 - 4);
    }

    @Test
    @SuppressWarnings("NullAway")
    void giveUp_withoutReason_isRefused() {
        assertThatNullPointerException().isThrownBy(() -> outbox.giveUp(List.of(NOBODY), null));
    }
}
