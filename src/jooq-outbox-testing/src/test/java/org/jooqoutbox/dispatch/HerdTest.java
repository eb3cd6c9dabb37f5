package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;
import org.junit.jupiter.api.Test;

/** Twenty dispatchers that were started together, and lost their database together, do not come back together. */
class HerdTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int OUTAGE_ENDS = 120;
    private static final int END = 180;

    private final InMemoryOutboxRepository outbox = new InMemoryOutboxRepository();
    private final SimTime time = new SimTime(outbox);
    private final int[] calls = new int[END + 1];

    @Test
    void twentyWorkers_afterAnOutage_spreadTheirCalls() {
        Scenario scenario = new Scenario(new SplittableRandom(1));
        scenario.calmDown();
        Judge judge = new Judge(outbox, time);
        for (int i = 0; i < 20; i++) {
            new SimWorker(i, scenario, time, outbox, judge, this::counting);
        }
        time.runUntil(END * SECOND);
        assertThat(unevenness(60, OUTAGE_ENDS)).as("during the outage").isLessThan(3);
        assertThat(unevenness(OUTAGE_ENDS, END)).as("after it").isLessThan(3);
        assertThat(judge.violations()).isEmpty();
    }

    private OutboxRepository<Transaction> counting(OutboxRepository<Transaction> behind) {
        return new ForwardingOutbox(behind) {
            @Override
            public Claim claim(ClaimRequest request) {
                count();
                return super.claim(request);
            }

            @Override
            public Optional<Duration> nextDue(Collection<String> kinds) {
                count();
                return super.nextDue(kinds);
            }

            private void count() {
                int second = (int) (time.now() / SECOND);
                calls[second]++;
                if (second >= 30 && second < OUTAGE_ENDS) {
                    throw new IllegalStateException("no database");
                }
            }
        };
    }

    /** The busiest second in multiples of the average, in steps of ten seconds: polls are as long as that here. */
    private double unevenness(int from, int to) {
        int[] sums = new int[(to - from) / 10];
        for (int second = from; second < to; second++) {
            sums[(second - from) / 10] += calls[second];
        }
        double mean = Arrays.stream(sums).average().orElseThrow();
        assertThat(mean).isPositive();
        return Arrays.stream(sums).max().orElseThrow() / mean;
    }
}
