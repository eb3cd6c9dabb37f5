package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries that come to nothing: each may be twice as long as the one before it, up to a limit, and lies at random in the upper
 * half of that, so that several workers fall out of step.
 */
final class Backoff {

    private final long shortest;
    private final long longest;
    private final RandomGenerator random;
    private long current;

    Backoff(Duration shortest, Duration longest, RandomGenerator random) {
        this.shortest = Nanos.of(shortest);
        this.longest = Nanos.of(longest);
        this.random = random;
        this.current = this.shortest;
    }

    /** The next pause; the one after it will be longer. */
    long next() {
        long pause = same();
        current = current > longest / 2 ? longest : current * 2;
        return pause;
    }

    /** A pause that leaves the next one as it is. */
    long same() {
        return current - random.nextLong(current / 2 + 1);
    }

    /** The next pause is not much shorter than a share of the longest. */
    void atLeast(long share) {
        current = Math.max(current, longest / share);
    }

    void reset() {
        current = shortest;
    }
}
