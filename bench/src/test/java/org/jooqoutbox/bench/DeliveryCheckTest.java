package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveryCheckTest {

    private final DeliveryCheck check = new DeliveryCheck(2);

    @Test
    void awaitAll_oneIsMissing_saysSo() throws InterruptedException {
        assertThat(check.awaitFirst(0)).isFalse();
        check.handled(1);

        assertThat(check.awaitFirst(0)).isTrue();
        assertThat(check.awaitAll(0)).isFalse();
        assertThat(check.handled()).isEqualTo(1);
    }

    @Test
    void handled_twice_countsOnceAndAgain() throws InterruptedException {
        check.handled(0);
        check.handled(0);
        check.handled(1);

        assertThat(check.awaitAll(0)).isTrue();
        assertThat(check.handled()).isEqualTo(2);
        assertThat(check.again()).isEqualTo(1);
    }
}
