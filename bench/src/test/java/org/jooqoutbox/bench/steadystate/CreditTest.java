package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CreditTest {

    private static final long START = -5; // such clocks begin anywhere
    private static final int ALL = Integer.MAX_VALUE;

    private final Credit credit = new Credit(3, START);

    @Test
    void take_atOnce_isNothing() {
        assertThat(credit.take(START, ALL)).isZero();
    }

    @Test
    void take_inManySmallSteps_losesNoFraction() {
        int taken = 0;
        for (int i = 1; i <= 1_000; i++) {
            taken += credit.take(START + TimeUnit.MILLISECONDS.toNanos(i * 7L), ALL);
        }

        assertThat(taken).isEqualTo(21);
    }

    @Test
    void take_afterAStall_isWhatWasMissed() {
        assertThat(credit.take(START + TimeUnit.SECONDS.toNanos(6), ALL)).isEqualTo(18);
    }

    @Test
    void take_lessThanIsDue_leavesTheRest() {
        long now = START + TimeUnit.SECONDS.toNanos(4);

        assertThat(credit.take(now, 5)).isEqualTo(5);
        assertThat(credit.take(now, 5)).isEqualTo(5);
        assertThat(credit.take(now, 5)).isEqualTo(2);
        assertThat(credit.take(now, 5)).isZero();
    }

    @Test
    void take_afterALongOutage_forgetsWhatIsOlderThanTenSeconds() {
        assertThat(credit.take(START + TimeUnit.HOURS.toNanos(1), ALL)).isEqualTo(30);
    }
}
