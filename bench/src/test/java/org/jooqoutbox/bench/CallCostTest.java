package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallCostTest {

    private volatile Object kept = this;

    @Test
    void measure_ofCallThatAllocates_countsThatPerCall() throws Exception {
        CallCost cost = new CallCost();
        for (int i = 0; i < 4; i++) {
            cost.measure(() -> kept = new byte[100_000]);
        }

        assertThat(kept).isInstanceOf(byte[].class);
        assertThat(cost.bytes()).isBetween(100_000.0, 200_000.0);
        assertThat(cost.cpuMicros()).isPositive();
    }

    @Test
    void measure_ofWhatAnotherThreadDoes_leavesItOut() throws Exception {
        CallCost cost = new CallCost();
        cost.measure(() -> {
            Thread other = new Thread(() -> kept = new byte[10_000_000]);
            other.start();
            other.join();
        });

        assertThat(kept).isInstanceOf(byte[].class);
        assertThat(cost.bytes()).isLessThan(10_000_000);
    }
}
