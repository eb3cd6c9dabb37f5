package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainReportTest {

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Results results;
    private Measurements measured;

    @BeforeEach
    void begin() {
        results = new Results(directory, new PrintStream(screen, true, StandardCharsets.UTF_8));
        measured = new Measurements("drain", results);
    }

    @AfterEach
    void end() {
        results.close();
    }

    @Test
    void peersByRate_measuredOnes_areThereWithTheFastestFirst() {
        QueueSystem slow = Systems.peers().get(0);
        QueueSystem fast = Systems.peers().get(1);
        note(Systems.ours(), 9_000);
        note(slow, 100);
        note(fast, 200);

        assertThat(DrainReport.peersByRate(measured, List.of(Systems.ours(), slow, fast)))
                .containsExactly(fast, slow);
    }

    @Test
    void table_shapeWithoutRulerAndPeers_hasNoRatios() {
        note(Systems.ours(), 9_000);
        DrainShape shape = new DrainShape(1_000, 2, 1, List.of(Systems.ours()));

        new DrainReport(results, new DrainEffort(1_000, 1_000, true, 1, 1, 1, 1)).table(shape, measured);

        assertThat(screen.toString(StandardCharsets.UTF_8))
                .contains("**handler of 1 ms, 2 workers**, one round", "times the best peer")
                .containsPattern("leased +\\| 9,000 +\\| – +\\| – +\\| – +\\| 100 ");
    }

    private void note(QueueSystem system, int perSecond) {
        Cpu cpu = new Cpu(1, perSecond * 1e-4, 0);
        DrainReport.note(measured, system, 10_000, new DrainTurn(perSecond, 0, false, cpu, 1, 1, 0));
    }
}
