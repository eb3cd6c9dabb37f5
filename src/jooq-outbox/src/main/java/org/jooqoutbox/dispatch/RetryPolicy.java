package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a message whose delivery failed is tried again, and when it is given up. Immutable.
 *
 * <pre>{@code
 * RetryPolicy.exponential(Duration.ofSeconds(5)).cap(Duration.ofMinutes(10)).maxFailures(20)
 * }</pre>
 *
 * <p>Pauses are random within bounds, so that messages that failed together, in an outage, do not return together. Only failures of the
 * handler count: not deliveries that were never started, and not those whose process ended.
 */
public final class RetryPolicy {

    private static final int DEFAULT_MAX_FAILURES = 10;
    private static final long DEFAULT_CAP = Nanos.of(Duration.ofHours(1));
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final boolean growing;
    private final long initial;
    private final long cap;
    private final int maxFailures;

    private RetryPolicy(boolean growing, long initial, long cap, int maxFailures) {
        this.growing = growing;
        this.initial = initial;
        this.cap = cap;
        this.maxFailures = maxFailures;
    }

    /**
     * Pauses whose bound begins with this one and doubles with each failure, up to the {@link #cap}. The pause itself lies anywhere between a
     * tenth of the bound and all of it. It gives up after 10 failures unless told otherwise.
     *
     * @param initial above zero; usually seconds
     * @throws IllegalArgumentException if it is not
     */
    public static RetryPolicy exponential(Duration initial) {
        long nanos = requirePositive(initial, "the first pause");
        return new RetryPolicy(true, nanos, Math.max(nanos, DEFAULT_CAP), DEFAULT_MAX_FAILURES);
    }

    /**
     * The same pause after each failure, lengthened by up to a tenth at random. It gives up after 10 failures unless told otherwise.
     *
     * @param pause above zero
     * @throws IllegalArgumentException if it is not
     */
    public static RetryPolicy fixed(Duration pause) {
        return new RetryPolicy(false, requirePositive(pause, "the pause"), Long.MAX_VALUE, DEFAULT_MAX_FAILURES);
    }

    static RetryPolicy standard() {
        return exponential(Duration.ofSeconds(5));
    }

    /**
     * No pause is longer than this. Default: one hour, or the first pause where that is longer; none for fixed pauses.
     *
     * @param cap at least the first pause
     * @throws IllegalArgumentException if it is shorter
     */
    public RetryPolicy cap(Duration cap) {
        long nanos = requirePositive(cap, "the cap");
        if (nanos < initial) {
            throw new IllegalArgumentException(
                    "a cap of " + cap + " is below the first pause of " + Duration.ofNanos(initial));
        }
        return new RetryPolicy(growing, initial, nanos, maxFailures);
    }

    /**
     * With this failure the message becomes a dead letter. Default: 10.
     *
     * @param maxFailures at least 1, which means: no second try
     * @throws IllegalArgumentException if it is less
     */
    public RetryPolicy maxFailures(int maxFailures) {
        if (maxFailures < 1) {
            throw new IllegalArgumentException("maxFailures must be at least 1, not " + maxFailures);
        }
        return new RetryPolicy(growing, initial, cap, maxFailures);
    }

    /** Never gives up: a message that cannot be delivered is tried until it is removed by hand. */
    public RetryPolicy unlimited() {
        return new RetryPolicy(growing, initial, cap, UNLIMITED);
    }

    /**
     * How long to wait after this failure.
     *
     * @param failures how many there were, this one included; less than one counts as one
     * @return nothing when the message is to be given up
     */
    Optional<Duration> retryAfter(int failures, RandomGenerator random) {
        if (failures >= maxFailures && maxFailures != UNLIMITED) {
            return Optional.empty();
        }
        long pause = growing ? growingPause(failures, random) : fixedPause(random);
        return Optional.of(Duration.ofNanos(pause));
    }

    // Full jitter spreads best, but down to zero it would retry some messages at once and use up their failures in no
    // time: hence the tenth.
    private long growingPause(int failures, RandomGenerator random) {
        long bound = bound(failures);
        return bound - random.nextLong(bound - bound / 10);
    }

    private long fixedPause(RandomGenerator random) {
        long jitter = random.nextLong(initial / 10 + 1);
        return jitter > cap - initial ? cap : initial + jitter;
    }

    private long bound(int failures) {
        int doublings = Math.max(0, failures - 1);
        boolean overflows = doublings >= Long.numberOfLeadingZeros(initial) - 1;
        return overflows ? cap : Math.min(initial << doublings, cap);
    }

    private static long requirePositive(Duration duration, String what) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be above zero, not " + duration);
        }
        return Nanos.of(duration);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RetryPolicy that
                && growing == that.growing
                && initial == that.initial
                && cap == that.cap
                && maxFailures == that.maxFailures;
    }

    @Override
    public int hashCode() {
        return Objects.hash(growing, initial, cap, maxFailures);
    }

    /** One short line, as the log shows it. */
    @Override
    public String toString() {
        String pauses = growing
                ? Duration.ofNanos(initial) + " doubling to " + Duration.ofNanos(cap)
                : "each " + Duration.ofNanos(initial);
        return pauses + (maxFailures == UNLIMITED ? " without end" : " up to " + maxFailures + " failures");
    }
}
