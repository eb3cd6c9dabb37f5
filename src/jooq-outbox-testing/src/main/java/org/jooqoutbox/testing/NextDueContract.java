package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** How long it is until something is due. */
abstract class NextDueContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final List<String> BOTH = List.of("kind.a", "kind.b");

    private void isIn(Duration expected, List<String> kinds) {
        assertThat(outbox.nextDue(kinds))
                .hasValueSatisfying(next -> assertThat(next).isBetween(expected.minus(MARGIN), expected));
    }

    @Test
    void nextDue_nothingThere_isUnknown() {
        assertThat(outbox.nextDue(BOTH)).isEmpty();
    }

    @Test
    void nextDue_ofOtherKindsOrNone_isUnknown() {
        enqueue(A.draft("1"), A.draft("2").withOrderingKey("k"));
        assertThat(outbox.nextDue(List.of("kind.b"))).isEmpty();
        assertThat(outbox.nextDue(List.of())).isEmpty();
    }

    @Test
    void nextDue_due_isZeroHoweverLong() {
        enqueue(A, 1);
        assertThat(outbox.nextDue(BOTH)).contains(Duration.ZERO);
        harness.elapse(HOUR);
        assertThat(outbox.nextDue(BOTH)).contains(Duration.ZERO);
    }

    @Test
    void nextDue_dueWithAKey_isZero() {
        enqueue(A.draft("1").withOrderingKey("k"));
        assertThat(outbox.nextDue(BOTH)).contains(Duration.ZERO);
    }

    @Test
    void nextDue_delayed_isTheShortestOfTheKindsAsked() {
        enqueue(A.draft("1").withDelay(HOUR.multipliedBy(3)));
        isIn(HOUR.multipliedBy(3), BOTH);
        enqueue(B.draft("1").withDelay(HOUR.multipliedBy(2)), B.draft("2").withDelay(HOUR.multipliedBy(5)));
        isIn(HOUR.multipliedBy(2), BOTH);
        isIn(HOUR.multipliedBy(3), List.of("kind.a"));
        enqueue(A.draft("1").withOrderingKey("k").withDelay(HOUR));
        isIn(HOUR, BOTH);
        isIn(HOUR.multipliedBy(2), List.of("kind.b"));
    }

    @Test
    void nextDue_underLease_isItsEnd() {
        enqueue(A, 1);
        claimOne();
        isIn(LEASE, BOTH);
    }

    @Test
    void nextDue_failed_isItsNextTry() {
        enqueue(A, 1);
        applied(Settlement.failed(claimOne(), "e", HOUR));
        isIn(HOUR, BOTH);
    }

    @Test
    void nextDue_dead_isUnknown() {
        deadLetter(A.draft("1"), "e");
        assertThat(outbox.nextDue(BOTH)).isEmpty();
    }

    @Test
    void nextDue_behindAnotherOfItsKey_isThatOfTheFirst() {
        enqueue(A.draft("1").withOrderingKey("k").withDelay(HOUR), A.draft("2").withOrderingKey("k"));
        isIn(HOUR, BOTH);
    }

    @Test
    void nextDue_behindAnotherKind_isUnknown() {
        enqueue(A.draft("1").withOrderingKey("k").withDelay(HOUR), B.draft("2").withOrderingKey("k"));
        assertThat(outbox.nextDue(List.of("kind.b"))).isEmpty();
    }

    @Test
    void nextDue_oneOfManyKeys_isFound() {
        for (int i = 0; i < 20; i++) {
            enqueue(A.draft("1").withOrderingKey("k" + i).withDelay(HOUR.multipliedBy(i == 13 ? 1 : 2)));
        }
        isIn(HOUR, BOTH);
    }
}
