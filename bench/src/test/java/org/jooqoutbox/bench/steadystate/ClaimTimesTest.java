package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ClaimTimesTest {

    private static final Percentage THREE_DIGITS = Percentage.withPercentage(0.1);

    private final ClaimTimes times = new ClaimTimes(1_000);

    @Test
    void percentiles_nothingRecorded_areNone() {
        times.advanceTo(1_001);

        assertThat(times.percentiles()).isEmpty();
    }

    @Test
    void percentiles_ofSeveralSeconds_areOfAllTogether() {
        for (int i = 1; i <= 100; i++) {
            times.record(TimeUnit.MILLISECONDS.toMicros(i));
            times.advanceTo(1_000 + i / 10);
        }

        assertThat(times.percentiles()).hasValueSatisfying(all -> {
            assertThat(all.p50()).isCloseTo(50, THREE_DIGITS);
            assertThat(all.p95()).isCloseTo(95, THREE_DIGITS);
            assertThat(all.p99()).isCloseTo(99, THREE_DIGITS);
        });
    }

    @Test
    void percentiles_recordedThirtySecondsAgo_areStillThere() {
        times.record(1);
        times.advanceTo(1_001);
        times.advanceTo(1_030);

        assertThat(times.percentiles()).isPresent();
    }

    @Test
    void percentiles_recordedBeforeThat_areGone() {
        times.record(1);
        times.advanceTo(1_001);
        times.advanceTo(1_031);

        assertThat(times.percentiles()).isEmpty();
    }

    @Test
    void percentiles_oneSecondPerRound_dropThoseThatLeaveTheWindow() {
        times.record(TimeUnit.SECONDS.toMicros(5));
        for (int second = 1_001; second <= 1_100; second++) {
            times.advanceTo(second);
            times.record(1_000);
        }

        assertThat(times.percentiles())
                .hasValueSatisfying(last -> assertThat(last.p99()).isCloseTo(1, THREE_DIGITS));
    }

    @Test
    void record_outOfRange_countsAsTheNearest() {
        times.record(Long.MAX_VALUE);
        times.record(-1);
        times.advanceTo(1_001);

        assertThat(times.percentiles()).hasValueSatisfying(both -> {
            assertThat(both.p50()).isZero();
            assertThat(both.p99()).isCloseTo(3_600_000, THREE_DIGITS);
        });
    }
}
