package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final Pace pace = new Pace(List.of(new Leg(10, 2), new Leg(100, 0.5)));

    @Test
    void messages_ofLegs_addUp() {
        assertThat(pace.messages()).isEqualTo(70);
        assertThat(pace.firstOf(0)).isZero();
        assertThat(pace.firstOf(1)).isEqualTo(20);
        assertThat(pace.firstOf(2)).isEqualTo(70);
    }

    @Test
    void begin_ofLegs_isTheTimeOfThoseBefore() {
        assertThat(pace.beginOf(0)).isZero();
        assertThat(pace.beginOf(1)).isEqualTo(2);
        assertThat(pace.seconds()).isEqualTo(2.5);
    }

    @Test
    void due_ofAMessage_isWhenElapsedTimeHasEarnedIt() {
        assertThat(pace.dueNanos(0)).isEqualTo(100_000_000);
        assertThat(pace.dueNanos(19)).isEqualTo(2_000_000_000);
        assertThat(pace.dueNanos(20)).isEqualTo(2_010_000_000);
        assertThat(pace.dueNanos(69)).isEqualTo(2_500_000_000L);
    }

    @Test
    void due_beyondTheEnd_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> pace.dueNanos(70)).withMessageContaining("70");
    }
}
