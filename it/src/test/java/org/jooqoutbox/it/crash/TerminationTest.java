package org.jooqoutbox.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.jooqoutbox.it.support.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** SIGTERM under load, where a shutdown hook stops the worker. */
@Timeout(24 * 60 * 60)
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC},
        disabledReason = "Windows has no signal on which shutdown hooks run")
@Tag("crash")
class TerminationTest {

    private static final int ROUNDS = 2 * Effort.ROUNDS;
    private static final int PER_ROUND = 60;
    private static final Duration TOLERANCE = Duration.ofSeconds(3); // a statement on its way, the end of the JVM

    // F69: what was begun is finished and recorded, so that nothing at all is delivered twice.
    @Test
    void terminate_anyMomentUnderLoad_losesNothingAndGivesBackAtOnceWhatWasNotStarted() throws Exception {
        Lab lab = Lab.create("sigterm");
        long seed = Effort.seed();
        Random random = new Random(seed);
        try (Workers workers = new Workers(lab, WorkerOptions.withLease(Duration.ofSeconds(20)))) {
            for (int round = 0; round < ROUNDS; round++) {
                lab.enqueue(Behaviour.DELIVER, PER_ROUND);
                ForkedJvm worker = workers.next();
                worker.await("STARTED", 1 + random.nextInt(PER_ROUND / 2));
                terminateInTime(worker, seed);
                assertThat(notDueNow(lab)).as("not given back, seed %d", seed).isZero();
            }
        }
        assertThat(lab.pending()).as("left for the last one, seed %d", seed).isPositive();
        lab.drain();
        Records records = new Records(lab);
        assertThat(records.lost()).as("lost, seed %d", seed).isEmpty();
        assertThat(records.repeated()).as("repeated, seed %d", seed).isEmpty();
    }

    private static void terminateInTime(ForkedJvm worker, long seed) throws InterruptedException {
        long asked = System.nanoTime();
        worker.terminate();
        worker.awaitExit();
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
                .as("seed %d", seed)
                .isLessThan(WorkerMain.SHUTDOWN_TIMEOUT.plus(TOLERANCE));
        assertThat(worker.await("STOPPED")).as("seed %d", seed).contains("abandoned=0", "clean=true");
    }

    private static int notDueNow(Lab lab) {
        return lab.dsl()
                .fetchSingle("select count(*) from outbox where retry_at > now() or unsettled > 0 or failures > 0")
                .into(int.class);
    }
}
