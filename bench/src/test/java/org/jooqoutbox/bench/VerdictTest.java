package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.jooqoutbox.bench.Verdict.Limit;
import org.junit.jupiter.api.Test;

class VerdictTest {

    @Test
    void of_littleGrowthInTime_isSustained() {
        Verdict verdict = Verdict.of(1_000, 2, 1.99, 50);

        assertThat(verdict.sustained()).isTrue();
        assertThat(verdict.rate()).isEqualTo(500);
    }

    @Test
    void of_growth_isHeldUpByTheBacklog() {
        assertThat(Verdict.of(1_000, 2, 3, 51).limit()).isEqualTo(Limit.BACKLOG);
    }

    @Test
    void of_lateProducers_areWhatHoldsItUp() {
        Verdict verdict = Verdict.of(1_000, 2, 2.5, 0);

        assertThat(verdict.limit()).isEqualTo(Limit.PRODUCERS);
        assertThat(verdict.sustained()).isFalse();
    }

    @Test
    void rate_producersABitLate_isWhatTheyReallyWrote() {
        assertThat(Verdict.of(1_050, 2, 2.1, 0)).isEqualTo(new Verdict(500, Limit.NONE));
    }
}
