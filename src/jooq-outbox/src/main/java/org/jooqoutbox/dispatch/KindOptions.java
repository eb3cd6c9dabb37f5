package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Worker} or {@link Drainer} does differently for one kind of messages. Immutable.
 *
 * <pre>{@code
 * KindOptions.defaults().concurrency(2).rate(50, Duration.ofSeconds(1)).retry(RetryPolicy.fixed(Duration.ofMinutes(1)))
 * }</pre>
 *
 * <p>All of it holds for one dispatcher: three replicas may do three times as much.
 *
 * <p><b>The circuit breaker.</b> When a destination is down, every message of its kind fails, and in an hour all of them would be dead letters.
 * So after {@link #breakAfter 20 failures in a row over at least 10 s} the kind is not claimed any more, and what waits is given back with
 * nothing counted. Then single messages probe the destination, first after 1 s, later after pauses of 15 to 30 s; their failures count neither. The first that
 * succeeds closes the breaker. Exceptions that the retry policy never retries, and the outcomes retry, postpone and dead, are no failures of the
 * destination. A kind whose messages go to many destinations should do {@link #withoutBreaker without}.
 */
public final class KindOptions {

    private static final KindOptions DEFAULTS = new KindOptions();

    private @Nullable RetryPolicy retry;
    private @Nullable Duration deadline;
    private @Nullable Integer concurrency;
    private @Nullable Integer rate;
    private Duration ratePer = Duration.ofSeconds(1);
    private int batch = 100;
    private boolean breaks = true;
    private int failuresInARow = 20;
    private Duration failingFor = Duration.ofSeconds(10);
    private Duration firstProbe = Duration.ofSeconds(1);
    private Duration longestProbe = Duration.ofSeconds(30);

    private KindOptions() {}

    private KindOptions(KindOptions other) {
        retry = other.retry;
        deadline = other.deadline;
        concurrency = other.concurrency;
        rate = other.rate;
        ratePer = other.ratePer;
        batch = other.batch;
        breaks = other.breaks;
        failuresInARow = other.failuresInARow;
        failingFor = other.failingFor;
        firstProbe = other.firstProbe;
        longestProbe = other.longestProbe;
    }

    /** Nothing different. */
    public static KindOptions defaults() {
        return DEFAULTS;
    }

    /** How failures of this kind are retried. Default: as the dispatcher's {@code retry} says. */
    public KindOptions retry(RetryPolicy policy) {
        KindOptions copy = new KindOptions(this);
        copy.retry = Objects.requireNonNull(policy, "policy");
        return copy;
    }

    /**
     * How long a handler of this kind may take. Default: the dispatcher's {@code handlerDeadline}.
     *
     * @param deadline from 1 ms, shorter than the lease
     * @throws IllegalArgumentException if it is not
     */
    public KindOptions deadline(Duration deadline) {
        KindOptions copy = new KindOptions(this);
        copy.deadline = DispatchBuilder.requireTime(deadline, "deadline");
        return copy;
    }

    /**
     * How many handlers of this kind run at once. Default: as many as the dispatcher's {@code concurrency} leaves it.
     *
     * @param concurrency from 1; what exceeds the dispatcher's {@code concurrency} has no effect
     * @throws IllegalArgumentException if it is not
     */
    public KindOptions concurrency(int concurrency) {
        KindOptions copy = new KindOptions(this);
        copy.concurrency = DispatchBuilder.requireCount(concurrency, "concurrency");
        return copy;
    }

    /**
     * How many messages of this kind are started in a time, evenly spread. Default: as many as there are.
     *
     * @param messages from 1 to 10,000
     * @param per from 1 ms to 1 day
     * @throws IllegalArgumentException if one of them is not
     */
    public KindOptions rate(int messages, Duration per) {
        KindOptions copy = new KindOptions(this);
        copy.rate = DispatchBuilder.requireCount(messages, "rate");
        copy.ratePer = DispatchBuilder.requireTime(per, "the time of a rate");
        return copy;
    }

    /**
     * How many messages a batch handler is given at once, at most; it has no effect on others. The dispatcher's {@code batch} and
     * {@code maxWaiting} bound it, too, as does a rate: what is claimed within a second. Default: 100.
     *
     * @param messages from 1 to 10,000
     * @throws IllegalArgumentException if it is not
     */
    public KindOptions batch(int messages) {
        KindOptions copy = new KindOptions(this);
        copy.batch = DispatchBuilder.requireCount(messages, "batch");
        return copy;
    }

    /**
     * When the circuit breaker opens: after so many failures in a row, over at least so long. Default: 20 over 10 s.
     *
     * @param failures from 1 to 10,000
     * @param over from zero to 1 day
     * @throws IllegalArgumentException if one of them is not
     */
    public KindOptions breakAfter(int failures, Duration over) {
        KindOptions copy = new KindOptions(this);
        copy.breaks = true;
        copy.failuresInARow = DispatchBuilder.requireCount(failures, "the failures after which a breaker opens");
        copy.failingFor =
                over.isZero() ? over : DispatchBuilder.requireTime(over, "the time after which a breaker opens");
        return copy;
    }

    /** Has no circuit breaker. */
    public KindOptions withoutBreaker() {
        KindOptions copy = new KindOptions(this);
        copy.breaks = false;
        return copy;
    }

    /**
     * The pause before the first probe while the circuit breaker is open, and the one to which it doubles while probes fail. Default: 1 s and
     * 30 s.
     *
     * @param first from 1 ms
     * @param longest from the first to 1 day
     * @throws IllegalArgumentException if one of them is not
     */
    public KindOptions probeEvery(Duration first, Duration longest) {
        DispatchBuilder.requireTime(first, "the pause before the first probe");
        DispatchBuilder.requireTime(longest, "the pause between probes");
        if (first.compareTo(longest) > 0) {
            throw new IllegalArgumentException("the pause before the first probe of " + first
                    + " must not be longer than the longest of " + longest);
        }
        KindOptions copy = new KindOptions(this);
        copy.firstProbe = first;
        copy.longestProbe = longest;
        return copy;
    }

    Optional<RetryPolicy> retry() {
        return Optional.ofNullable(retry);
    }

    Optional<Duration> deadline() {
        return Optional.ofNullable(deadline);
    }

    Optional<Integer> concurrency() {
        return Optional.ofNullable(concurrency);
    }

    Optional<Integer> rate() {
        return Optional.ofNullable(rate);
    }

    Duration ratePer() {
        return ratePer;
    }

    int batch() {
        return batch;
    }

    boolean breaks() {
        return breaks;
    }

    int failuresInARow() {
        return failuresInARow;
    }

    Duration failingFor() {
        return failingFor;
    }

    Duration firstProbe() {
        return firstProbe;
    }

    Duration longestProbe() {
        return longestProbe;
    }

    /** What differs from the defaults, but for the retry policy. */
    String describe() {
        List<String> parts = new ArrayList<>();
        deadline().ifPresent(some -> parts.add("deadline " + some));
        concurrency().ifPresent(some -> parts.add("concurrency " + some));
        rate().ifPresent(some -> parts.add("rate " + some + " per " + ratePer));
        if (batch != DEFAULTS.batch) {
            parts.add("batch " + batch);
        }
        if (!breaks) {
            parts.add("no breaker");
        } else if (failuresInARow != DEFAULTS.failuresInARow || !failingFor.equals(DEFAULTS.failingFor)) {
            parts.add("breaks after " + failuresInARow + " failures over " + failingFor);
        }
        if (breaks && !(firstProbe.equals(DEFAULTS.firstProbe) && longestProbe.equals(DEFAULTS.longestProbe))) {
            parts.add("probes every " + firstProbe + " to " + longestProbe);
        }
        return String.join(", ", parts);
    }

    /** What differs from the defaults, on one line. */
    @Override
    public String toString() {
        String rest = describe();
        String all = retry == null ? rest : "retry " + retry + (rest.isEmpty() ? "" : ", " + rest);
        return all.isEmpty() ? "as usual" : all;
    }
}
