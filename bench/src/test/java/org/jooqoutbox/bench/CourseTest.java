package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jooqoutbox.bench.Course.Sample;
import org.junit.jupiter.api.Test;

class CourseTest {

    /** 100 a second are committed, in steps of a tenth of a second. */
    private static final int PER_SAMPLE = 10;

    private static final double NOTHING_KNOWN = Double.NaN;

    @Test
    void backlogGrowth_handledInBursts_isNone() {
        Course bursts = course(80, i -> i / 10 * 10 * PER_SAMPLE);

        assertThat(bursts.backlogGrowth(0, 8)).isZero();
        assertThat(bursts.greatestBacklog(0, 8)).isEqualTo(90);
    }

    @Test
    void backlogGrowth_handledTooSlowly_isWhatWasAdded() {
        Course slow = course(80, i -> i * PER_SAMPLE / 2);

        assertThat(slow.backlogGrowth(0, 8)).isEqualTo(300);
    }

    @Test
    void rate_betweenMoments_isOfThatTimeOnly() {
        Course halting = course(40, i -> Math.min(i, 20) * PER_SAMPLE);

        assertThat(halting.rate(0, 2)).isEqualTo(100);
        assertThat(halting.rate(2.05, 4)).isZero();
        assertThat(halting.rate(9, 10)).isNaN();
    }

    @Test
    void secondsUntilBacklog_afterAPeak_isWhenItIsDown() {
        Course peak = course(40, i -> i < 20 ? 0 : i * PER_SAMPLE);

        assertThat(peak.secondsUntilBacklog(5, 1).orElseThrow()).isEqualTo(1);
        assertThat(peak.secondsUntilBacklog(-1, 1)).isEmpty();
    }

    @Test
    void secondsUntilRateAgain_afterAnOutage_isTheEndOfTheFirstWindowThatHasIt() {
        // From 2.0 to 4.0 nothing is handled.
        Course outage = course(80, i -> Math.max(Math.min(i, 20), i - 20) * PER_SAMPLE);

        assertThat(outage.secondsUntilRateAgain(95, 0.5, 2, 8).orElseThrow()).isEqualTo(2.5);
        assertThat(outage.secondsUntilRateAgain(95, 0.5, 1.5, 8).orElseThrow()).isEqualTo(3);
        assertThat(outage.secondsUntilRateAgain(50, 0.5, 2, 8).orElseThrow()).isBetween(2.2, 2.4);
        assertThat(outage.secondsUntilRateAgain(95, 0.5, 4, 8).orElseThrow()).isEqualTo(0.5);
        assertThat(outage.secondsUntilRateAgain(95, 0.5, 2, 4)).isEmpty();
    }

    @Test
    void secondsUntilRateAgain_neverBelowIt_isNothing() {
        assertThat(course(80, i -> i * PER_SAMPLE).secondsUntilRateAgain(95, 0.5, 2, 8))
                .hasValue(0);
    }

    @Test
    void mostDead_unknownInBetween_isTheGreatestThatIsKnown() {
        Course course =
                new Course(List.of(new Sample(0, 0, 0, 7), new Sample(1, 0, 0, NOTHING_KNOWN), new Sample(2, 0, 0, 3)));

        assertThat(course.mostDead()).isEqualTo(7);
        assertThat(course.deadRows()).containsExactly(new Plot.Point(0, 7), new Plot.Point(2, 3));
    }

    @Test
    void rates_ofWindows_areThoseBetweenTheirEnds() {
        assertThat(course(10, i -> i * PER_SAMPLE).rates(0.5)).containsExactly(new Plot.Point(0.5, 100));
    }

    private static Course course(int samples, IntUnaryOperator handled) {
        return new Course(IntStream.range(0, samples)
                .mapToObj(i -> new Sample(i / 10.0, (long) i * PER_SAMPLE, handled.applyAsInt(i), NOTHING_KNOWN))
                .toList());
    }
}
