package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** The numbers that tell how an outbox stands, and the check of it. */
abstract class StatsContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);

    private static List<Long> numbers(OutboxStats stats) {
        return List.of(
                stats.due(), stats.inFlight(), stats.delayed(), stats.waiting(), stats.dead(), stats.expired(), (long)
                        stats.peakAttempts());
    }

    @Test
    void stats_emptyOutbox_areZero() {
        OutboxStats stats = outbox.stats();
        assertThat(numbers(stats)).containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 0L);
        assertThat(stats.oldestDueAge()).isZero();
        assertThat(stats.at()).isCloseTo(now(), within(1, ChronoUnit.MINUTES));
    }

    @Test
    void stats_oneOfEach_countsEachOnce() {
        enqueue(A.draft("1").withTimeToLive(HOUR));
        harness.elapse(HOUR);
        outbox.claim(HUNDRED);
        deadLetter(A.draft("2"), "e");
        enqueue(A.draft("3"));
        applied(Settlement.failed(claimOne(), "later", HOUR));
        enqueue(A.draft("4"));
        claimOne();
        enqueue(A.draft("5").withDelay(HOUR));
        enqueue(A, 3);
        assertThat(numbers(outbox.stats())).containsExactly(3L, 1L, 2L, 0L, 1L, 1L, 1L);
    }

    @Test
    void stats_oldestDue_isTheAgeOfTheLongestDue() {
        enqueue(A.draft("1").withDelay(HOUR));
        harness.elapse(HOUR.multipliedBy(3));
        enqueue(A, 1);
        assertThat(outbox.stats().oldestDueAge())
                .isBetween(HOUR.multipliedBy(2), HOUR.multipliedBy(2).plus(MARGIN));
    }

    @Test
    void stats_nothingDue_hasNoAge() {
        enqueue(A.draft("1").withDelay(HOUR));
        enqueue(A, 1);
        claimOne();
        assertThat(outbox.stats().oldestDueAge()).isZero();
    }

    @Test
    void stats_leaseEnded_isDueAgain() {
        enqueue(A, 2);
        crash();
        OutboxStats stats = outbox.stats();
        assertThat(List.of(stats.due(), stats.inFlight())).containsExactly(2L, 0L);
        assertThat(stats.oldestDueAge()).isBetween(MARGIN, MARGIN.multipliedBy(2));
    }

    @Test
    void stats_peakAttempts_isTheLargestOfThoseThatWait() {
        enqueue(A, 2);
        for (int i = 0; i < 3; i++) {
            Message message = outbox.claim(1).get(0);
            applied(Settlement.failed(message, "e", Duration.ZERO));
        }
        int peak = outbox.stats().peakAttempts();
        assertThat(peak).isBetween(2, 3);
        claim().forEach(message -> outbox.markDead(message, "e"));
        assertThat(outbox.stats().peakAttempts()).isZero();
    }

    @Test
    void stats_withOrderingKeys_countTheFirstOfEachAndThoseThatWait() {
        enqueue(A, 1);
        enqueue(A.draft("1").withOrderingKey("due"), A.draft("2").withOrderingKey("due"));
        enqueue(
                A.draft("1").withOrderingKey("delayed").withDelay(HOUR),
                A.draft("2").withOrderingKey("delayed"));
        enqueue(A.draft("3").withOrderingKey("delayed").withDelay(HOUR));
        assertThat(numbers(outbox.stats())).containsExactly(2L, 0L, 1L, 3L, 0L, 0L, 0L);
    }

    @Test
    void stats_firstOfAKeyUnderLease_isInFlightAndTheOthersWait() {
        enqueue(A.draft("1").withOrderingKey("k"), A.draft("2").withOrderingKey("k"), A.draft("3"));
        assertThat(claim()).hasSize(2);
        assertThat(numbers(outbox.stats())).containsExactly(0L, 2L, 0L, 1L, 0L, 0L, 1L);
        endLeases();
        assertThat(numbers(outbox.stats())).containsExactly(2L, 0L, 0L, 1L, 0L, 0L, 1L);
    }

    @Test
    void stats_oldestDueWithAKey_isTheAgeOfTheFirst() {
        enqueue(A.draft("1").withOrderingKey("k").withDelay(HOUR), A.draft("2").withOrderingKey("k"));
        harness.elapse(HOUR.multipliedBy(3));
        enqueue(A, 1);
        assertThat(outbox.stats().oldestDueAge())
                .isBetween(HOUR.multipliedBy(2), HOUR.multipliedBy(2).plus(MARGIN));
    }

    @Test
    void verify_soundOutbox_passes() {
        outbox.verify();
        assertThat(outbox.name()).isNotBlank();
    }
}
