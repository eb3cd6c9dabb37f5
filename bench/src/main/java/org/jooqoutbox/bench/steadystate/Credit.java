package org.jooqoutbox.bench.steadystate;

import java.util.concurrent.TimeUnit;

/**
 * How many messages are due at a fixed rate: credited by the time that has really passed, so that a slow transaction makes the next ones larger
 * and not the rate smaller. What has been due for more than ten seconds is forgotten: after an outage the load goes on, it does not flood.
 */
final class Credit {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST = 10;

    private final long perSecond;
    private long since;
    private long billionths;

    /**
     * Nothing is due yet.
     *
     * @param now nanoseconds of a clock that does not jump
     */
    Credit(int perSecond, long now) {
        this.perSecond = perSecond;
        this.since = now;
    }

    /** Takes what is due now, but not more than so many. */
    int take(long now, int most) {
        long passed = Math.min(now - since, MOST * SECOND);
        since = now;
        billionths = Math.min(billionths + passed * perSecond, MOST * SECOND * perSecond);
        long taken = Math.min(billionths / SECOND, most);
        billionths -= taken * SECOND;
        return (int) taken;
    }
}
