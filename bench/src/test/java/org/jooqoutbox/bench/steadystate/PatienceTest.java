package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatienceTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void until_poolHadNoAnswerYet_isTriedAgain() throws Exception {
        assertThat(Patience.until(LIMIT, () -> failingOnce(new SQLTransientConnectionException("timed out"))))
                .isEqualTo(2);
    }

    @Test
    void until_serverSaysNo_isNotTriedAgain() {
        SQLException no = new SQLTransientConnectionException("timed out", "3D000");

        assertThatIllegalStateException().isThrownBy(() -> Patience.until(LIMIT, () -> failingOnce(no)));
        assertThat(attempts).hasValue(1);
    }

    private int failingOnce(SQLException error) {
        if (attempts.incrementAndGet() == 1) {
            throw new IllegalStateException(error);
        }
        return attempts.get();
    }
}
