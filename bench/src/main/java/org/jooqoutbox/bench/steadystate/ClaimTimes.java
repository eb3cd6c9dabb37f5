package org.jooqoutbox.bench.steadystate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long messages of the last half minute waited for their handlers, to three digits, in bounded memory: a histogram for each second, of which
 * the oldest is used again. Any thread may record; the rest is for one thread.
 */
final class ClaimTimes {

    static final int WINDOW_SECONDS = 30;

    private static final long MOST_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 3;
    private static final double MICROS_PER_MILLI = 1_000;

    private final Recorder recorder = new Recorder(MOST_MICROS, DIGITS);
    private final Deque<Histogram> seconds = new ArrayDeque<>();
    private final Histogram sum = new Histogram(MOST_MICROS, DIGITS);
    private long second;

    /**
     * Percentiles in milliseconds.
     *
     * @param p50 the median
     * @param p95 what 95 of a hundred do not exceed
     * @param p99 what 99 of a hundred do not exceed
     */
    record Percentiles(double p50, double p95, double p99) {}

    /** Begins with the window empty, in this second. */
    ClaimTimes(long second) {
        this.second = second;
        for (int i = 0; i < WINDOW_SECONDS; i++) {
            seconds.add(recorder.getIntervalHistogram());
        }
    }

    /** A handler began with a message that had waited so long; more than an hour counts as one. */
    void record(long micros) {
        recorder.recordValue(Math.min(Math.max(0, micros), MOST_MICROS));
    }

    /** Lets the window end with this second: what was recorded since the last call belongs to the first one after that. */
    void advanceTo(long now) {
        long passed = Math.min(now - second, WINDOW_SECONDS);
        for (long i = 0; i < passed; i++) {
            seconds.add(recorder.getIntervalHistogram(seconds.remove()));
        }
        second = Math.max(second, now);
    }

    /** Of the window; empty if nothing was recorded in it. */
    Optional<Percentiles> percentiles() {
        sum.reset();
        seconds.forEach(sum::add);
        return sum.getTotalCount() == 0
                ? Optional.empty()
                : Optional.of(new Percentiles(millis(50), millis(95), millis(99)));
    }

    private double millis(double percent) {
        return sum.getValueAtPercentile(percent) / MICROS_PER_MILLI;
    }
}
