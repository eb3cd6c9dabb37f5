package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.jooqoutbox.bench.ProcessFiles.Stat;
import org.junit.jupiter.api.Test;

class ProcessFilesTest {

    @Test
    void parse_nameWithBlanksAndParentheses_countsFieldsAfterIt() {
        Stat stat =
                Stat.parse("4711 (post (a) b) S 42 4711 4711 0 -1 4194560 900 0 0 0 250 150 1000 2000 20 0 1 0 99 0 0");

        assertThat(stat).isEqualTo(new Stat("post (a) b", 42, 4, 30));
    }

    @Test
    void busy_firstLine_leavesOutIdleAndWaiting() {
        // user nice system idle iowait irq softirq steal guest guest_nice
        assertThat(ProcessFiles.busy("cpu  100 20 30 99999 88888 1 2 47 77 66")).isEqualTo(2);
    }
}
