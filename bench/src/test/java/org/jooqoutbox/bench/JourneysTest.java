package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JourneysTest {

    private final Journeys journeys = new Journeys();
    private final UUID id = UUID.randomUUID();

    @Test
    void arrived_twice_isAFault() {
        journeys.arrived(id);

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> journeys.arrived(id))
                .withMessageContaining("twice");
    }

    @Test
    void awaitAll_oneIsLost_isAFault() {
        journeys.departed(id, Clock.micros());
        journeys.departed(UUID.randomUUID(), Clock.micros());
        journeys.arrived(id);

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> journeys.awaitAll(Duration.ofMillis(1)))
                .withMessageContaining("of 2 messages 1 arrived");
    }

    @Test
    void awaitAll_arrivesMeanwhile_returns() throws InterruptedException {
        journeys.departed(id, Clock.micros());
        Thread handler = new Thread(() -> journeys.arrived(id));
        handler.start();

        journeys.awaitAll(Duration.ofMinutes(1));

        assertThat(journeys.latencies().count()).isEqualTo(1);
        handler.join();
    }

    @Test
    void latencies_arrivalBeforeDepartureIsNoted_areNotNegative() {
        journeys.arrived(id);
        journeys.departed(id, Clock.micros() + 1_000_000);

        assertThat(journeys.latencies().maxMillis()).isZero();
    }

    @Test
    void latencies_departedBefore_areTheTimeSince() {
        journeys.departed(id, Clock.micros() - 5_000_000);
        journeys.arrived(id);

        assertThat(journeys.latencies().maxMillis()).isBetween(5_000.0, 60_000.0);
    }
}
