package org.jooqoutbox.dispatch;

import java.util.random.RandomGenerator;

/**
 * The circuit breaker of one kind. Closed, it counts failures in a row; open, it lets one message through from time to time, until one is
 * answered.
 */
final class Breaker {

    private final KindOptions options;
    private final Backoff probes;
    private boolean open;
    private int failures;
    private long firstFailureAt;
    private long probeAt;

    Breaker(KindOptions options, RandomGenerator random) {
        this.options = options;
        this.probes = new Backoff(options.firstProbe(), options.longestProbe(), random);
    }

    boolean isOpen() {
        return open;
    }

    int failures() {
        return failures;
    }

    /** How long until a message may probe the destination. */
    long untilProbe(long now) {
        return Nanos.until(probeAt, now);
    }

    /** A delivery failed in a way that may be the destination's fault. Returns whether this opened it. */
    boolean failed(long now) {
        if (failures++ == 0) {
            firstFailureAt = now;
        }
        if (open) {
            probeAgain(now);
            return false;
        }
        open = options.breaks()
                && failures >= options.failuresInARow()
                && Nanos.reached(firstFailureAt + Nanos.of(options.failingFor()), now);
        if (open) {
            probeAt = now + probes.next();
        }
        return open;
    }

    // What was at work when it opened says nothing new.
    private void probeAgain(long now) {
        if (Nanos.reached(probeAt, now)) {
            probeAt = now + probes.next();
        }
    }

    /** The destination did not fail, which does not mean that it works. */
    void noteNothing(long now) {
        if (open) {
            probeAgain(now);
        } else {
            failures = 0;
        }
    }

    /** Something was delivered. Returns whether this closed it. */
    boolean delivered() {
        boolean closed = open;
        open = false;
        failures = 0;
        probes.reset();
        return closed;
    }
}
