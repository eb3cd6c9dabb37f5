package org.jooqoutbox.bench;

import java.util.Arrays;
import java.util.Collection;

/** How durations are spread. All of them are kept, so nothing is rounded; fit for some millions. */
final class Percentiles {

    private static final double MICROS_PER_MILLI = 1_000;

    private final long[] sorted;

    private Percentiles(long[] sorted) {
        this.sorted = sorted;
    }

    /** Of these, in microseconds, at least one. */
    static Percentiles ofMicros(Collection<Long> micros) {
        return ofMicros(micros.stream().mapToLong(Long::longValue).toArray());
    }

    /** Likewise. */
    static Percentiles ofMicros(long[] micros) {
        if (micros.length == 0) {
            throw new BenchException("nothing was measured");
        }
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /** The least that is not exceeded by this many of a hundred, in milliseconds. */
    double millis(double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(0, rank - 1)] / MICROS_PER_MILLI;
    }

    /** The greatest, in milliseconds. */
    double maxMillis() {
        return millis(100);
    }

    int count() {
        return sorted.length;
    }
}
