package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    private static final Duration NEW = Duration.ZERO;

    private final Exception error = new IllegalStateException("no");
    private final SplittableRandom random = new SplittableRandom(42);

    private Duration pause(RetryPolicy policy, int failures) {
        return policy.retryAfter(failures, NEW, error, random).orElseThrow();
    }

    @Test
    void retryAfter_exponential_liesBetweenATenthOfTheBoundAndTheBound() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(5));
        for (int failures = 1; failures <= 9; failures++) {
            Duration bound = Duration.ofSeconds(Math.min(5L << (failures - 1), 3600));
            for (int i = 0; i < 1000; i++) {
                assertThat(pause(policy, failures)).isBetween(bound.dividedBy(10), bound);
            }
        }
    }

    // U5: one counter. The first failure waits the first pause, the tenth is the last.
    @Test
    void retryAfter_defaults_giveUpWithTheTenthFailure() {
        RetryPolicy policy = RetryPolicy.standard();
        assertThat(policy.retryAfter(9, NEW, error, random)).isPresent();
        assertThat(policy.retryAfter(10, NEW, error, random)).isEmpty();
        assertThat(policy.retryAfter(Integer.MAX_VALUE, NEW, error, random)).isEmpty();
        assertThat(policy)
                .isEqualTo(RetryPolicy.exponential(Duration.ofSeconds(5)).cap(Duration.ofHours(1)));
    }

    @Test
    void maxFailures_one_allowsNoSecondTry() {
        RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(1));
        assertThat(policy.maxFailures(1).retryAfter(1, NEW, error, random)).isEmpty();
        assertThat(policy.maxFailures(2).retryAfter(1, NEW, error, random)).isPresent();
        assertThat(policy.maxFailures(2).retryAfter(2, NEW, error, random)).isEmpty();
    }

    @Test
    void unlimited_anyNumberOfFailures_goesOn() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(5)).unlimited();
        assertThat(pause(policy, Integer.MAX_VALUE)).isBetween(Duration.ofMinutes(6), Duration.ofHours(1));
    }

    // U15: no pause is ever zero, negative or above the cap, whatever the counter and the durations.
    @Test
    void retryAfter_anyFailuresAndDurations_staysWithinBounds() {
        for (int i = 0; i < 200_000; i++) {
            Duration initial = anyDuration();
            Duration cap = anyDuration();
            boolean useCap = cap.compareTo(initial) >= 0;
            RetryPolicy policy = RetryPolicy.exponential(initial).unlimited();
            RetryPolicy capped = useCap ? policy.cap(cap) : policy;
            int failures = anyFailures();
            Duration pause = pause(capped, failures);
            Duration most = useCap ? cap : longer(initial, Duration.ofHours(1));
            Duration fixed = pause(RetryPolicy.fixed(initial).unlimited(), failures);
            boolean holds = !pause.isNegative()
                    && !pause.isZero()
                    && pause.compareTo(most) <= 0
                    && fixed.compareTo(saturated(initial)) >= 0;
            if (!holds) {
                fail("%s failures with %s capped at %s: %s, fixed %s", failures, initial, most, pause, fixed);
            }
        }
    }

    @Test
    void retryAfter_growingCounter_neverShortensTheBound() {
        RandomGenerator longest = () -> 0; // nextLong(bound) gives 0, so that the pause is the whole bound
        for (Duration initial : List.of(Duration.ofNanos(1), Duration.ofSeconds(5), Duration.ofHours(7), LONGEST)) {
            RetryPolicy policy = RetryPolicy.exponential(initial).cap(LONGEST).unlimited();
            Duration before = Duration.ZERO;
            for (int failures = 1; failures < 200; failures++) {
                Duration bound =
                        policy.retryAfter(failures, NEW, error, longest).orElseThrow();
                assertThat(bound).isGreaterThanOrEqualTo(before);
                before = bound;
            }
            assertThat(before).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
        }
    }

    // U16: what failed together does not return together.
    @Test
    void retryAfter_sameFailure_spreadsOverTheWholeRange() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(10));
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            pauses.add(pause(policy, 1));
        }
        for (int second = 1; second < 10; second++) {
            Duration from = Duration.ofSeconds(second);
            assertThat(pauses.stream().filter(p -> p.compareTo(from) >= 0 && p.compareTo(from.plusSeconds(1)) < 0))
                    .as("within a second from %s", from)
                    .hasSizeBetween(900, 1300);
        }
        assertThat(pause(RetryPolicy.fixed(Duration.ofSeconds(10)), 1))
                .isNotEqualTo(pause(RetryPolicy.fixed(Duration.ofSeconds(10)), 1));
    }

    @Test
    void fixed_anyFailure_waitsAtLeastThePauseAndAtMostATenthMore() {
        RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(10));
        for (int i = 0; i < 1000; i++) {
            assertThat(pause(policy, 1 + i % 9)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        }
        assertThat(pause(policy.cap(Duration.ofSeconds(10)), 1)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void schedule_failures_waitAsListedAndGiveUpAfterTheLast() {
        RetryPolicy policy = RetryPolicy.schedule(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(10));
        assertThat(pause(policy, 1)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1100));
        assertThat(pause(policy, 2)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(66));
        assertThat(pause(policy, 3)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        assertThat(policy.retryAfter(4, NEW, error, random)).isEmpty();
        assertThat(pause(policy.unlimited(), Integer.MAX_VALUE))
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        assertThat(pause(policy.cap(Duration.ofSeconds(30)), 2)).isEqualTo(Duration.ofSeconds(30));
    }

    /** Returns the lowest or the highest number asked for. */
    private record Extreme(boolean highest) implements RandomGenerator {

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException("no bound");
        }

        @Override
        public long nextLong(long bound) {
            return highest ? bound - 1 : 0;
        }
    }

    // The table in docs/tuning.md.
    @Test
    void pauses_untilGivenUp_addUpAsTheTuningPageSays() {
        RetryPolicy standard = RetryPolicy.standard();
        assertAddsUp(standard, 10, Duration.parse("PT4M15.5S"), Duration.parse("PT42M35S"));
        assertAddsUp(standard.maxFailures(15), 15, Duration.parse("PT32M31.5S"), Duration.parse("PT5H25M15S"));
        assertAddsUp(standard.maxFailures(20), 20, Duration.parse("PT1H2M31.5S"), Duration.parse("PT10H25M15S"));
        RetryPolicy capped = standard.cap(Duration.ofMinutes(10)).maxFailures(20);
        assertAddsUp(capped, 20, Duration.parse("PT13M3.5S"), Duration.parse("PT2H10M35S"));
        RetryPolicy fixed = RetryPolicy.fixed(Duration.ofMinutes(1));
        assertAddsUp(fixed, 10, Duration.parse("PT9M"), Duration.parse("PT9M54S"));
        RetryPolicy schedule = RetryPolicy.schedule(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1));
        assertAddsUp(schedule, 4, Duration.parse("PT1H11M"), Duration.parse("PT1H18M6S"));
    }

    private void assertAddsUp(RetryPolicy policy, int failures, Duration least, Duration most) {
        Duration low = sum(policy, failures, new Extreme(false));
        Duration high = sum(policy, failures, new Extreme(true));
        assertThat(shorter(low, high)).isCloseTo(least, Duration.ofMillis(1));
        assertThat(longer(low, high)).isCloseTo(most, Duration.ofMillis(1));
        assertThat(policy.retryAfter(failures, NEW, error, random)).isEmpty();
    }

    private Duration sum(RetryPolicy policy, int failures, RandomGenerator extreme) {
        Duration sum = Duration.ZERO;
        for (int failure = 1; failure < failures; failure++) {
            sum = sum.plus(policy.retryAfter(failure, NEW, error, extreme).orElseThrow());
        }
        return sum;
    }

    @Test
    void maxAge_reached_givesUpWhateverTheNumberOfFailures() {
        RetryPolicy policy =
                RetryPolicy.fixed(Duration.ofSeconds(1)).unlimited().maxAge(Duration.ofHours(1));
        assertThat(policy.retryAfter(1000, Duration.ofMinutes(59), error, random))
                .isPresent();
        assertThat(policy.retryAfter(1, Duration.ofHours(1), error, random)).isEmpty();
        RetryPolicy both = policy.maxFailures(3);
        assertThat(both.retryAfter(3, NEW, error, random)).isEmpty();
        assertThat(both.retryAfter(2, NEW, error, random)).isPresent();
    }

    @Test
    void neverRetry_exceptionOfThatTypeOrASubtype_givesUpAtOnce() {
        RetryPolicy policy = RetryPolicy.standard().neverRetry(IllegalArgumentException.class);
        assertThat(policy.retryAfter(1, NEW, new NumberFormatException("no"), random))
                .isEmpty();
        assertThat(policy.retryAfter(1, NEW, new RuntimeException(new IllegalArgumentException()), random))
                .as("its cause does not count")
                .isPresent();
    }

    @Test
    void alwaysRetry_exceptionOfThatType_goesOnBeyondTheLimits() {
        RetryPolicy policy = RetryPolicy.standard()
                .maxFailures(1)
                .maxAge(Duration.ofSeconds(1))
                .alwaysRetry(IllegalArgumentException.class);
        assertThat(policy.retryAfter(5, Duration.ofDays(1), new NumberFormatException("no"), random))
                .isPresent();
        assertThat(policy.retryAfter(5, Duration.ofDays(1), error, random)).isEmpty();
        RetryPolicy narrowed = policy.neverRetry(NumberFormatException.class);
        assertThat(narrowed.retryAfter(5, NEW, new NumberFormatException("no"), random))
                .isEmpty();
    }

    @Test
    void exponential_firstPauseAboveTheDefaultCap_isItsOwnCap() {
        assertThat(pause(RetryPolicy.exponential(Duration.ofHours(30)), 5))
                .isBetween(Duration.ofHours(3), Duration.ofHours(30));
    }

    @Test
    void policy_valueOutOfRange_isRefusedWithASentence() {
        assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the first pause must be above zero, not PT0S");
        assertThatThrownBy(() -> RetryPolicy.fixed(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the pause must be above zero, not PT-1S");
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(5));
        assertThatThrownBy(() -> policy.cap(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a cap of PT1S is below the first pause of PT5S");
        assertThatThrownBy(() -> policy.maxFailures(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxFailures must be at least 1, not 0");
        assertThatThrownBy(() -> RetryPolicy.schedule(Duration.ofSeconds(1), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("each pause must be above zero, not PT0S");
        assertThatThrownBy(() -> policy.maxAge(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAge must be above zero, not PT0S");
        assertThatThrownBy(() -> policy.neverRetry(Error.class).alwaysRetry(Error.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("java.lang.Error cannot be retried both always and never");
    }

    @Test
    void toString_policies_sayWhatTheyDo() {
        assertThat(RetryPolicy.standard()).hasToString("PT5S doubling to PT1H up to 10 failures");
        assertThat(RetryPolicy.fixed(Duration.ofMinutes(1)).unlimited()).hasToString("each PT1M without end");
        assertThat(RetryPolicy.schedule(Duration.ofSeconds(1), Duration.ofMinutes(1))
                        .maxAge(Duration.ofDays(1))
                        .neverRetry(IllegalArgumentException.class)
                        .alwaysRetry(InterruptedException.class))
                .hasToString("[PT1S, PT1M] up to 3 failures or an age of PT24H,"
                        + " never after [IllegalArgumentException], always after [InterruptedException]");
    }

    private int anyFailures() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(70);
            case 2 -> Integer.MAX_VALUE - random.nextInt(3);
            default -> Integer.MIN_VALUE + random.nextInt(3);
        };
    }

    private Duration anyDuration() {
        return switch (random.nextInt(4)) {
            case 0 -> Duration.ofNanos(1 + random.nextInt(10));
            case 1 -> Duration.ofMillis(1 + random.nextInt(100_000_000));
            case 2 -> Duration.ofSeconds(random.nextLong(Long.MAX_VALUE), 1);
            default -> LONGEST;
        };
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration saturated(Duration duration) {
        return Duration.ofNanos(Nanos.of(duration));
    }
}
