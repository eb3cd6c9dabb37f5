package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final RandomGenerator NO_JITTER = () -> 0;

    private static Backoff backoff(RandomGenerator random) {
        return new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), random);
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    @Test
    void next_repeatedly_doublesUpToTheLongest() {
        Backoff backoff = backoff(NO_JITTER);
        for (long expected : new long[] {50, 100, 200, 400, 800, 1000, 1000}) {
            assertThat(millis(backoff.next())).isEqualTo(expected);
        }
    }

    @Test
    void same_repeatedly_doesNotGrow() {
        Backoff backoff = backoff(NO_JITTER);
        backoff.next();
        assertThat(millis(backoff.same())).isEqualTo(100);
        assertThat(millis(backoff.same())).isEqualTo(100);
    }

    @Test
    void reset_afterGrowth_beginsAgain() {
        Backoff backoff = backoff(NO_JITTER);
        backoff.next();
        backoff.next();
        backoff.reset();
        assertThat(millis(backoff.next())).isEqualTo(50);
    }

    // U16: pauses of several workers fall apart, and never vanish.
    @Test
    void same_jitter_coversTheUpperHalf() {
        Backoff backoff = backoff(new SplittableRandom(3));
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long pause = backoff.same();
            least = Math.min(least, pause);
            most = Math.max(most, pause);
        }
        assertThat(Duration.ofNanos(least)).isBetween(Duration.ofMillis(25), Duration.ofMillis(26));
        assertThat(Duration.ofNanos(most)).isBetween(Duration.ofMillis(49), Duration.ofMillis(50));
    }

    @Test
    void next_longestDuration_doesNotOverflow() {
        Backoff backoff =
                new Backoff(Duration.ofNanos(Long.MAX_VALUE - 1), Duration.ofNanos(Long.MAX_VALUE), NO_JITTER);
        backoff.next();
        assertThat(backoff.next()).isEqualTo(Long.MAX_VALUE);
    }
}
