package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadsTest {

    @ParameterizedTest
    @ValueSource(ints = {40, 256, 10_000})
    void next_thatFits_isAsLongAsAskedFor(int bytes) {
        assertThat(new Payloads(bytes).next()).hasSize(bytes);
    }

    @Test
    void next_thatDoesNotFit_isAsShortAsPossible() {
        assertThat(new Payloads(0).next()).endsWith("\"pad\":\"\"}");
    }

    @Test
    void age_asSentOrAsPostgresqlHasIt_isSmallAndNotNegative() {
        String sent = new Payloads(100).next();

        assertThat(Payloads.age(sent)).isBetween(0L, TimeUnit.MINUTES.toMicros(1));
        assertThat(Payloads.age(sent.replace(":", ": "))).isBetween(0L, TimeUnit.MINUTES.toMicros(1));
    }

    @Test
    void age_writtenByAClockAhead_isZero() {
        assertThat(Payloads.age("{\"at\": 999999999999999999}")).isZero();
    }

    @Test
    void age_ofSomebodyElsesMessage_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Payloads.age("{\"id\": 1}"));
    }
}
