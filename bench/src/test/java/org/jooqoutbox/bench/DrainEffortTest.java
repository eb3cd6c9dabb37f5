package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DrainEffortTest {

    private final DrainEffort effort = new DrainEffort(200_000, 20_000, true, 5, 5, 5, 3);

    @Test
    void enough_slowSystem_lastsForThreeTurns() {
        assertThat(effort.enough(1_000)).isEqualTo(15_000);
    }

    @Test
    void enough_oddRate_isRoundedUp() {
        assertThat(effort.enough(1_001)).isEqualTo(16_000);
    }

    @Test
    void enough_fastSystem_isNoMoreThanTheLargest() {
        assertThat(effort.enough(50_000)).isEqualTo(200_000);
    }

    @Test
    void enough_nothingHandled_isNotEmpty() {
        assertThat(effort.enough(0)).isEqualTo(1_000);
    }
}
