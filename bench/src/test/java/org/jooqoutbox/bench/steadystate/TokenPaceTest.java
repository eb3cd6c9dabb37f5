package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class TokenPaceTest {

    @Test
    void next_linesOfAHarness_addsUpToWhatTheySay() throws Exception {
        Pace pace = pace("ENQUEUE 3\nENQUEUE 25\r\n");

        assertThat(sum(pace, 28)).isEqualTo(28);
    }

    @Test
    void next_linesThatSayNothing_areSkipped() throws Exception {
        Pace pace = pace("ENQUEUE\nENQUEUE -1\n\nDEQUEUE 4\nENQUEUE 2\n");

        assertThat(sum(pace, 2)).isEqualTo(2);
    }

    @Test
    void next_moreThanABatch_comesInBatches() throws Exception {
        Pace pace = pace("ENQUEUE 25\n");

        assertThat(pace.next()).isEqualTo(10);
        assertThat(pace.next()).isEqualTo(10);
        assertThat(pace.next()).isEqualTo(5);
    }

    private static Pace pace(String lines) {
        return new TokenPace(new BufferedReader(new StringReader(lines)), 10);
    }

    private static int sum(Pace pace, int atLeast) throws InterruptedException {
        int sum = 0;
        while (sum < atLeast) {
            sum += pace.next();
        }
        return sum;
    }
}
