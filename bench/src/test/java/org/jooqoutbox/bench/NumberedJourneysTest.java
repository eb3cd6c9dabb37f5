package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class NumberedJourneysTest {

    private final NumberedJourneys journeys = new NumberedJourneys(1_000, 10);

    @Test
    void missing_committedAndNotBegun_isCounted() {
        journeys.committed(0, 3);
        journeys.begun(1_001);

        assertThat(journeys.commits()).isEqualTo(3);
        assertThat(journeys.deliveries()).isEqualTo(1);
        assertThat(journeys.missing()).isEqualTo(2);
    }

    @Test
    void missing_commitFailed_isNone() {
        journeys.doubtful(3);

        assertThat(journeys.missing()).isZero();
        assertThat(journeys.doubtful()).isEqualTo(3);
    }

    @Test
    void begun_again_isADuplicateAndNoDelivery() {
        journeys.begun(1_000);
        journeys.begun(1_000);

        assertThat(journeys.deliveries()).isEqualTo(1);
        assertThat(journeys.duplicates()).isEqualTo(1);
    }

    @Test
    void begun_numberOfEarlierJourneys_isADuplicate() {
        journeys.begun(999);
        journeys.settled(999);

        assertThat(journeys.deliveries()).isZero();
        assertThat(journeys.duplicates()).isEqualTo(1);
        assertThat(journeys.settlements()).isZero();
    }

    @Test
    void latencies_begunBeforeTheCommitReturned_areNothing() {
        journeys.begun(1_000);
        journeys.committed(0, 1);

        assertThat(journeys.untilBegun(0, 10).maxMillis()).isZero();
    }

    @Test
    void latencies_ofARange_areThoseOfItsMessagesThatHaveBoth() {
        journeys.committed(0, 10);
        journeys.begun(1_000);
        journeys.begun(1_005);
        journeys.begun(1_006);

        assertThat(journeys.untilBegun(5, 10).count()).isEqualTo(2);
        assertThatExceptionOfType(BenchException.class).isThrownBy(() -> journeys.untilSettled(5, 10));
    }
}
