package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SteadyStateSettingsTest {

    private static final Map<String, String> NEEDED = Map.of("DATABASE_URL", "postgres://h/d");

    @Test
    void from_whatIsNeeded_hasDefaultsForTheRest() {
        assertThat(SteadyStateSettings.from(NEEDED))
                .isEqualTo(new SteadyStateSettings(
                        new DatabaseUrl("jdbc:postgresql://h/d", null, null),
                        SteadyStateSettings.Pacing.OWN,
                        800,
                        128,
                        Duration.ofMillis(25),
                        32,
                        256,
                        Duration.ofMillis(1),
                        5));
    }

    @Test
    void from_allSet_isAsSet() {
        assertThat(SteadyStateSettings.from(Map.of(
                        "DATABASE_URL", "postgres://h/d",
                        "SCENARIO", "long_horizon",
                        "PRODUCER_MODE", "fixed",
                        "PRODUCER_PACING", "harness",
                        "PRODUCER_RATE", "0",
                        "PRODUCER_BATCH_MAX", "7",
                        "PRODUCER_BATCH_MS", " 8 ",
                        "WORKER_COUNT", "9",
                        "JOB_PAYLOAD_BYTES", "10")))
                .isEqualTo(new SteadyStateSettings(
                        new DatabaseUrl("jdbc:postgresql://h/d", null, null),
                        SteadyStateSettings.Pacing.HARNESS,
                        0,
                        7,
                        Duration.ofMillis(8),
                        9,
                        10,
                        Duration.ofMillis(1),
                        5));
    }

    @Test
    void from_noDatabase_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SteadyStateSettings.from(Map.of("DATABASE_URL", " ")))
                .withMessageStartingWith("DATABASE_URL is not set, but must be postgres://");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PRODUCER_RATE      | many         | whole number from 0 to 1000000
            PRODUCER_RATE      | -1           | whole number from 0 to 1000000
            PRODUCER_BATCH_MAX | 0            | whole number from 1 to 10000
            PRODUCER_BATCH_MS  | 1.5          | whole number from 1 to 60000
            WORKER_COUNT       | 0            | whole number from 1 to 1000
            JOB_PAYLOAD_BYTES  | 99999999999  | whole number from 0 to 200000
            JOB_WORK_MS        | 20001        | whole number from 0 to 20000
            SAMPLE_EVERY_S     | 0            | whole number from 1 to 3600
            PRODUCER_MODE      | depth-target | leave it out and set PRODUCER_RATE
            PRODUCER_PACING    | none         | adapter or harness
            SCENARIO           | chaos        | long_horizon
            DATABASE_URL       | here         | postgres://
            """)
    void from_nonsense_isRefusedWithNameValueAndExpectation(String name, String value, String expected) {
        Map<String, String> environment = new HashMap<>(NEEDED);
        environment.put(name, value);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SteadyStateSettings.from(environment))
                .withMessageStartingWith(name + " is \"" + value + "\", but must be ")
                .withMessageContaining(expected);
    }
}
