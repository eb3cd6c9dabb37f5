package org.jooqoutbox.bench.systems;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PollingLoopTest {

    /** Rounds that end at once, and are cut short by an interrupt. */
    private static class Quick implements PollingLoop.Work {

        @Override
        public boolean round() throws Exception {
            return true;
        }

        @Override
        public void stop(Thread thread) {
            thread.interrupt();
        }

        @Override
        public void close() {}
    }

    /** Whether the interrupt meets a round or the time between two of them is chance: so it is tried often. */
    @Test
    void close_interruptsBetweenTwoRounds_isNoError() {
        for (int i = 0; i < 2_000; i++) {
            PollingLoop loop = PollingLoop.start("quick", new Quick(), 1);
            assertThatCode(loop::close).doesNotThrowAnyException();
        }
    }

    @Test
    void close_afterARoundFailed_tellsTheError() {
        PollingLoop loop = PollingLoop.start(
                "broken",
                new Quick() {
                    @Override
                    public boolean round() {
                        throw new IllegalArgumentException("no");
                    }
                },
                1);
        assertThatThrownBy(loop::close).hasMessage("broken ended by an error").hasRootCauseMessage("no");
    }
}
