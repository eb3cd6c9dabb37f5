package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many schedules, each from its seed. {@code -Doutbox.simulation.schedules=1000000} runs more of them, {@code -Doutbox.simulation.seed=42} others,
 * or one alone together with {@code schedules=1}.
 */
class SimulationTest {

    private static final long SCHEDULES = Long.getLong("outbox.simulation.schedules", 2_000);
    private static final long FIRST = Long.getLong("outbox.simulation.seed", 1);

    @Test
    @Timeout(3600)
    void schedules_everythingGoesWrong_noPromiseIsBroken() throws InterruptedException {
        Map<Long, String> violations = new ConcurrentHashMap<>();
        AtomicLong messages = new AtomicLong();
        AtomicLong ordered = new AtomicLong();
        AtomicLong duplicates = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        LongStream.range(FIRST, FIRST + SCHEDULES)
                .forEach(seed -> pool.execute(() -> {
                    Judge judge = SimSchedule.run(seed, UnaryOperator.identity());
                    messages.addAndGet(judge.messages());
                    ordered.addAndGet(judge.ordered());
                    duplicates.addAndGet(judge.duplicates());
                    if (!judge.violations().isEmpty()) {
                        violations.putIfAbsent(seed, judge.violations().get(0));
                    }
                }));
        pool.shutdown();
        assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
        System.out.printf(
                "%d schedules from seed %d: %d messages, %d of them in an order, %d delivered more than once,"
                        + " %d schedules with violations%n",
                SCHEDULES, FIRST, messages.get(), ordered.get(), duplicates.get(), violations.size());
        assertThat(violations).isEmpty();
        assertThat(messages.get()).isGreaterThan(SCHEDULES);
        assertThat(ordered.get()).isGreaterThan(SCHEDULES);
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(600)
    void schedules_withAPlantedBug_areCaughtSoon(PlantedBug bug) {
        long tries = LongStream.rangeClosed(1, 2000)
                .filter(seed -> !SimSchedule.run(seed, bug::in).violations().isEmpty())
                .findFirst()
                .orElseThrow(() -> new AssertionError("2000 schedules did not notice " + bug));
        System.out.printf("%s: found by schedule %d%n", bug, tries);
    }
}
