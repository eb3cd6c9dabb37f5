package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** Leases can be prolonged by whoever has them. */
abstract class RenewContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void renew_ofClaimed_prolongsTheLease() {
        enqueue(A, 1);
        Message message = claimOne();
        assertThat(outbox.renew(List.of(message), HOUR)).containsExactly(APPLIED);
        harness.elapse(HOUR.minus(MARGIN));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(MARGIN);
        assertThat(claimOne().attempts()).isEqualTo(2);
    }

    @Test
    void renew_shorterThanTheLease_doesNotShortenIt() {
        enqueue(A, 1);
        Message message = claimOne();
        assertThat(outbox.renew(List.of(message), Duration.ofMillis(1))).containsExactly(APPLIED);
        harness.elapse(LEASE.minus(MARGIN));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void renew_many_answersInTheirOrder() {
        enqueue(A, 3);
        List<Message> messages = claim();
        outbox.markDone(messages.get(1));
        assertThat(outbox.renew(messages, HOUR)).containsExactly(APPLIED, LEASE_LOST, APPLIED);
    }

    @Test
    void renew_settled_doesNotOverwriteItsPause() {
        enqueue(A, 1);
        Message message = claimOne();
        applied(Settlement.failed(message, "later", Duration.ZERO));
        assertThat(outbox.renew(List.of(message), HOUR)).containsExactly(LEASE_LOST);
        assertThat(claim()).hasSize(1);
    }

    @Test
    void renew_claimedByAnother_changesNothing() {
        enqueue(A, 1);
        Message stale = claimOne();
        endLeases();
        claimOne();
        assertThat(outbox.renew(List.of(stale), HOUR)).containsExactly(LEASE_LOST);
        endLeases();
        assertThat(claim()).hasSize(1);
    }

    @Test
    void renew_nothing_answersNothing() {
        assertThat(outbox.renew(List.of(), HOUR)).isEmpty();
    }

    @Test
    void renew_forTooShortOrTooLong_isRefused() {
        for (Duration lease : List.of(
                Duration.ZERO, Duration.ofNanos(999_999), Duration.ofDays(1).plusNanos(1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> outbox.renew(List.of(), lease));
        }
    }
}
