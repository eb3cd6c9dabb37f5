package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** Messages that have outlived their time are not delivered. */
abstract class ExpiryContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void claim_withinTimeToLive_delivers() {
        UUID id = enqueueOne(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR.minus(MARGIN));
        assertThat(claimOne().id()).isEqualTo(id);
    }

    @Test
    void claim_afterTimeToLive_setsAside() {
        UUID id = enqueueOne(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered()).isEmpty();
        assertThat(claim.expired()).extracting(Message::id).containsExactly(id);
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(1, 1, 0);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void claim_afterExpiresAt_setsAside() {
        UUID id = enqueueOne(A.draft("1").withExpiresAt(now().plus(HOUR)));
        harness.elapse(HOUR.plus(MARGIN));
        assertThat(outbox.claim(HUNDRED).expired()).extracting(Message::id).containsExactly(id);
    }

    @Test
    void claim_expiredBesideOthers_deliversTheOthers() {
        UUID late = enqueueOne(A.draft("1").withTimeToLive(HOUR));
        List<UUID> others = enqueue(A, 2);
        harness.elapse(HOUR);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(ids(claim.messages())).containsExactlyInAnyOrderElementsOf(others);
        assertThat(claim.expired()).extracting(Message::id).containsExactly(late);
    }

    @Test
    void claim_expiredAndNeverClaimed_spendsNoAttempt() {
        UUID id = enqueueOne(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR);
        assertThat(outbox.claim(HUNDRED).expired().get(0).attempts()).isZero();
        DeadLetter letter = letter(id);
        assertThat(letter.status()).isEqualTo(DeadLetter.Status.EXPIRED);
        assertThat(Duration.between(letter.createdAt(), letter.diedAt())).isBetween(HOUR, HOUR.plus(MARGIN));
    }

    @Test
    void claim_underLeaseWhenItsTimeEnds_isSettledAsEver() {
        enqueue(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR.minus(MARGIN));
        Message message = claimOne();
        harness.elapse(MARGIN.multipliedBy(2));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        applied(Settlement.done(message));
    }

    @Test
    void expired_isListedOnlyWhenAskedFor() {
        UUID id = enqueueOne(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR);
        outbox.claim(HUNDRED);
        assertThat(outbox.deadLetters(DeadLetterQuery.all())).isEmpty();
        assertThat(letterIds(DeadLetterQuery.all().statuses(DeadLetter.Status.EXPIRED)))
                .containsExactly(id);
    }

    @Test
    void replay_ofExpired_isDeliveredAndDoesNotExpireAgain() {
        UUID id = enqueueOne(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR);
        outbox.claim(HUNDRED);
        assertThat(outbox.replay(List.of(id)).replayed()).containsExactly(id);
        harness.elapse(HOUR.multipliedBy(2));
        assertThat(claimOne().id()).isEqualTo(id);
    }
}
