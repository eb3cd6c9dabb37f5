package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

// U14: a failure can always be recorded, and what is recorded is bounded.
class ErrorTextTest {

    @Test
    void of_exceptionWithCauses_namesClassesAndMessages() {
        Throwable error =
                new IllegalStateException("no mail", new RuntimeException(new java.io.IOException("refused")));
        assertThat(ErrorText.of(error))
                .isEqualTo("java.lang.IllegalStateException: no mail; caused by java.lang.RuntimeException:"
                        + " java.io.IOException: refused; caused by java.io.IOException: refused");
    }

    @Test
    void of_noMessage_isTheClass() {
        assertThat(ErrorText.of(new StackOverflowError())).isEqualTo("java.lang.StackOverflowError");
    }

    @Test
    void of_hundredMegabytes_isCutAndLeavesRoomForTheCause() {
        Throwable error = new IllegalStateException("x".repeat(100_000_000), new RuntimeException("the reason"));
        assertThat(ErrorText.of(error))
                .hasSizeLessThanOrEqualTo(4096)
                .contains("xxx")
                .endsWith("the reason");
    }

    @Test
    void of_longChainOfLongMessages_isCut() {
        Throwable error = new RuntimeException("end");
        for (int i = 0; i < 10_000; i++) {
            error = new RuntimeException("y".repeat(1000), error);
        }
        assertThat(ErrorText.of(error)).hasSize(4096);
    }

    @Test
    void of_causesInACircle_ends() {
        RuntimeException first = new RuntimeException("first");
        RuntimeException second = new RuntimeException("second", first);
        first.initCause(second);
        assertThat(ErrorText.of(first)).containsOnlyOnce("first").containsOnlyOnce("second");
    }

    @Test
    void of_endlessCauses_ends() {
        assertThat(ErrorText.of(new Endless())).hasSizeLessThanOrEqualTo(4096);
    }

    @Test
    void of_messageThatThrows_saysSo() {
        Throwable error = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new StackOverflowError();
            }

            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException();
            }
        };
        assertThat(ErrorText.of(error))
                .contains("getMessage() threw java.lang.StackOverflowError")
                .startsWith(error.getClass().getName());
    }

    @Test
    void cut_surrogatePairAtTheLimit_isNotSplit() {
        assertThat(ErrorText.cut("ab😀", 3)).isEqualTo("ab");
        assertThat(ErrorText.cut("ab😀", 4)).isEqualTo("ab😀");
    }

    @Test
    void line_controlCharactersAndLength_areTamed() {
        assertThat(ErrorText.line("a\r\nWARN forged\u0000b")).isEqualTo("a WARN forged b");
        assertThat(ErrorText.line("z".repeat(1000))).hasSize(301).endsWith("…");
    }

    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            return new Endless();
        }
    }
}
