package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    private enum Form {
        EXPONENTIAL,
        FIXED,
        SCHEDULE
    }

    private final Form form;
    private final List<Long> pauses;
    private long cap = Long.MAX_VALUE;
    private int maxFailures = DEFAULT_MAX_FAILURES;
    private @Nullable Duration maxAge;
    private Set<Class<? extends Throwable>> never = Set.of();
    private Set<Class<? extends Throwable>> always = Set.of();

    private RetryPolicy(Form form, List<Long> pauses) {
        this.form = form;
        this.pauses = pauses;
    }

    private RetryPolicy(RetryPolicy other) {
        this(other.form, other.pauses);
        cap = other.cap;
        maxFailures = other.maxFailures;
        maxAge = other.maxAge;
        never = other.never;
        always = other.always;
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
        RetryPolicy policy = new RetryPolicy(Form.EXPONENTIAL, List.of(nanos));
        policy.cap = Math.max(nanos, DEFAULT_CAP);
        return policy;
    }

    /**
     * The same pause after each failure, lengthened by up to a tenth at random. It gives up after 10 failures unless told otherwise.
     *
     * @param pause above zero
     * @throws IllegalArgumentException if it is not
     */
    public static RetryPolicy fixed(Duration pause) {
        return new RetryPolicy(Form.FIXED, List.of(requirePositive(pause, "the pause")));
    }

    /**
     * These pauses, one after the other, each lengthened by up to a tenth at random. It gives up with the failure after the last of them; if
     * told to go on longer, the last one repeats.
     *
     * @param first above zero, as are all
     * @throws IllegalArgumentException if one of them is not
     */
    public static RetryPolicy schedule(Duration first, Duration... more) {
        List<Long> pauses = Stream.concat(Stream.of(first), Arrays.stream(more))
                .map(pause -> requirePositive(pause, "each pause"))
                .toList();
        RetryPolicy policy = new RetryPolicy(Form.SCHEDULE, pauses);
        policy.maxFailures = pauses.size() + 1;
        return policy;
    }

    static RetryPolicy standard() {
        return exponential(Duration.ofSeconds(5));
    }

    /**
     * No pause is longer than this. Default: one hour, or the first pause where that is longer; none for fixed pauses and schedules.
     *
     * @param cap at least the first pause
     * @throws IllegalArgumentException if it is shorter
     */
    public RetryPolicy cap(Duration cap) {
        long nanos = requirePositive(cap, "the cap");
        if (nanos < pauses.get(0)) {
            throw new IllegalArgumentException(
                    "a cap of " + cap + " is below the first pause of " + Duration.ofNanos(pauses.get(0)));
        }
        RetryPolicy copy = new RetryPolicy(this);
        copy.cap = nanos;
        return copy;
    }

    /**
     * With this failure the message becomes a dead letter. Default: 10; one more than there are pauses for a schedule.
     *
     * @param maxFailures at least 1, which means: no second try
     * @throws IllegalArgumentException if it is less
     */
    public RetryPolicy maxFailures(int maxFailures) {
        if (maxFailures < 1) {
            throw new IllegalArgumentException("maxFailures must be at least 1, not " + maxFailures);
        }
        RetryPolicy copy = new RetryPolicy(this);
        copy.maxFailures = maxFailures;
        return copy;
    }

    /** Does not give up because of the number of failures. Without a {@link #maxAge} a message is tried until it is removed by hand. */
    public RetryPolicy unlimited() {
        RetryPolicy copy = new RetryPolicy(this);
        copy.maxFailures = UNLIMITED;
        return copy;
    }

    /**
     * The first failure of a message at this age or above makes it a dead letter, whatever their number. The age counts from the enqueue: a
     * dead letter that is replayed later than that gets one try. Default: none.
     *
     * @param maxAge above zero
     * @throws IllegalArgumentException if it is not
     */
    public RetryPolicy maxAge(Duration maxAge) {
        requirePositive(maxAge, "maxAge");
        RetryPolicy copy = new RetryPolicy(this);
        copy.maxAge = maxAge;
        return copy;
    }

    /**
     * A failure with an exception of this type, or a subtype, makes the message a dead letter at once: no other try could succeed. What was
     * thrown counts, not its causes. Adds to those given before. Default: none.
     *
     * @throws IllegalArgumentException if it is always retried
     */
    public RetryPolicy neverRetry(Class<? extends Throwable> type) {
        RetryPolicy copy = new RetryPolicy(this);
        copy.never = with(never, type);
        return copy.requireDisjoint();
    }

    /**
     * A failure with an exception of this type, or a subtype, never makes the message a dead letter, whatever the limits; but one that is also of
     * a type that is {@link #neverRetry never retried} does. What was thrown counts, not its causes. Adds to those given before. Default: none.
     *
     * @throws IllegalArgumentException if it is never retried
     */
    public RetryPolicy alwaysRetry(Class<? extends Throwable> type) {
        RetryPolicy copy = new RetryPolicy(this);
        copy.always = with(always, type);
        return copy.requireDisjoint();
    }

    private static Set<Class<? extends Throwable>> with(
            Set<Class<? extends Throwable>> types, Class<? extends Throwable> type) {
        Set<Class<? extends Throwable>> more = new LinkedHashSet<>(types);
        more.add(Objects.requireNonNull(type, "type"));
        return more;
    }

    private RetryPolicy requireDisjoint() {
        for (Class<? extends Throwable> type : never) {
            if (always.contains(type)) {
                throw new IllegalArgumentException(type.getName() + " cannot be retried both always and never");
            }
        }
        return this;
    }

    /**
     * How long to wait after this failure.
     *
     * @param failures how many there were, this one included; less than one counts as one
     * @param age how old the message is
     * @return nothing when the message is to be given up
     */
    Optional<Duration> retryAfter(int failures, Duration age, Throwable cause, RandomGenerator random) {
        boolean ends = neverRetries(cause) || (!isOneOf(always, cause) && givesUp(failures, age));
        return ends ? Optional.empty() : Optional.of(pause(failures, random));
    }

    /** Whether an exception like this is the message's end. */
    boolean neverRetries(Throwable cause) {
        return isOneOf(never, cause);
    }

    /** Whether this failure is beyond a limit. */
    boolean givesUp(int failures, Duration age) {
        return (failures >= maxFailures && maxFailures != UNLIMITED) || (maxAge != null && age.compareTo(maxAge) >= 0);
    }

    private static boolean isOneOf(Set<Class<? extends Throwable>> types, Throwable cause) {
        return types.stream().anyMatch(type -> type.isInstance(cause));
    }

    /** How long to wait after this failure, whatever the limits. */
    Duration pause(int failures, RandomGenerator random) {
        return Duration.ofNanos(form == Form.EXPONENTIAL ? growing(failures, random) : listed(failures, random));
    }

    // Full jitter spreads best, but down to zero it would retry some messages at once and use up their failures in no
    // time: hence the tenth.
    private long growing(int failures, RandomGenerator random) {
        long bound = bound(failures);
        return bound - random.nextLong(bound - bound / 10);
    }

    private long listed(int failures, RandomGenerator random) {
        int last = pauses.size() - 1;
        long pause = Math.min(cap, pauses.get(Math.min(last, Math.max(0, failures - 1))));
        long jitter = random.nextLong(pause / 10 + 1);
        return jitter > cap - pause ? cap : pause + jitter;
    }

    private long bound(int failures) {
        long initial = pauses.get(0);
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
                && form == that.form
                && pauses.equals(that.pauses)
                && cap == that.cap
                && maxFailures == that.maxFailures
                && Objects.equals(maxAge, that.maxAge)
                && never.equals(that.never)
                && always.equals(that.always);
    }

    @Override
    public int hashCode() {
        return Objects.hash(form, pauses, cap, maxFailures, maxAge, never, always);
    }

    /** One short line, as the log shows it. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(describePauses());
        line.append(maxFailures == UNLIMITED ? " without end" : " up to " + maxFailures + " failures");
        if (maxAge != null) {
            line.append(" or an age of ").append(maxAge);
        }
        return line.append(describe(", never after ", never))
                .append(describe(", always after ", always))
                .toString();
    }

    private String describePauses() {
        Duration first = Duration.ofNanos(pauses.get(0));
        return switch (form) {
            case EXPONENTIAL -> first + " doubling to " + Duration.ofNanos(cap);
            case FIXED -> "each " + first;
            case SCHEDULE -> pauses.stream().map(Duration::ofNanos).toList().toString();
        };
    }

    private static String describe(String what, Set<Class<? extends Throwable>> types) {
        return types.isEmpty()
                ? ""
                : what + types.stream().map(Class::getSimpleName).toList();
    }
}
