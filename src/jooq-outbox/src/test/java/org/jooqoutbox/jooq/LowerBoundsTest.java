package org.jooqoutbox.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LowerBoundsTest {

    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration QUICK = Duration.ofNanos(900_000);
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final Set<String> AB = Set.of("a", "b");
    private static final Map<String, Instant> REACHED = Map.of("a", T, "b", T.plusSeconds(1));

    // Near its end, where nanoTime may be.
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);
    private final LowerBounds bounds = new LowerBounds(clock::get);

    @Test
    void next_whileSweepsAreQuick_isASweep() {
        for (int i = 0; i < 5; i++) {
            assertThat(claim(QUICK, REACHED).isSweep()).isTrue();
        }
    }

    @Test
    void next_afterOneSlowSweep_isASweep() {
        claim(SLOW, REACHED);
        assertThat(bounds.next(AB).isSweep()).isTrue();
    }

    @Test
    void next_afterTwoSlowSweeps_beginsWhereTheLastOneGotTo() {
        slowSweeps();
        LowerBounds.From from = bounds.next(AB);
        assertThat(from.isSweep()).isFalse();
        assertThat(from.bound("a")).isEqualTo("2030-01-01T00:00:00Z");
        assertThat(from.bounds()).isEqualTo(REACHED);
    }

    @Test
    void next_afterAPauseOfTwentySweeps_isASweep() {
        slowSweeps();
        clock.addAndGet(SLOW.multipliedBy(20).toNanos() - 1);
        assertThat(bounds.next(AB).isSweep()).isFalse();
        clock.addAndGet(1);
        assertThat(bounds.next(AB).isSweep()).isTrue();
    }

    @Test
    void next_afterAPauseOfASecond_isASweepAtTheEarliest() {
        Duration hardlySlow = Duration.ofNanos(1_100_000);
        claim(hardlySlow, REACHED);
        claim(hardlySlow, REACHED);
        clock.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(bounds.next(AB).isSweep()).isFalse();
        clock.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(bounds.next(AB).isSweep()).isTrue();
    }

    @Test
    void next_afterAQuickSweepAmongSlowOnes_isASweep() {
        slowSweeps();
        clock.addAndGet(SLOW.multipliedBy(20).toNanos());
        claim(QUICK, REACHED);
        assertThat(bounds.next(AB).isSweep()).isTrue();
    }

    @Test
    void next_ofAKindThatWasNotAskedLast_looksAtItFromTheBeginning() {
        slowSweeps();
        claim(QUICK, Map.of(), Set.of("a"));
        LowerBounds.From from = bounds.next(AB);
        assertThat(from.bound("a")).isEqualTo("2030-01-01T00:00:00Z");
        assertThat(from.bound("b")).isEqualTo("-infinity");
        assertThat(from.isSweep()).isFalse();
    }

    /** The sweep was full before it came to b: what it would have found there is not known. */
    @Test
    void next_ofAKindThatASweepDidNotComeTo_looksAtItFromTheBeginning() {
        slowSweeps();
        clock.addAndGet(SLOW.multipliedBy(20).toNanos());
        claim(SLOW, Map.of("a", T));
        assertThat(bounds.next(AB).bounds()).isEqualTo(Map.of("a", T));
    }

    @Test
    void next_ofAKindThatARecentClaimDidNotComeTo_beginsWhereItDid() {
        slowSweeps();
        claim(QUICK, Map.of("a", T.plusSeconds(5)));
        assertThat(bounds.next(AB).bounds()).isEqualTo(Map.of("a", T.plusSeconds(5), "b", T.plusSeconds(1)));
    }

    @Test
    void forget_betweenAClaimAndWhatIsLearntFromIt_winsOverIt() {
        slowSweeps();
        LowerBounds.From from = bounds.next(AB);
        bounds.forget();
        bounds.learn(from, REACHED, Map.of(), QUICK);
        assertThat(bounds.next(AB).isSweep()).isTrue();
    }

    @Test
    void next_soonAfterAClaim_passesOverWhatCommitsLate() {
        slowSweeps();
        claimed(T.plusSeconds(8));
        LowerBounds.From from = claimed(T.plusSeconds(9));
        assertThat(from.ahead()).isTrue();
        assertThat(from.slack()).isEqualTo(LowerBounds.SHORT_SLACK);
        assertThat(from.bounds()).isEqualTo(Map.of("a", T.plusSeconds(8), "b", T.plusSeconds(1)));
        clock.addAndGet(LowerBounds.AHEAD_FOR.toNanos() - 1);
        assertThat(bounds.next(AB).bounds()).containsEntry("a", T.plusSeconds(9));
        clock.addAndGet(1);
        assertThat(bounds.next(AB)).isEqualTo(new LowerBounds.From(REACHED, 0, false));
    }

    @Test
    void next_afterEverythingWasForgotten_isNotAhead() {
        slowSweeps();
        claimed(T.plusSeconds(8));
        bounds.forget();
        assertThat(bounds.next(AB).isSweep()).isTrue();
    }

    private LowerBounds.From claimed(Instant latest) {
        LowerBounds.From from = bounds.next(AB);
        bounds.learn(from, REACHED, Map.of("a", latest), QUICK);
        return from;
    }

    private void slowSweeps() {
        claim(SLOW, REACHED);
        claim(SLOW, REACHED);
    }

    private LowerBounds.From claim(Duration took, Map<String, Instant> reached) {
        return claim(took, reached, AB);
    }

    private LowerBounds.From claim(Duration took, Map<String, Instant> reached, Set<String> kinds) {
        LowerBounds.From from = bounds.next(kinds);
        bounds.learn(from, reached, Map.of(), took);
        return from;
    }
}
