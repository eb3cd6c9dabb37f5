package org.jooqoutbox.dispatch;

import java.time.Duration;

/**
 * Spreads starts evenly over time. A dispatcher that comes a little late may catch up with the last 50 ms, or timers that are not exact would
 * make every rate lower than it says.
 */
final class RateLimit {

    private static final long CATCH_UP = Nanos.of(Duration.ofMillis(50));

    private final long interval;
    private long nextAt;

    /** No limit where the options have none. */
    RateLimit(KindOptions options, long now) {
        this.interval = options.rate()
                .map(messages -> Math.max(1, Nanos.of(options.ratePer()) / messages))
                .orElse(0L);
        this.nextAt = now;
    }

    long until(long now) {
        return interval == 0 ? 0 : Nanos.until(nextAt, now);
    }

    void started(int messages, long now) {
        if (interval == 0) {
            return;
        }
        long earliest = now - Math.min(CATCH_UP, interval * (CATCH_UP / interval));
        long from = Nanos.reached(nextAt, earliest) ? earliest : nextAt;
        nextAt = from + interval * messages;
    }

    /** How many may be started within a second: claiming more would only make them wait. At least one. */
    int perSecond() {
        long messages = interval == 0 ? Integer.MAX_VALUE : Nanos.of(Duration.ofSeconds(1)) / interval;
        return (int) Math.max(1, Math.min(messages, Integer.MAX_VALUE));
    }
}
