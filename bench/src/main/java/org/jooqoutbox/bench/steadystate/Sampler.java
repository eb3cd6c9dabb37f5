package org.jooqoutbox.bench.steadystate;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Says how it stands at each multiple of the interval since 1970, so that the samples of several programs are of the same moments. One that it
 * comes too late for is left out.
 */
final class Sampler {

    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int every;
    private final JsonLines lines;
    private final ClaimTimes claimTimes;
    private final Tally tally;
    private final Depth depth;
    private Counts last;

    /** How many there were, and when. */
    private record Counts(long nanos, long enqueued, long completed) {

        double secondsSince(Counts earlier) {
            return (nanos - earlier.nanos) / NANOS_PER_SECOND;
        }
    }

    Sampler(int every, JsonLines lines, ClaimTimes claimTimes, Tally tally, Depth depth) {
        this.every = every;
        this.lines = lines;
        this.claimTimes = claimTimes;
        this.tally = tally;
        this.depth = depth;
        this.last = counts();
    }

    /** Goes on until it is interrupted. */
    void run() throws InterruptedException {
        long next = nextTick(now());
        while (true) {
            awaitNextSecond();
            long second = now();
            claimTimes.advanceTo(second);
            if (second >= next) {
                sample(second - second % every);
                next = nextTick(second);
            }
        }
    }

    private long nextTick(long second) {
        return second - second % every + every;
    }

    private void sample(long tick) throws InterruptedException {
        Counts counts = counts();
        double seconds = counts.secondsSince(last);
        say(tick, claimTimes.percentiles());
        lines.sample(tick, "enqueue_rate", rate(counts.enqueued - last.enqueued, seconds), seconds);
        lines.sample(tick, "completion_rate", rate(counts.completed - last.completed, seconds), seconds);
        last = counts;
        OptionalInt unclaimed = depth.now(PATIENCE);
        lines.sample(
                tick,
                "queue_depth",
                unclaimed.isPresent() ? OptionalDouble.of(unclaimed.getAsInt()) : OptionalDouble.empty(),
                0);
    }

    private void say(long tick, Optional<ClaimTimes.Percentiles> claims) {
        say(tick, "claim_p50_ms", claims, ClaimTimes.Percentiles::p50);
        say(tick, "claim_p95_ms", claims, ClaimTimes.Percentiles::p95);
        say(tick, "claim_p99_ms", claims, ClaimTimes.Percentiles::p99);
    }

    private void say(
            long tick,
            String metric,
            Optional<ClaimTimes.Percentiles> claims,
            ToDoubleFunction<ClaimTimes.Percentiles> which) {
        lines.sample(tick, metric, claims.stream().mapToDouble(which).findFirst(), ClaimTimes.WINDOW_SECONDS);
    }

    private static OptionalDouble rate(long messages, double seconds) {
        return OptionalDouble.of(messages / seconds);
    }

    private Counts counts() {
        return new Counts(System.nanoTime(), tally.enqueued(), tally.completed());
    }

    private static long now() {
        return TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    }

    private static void awaitNextSecond() throws InterruptedException {
        long next = TimeUnit.SECONDS.toMillis(now() + 1);
        for (long left = next - System.currentTimeMillis(); left > 0; left = next - System.currentTimeMillis()) {
            TimeUnit.MILLISECONDS.sleep(left);
        }
    }
}
