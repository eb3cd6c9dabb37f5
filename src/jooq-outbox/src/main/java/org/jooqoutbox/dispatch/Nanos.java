package org.jooqoutbox.dispatch;

import java.time.Duration;

/**
 * Arithmetic on a monotonic clock. Its readings have no meaning of their own, may be negative and may wrap around, so they are only ever
 * compared by their difference.
 */
final class Nanos {

    /** Longer than any wait, and short enough that adding it to a reading cannot pass for the past. */
    static final long FOREVER = Long.MAX_VALUE / 2;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Nanos() {}

    static boolean reached(long at, long now) {
        return now - at >= 0;
    }

    /** How long until then; zero when it is past. */
    static long until(long at, long now) {
        return Math.max(0, at - now);
    }

    /** The length in nanoseconds, or the longest that can be told where it is longer: 292 years. */
    static long of(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : Long.MAX_VALUE;
    }
}
