package org.jooqoutbox.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jooqoutbox.it.support.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Producers and workers that are killed at random, and the judge of what came of it. {@link Effort} prolongs it and repeats its
 * decisions.
 */
@Tag("crash")
@Timeout(24 * 60 * 60)
class CrashTest {

    private static final int AT_LEAST_KILLED = 3; // however slow the machine
    private static final WorkerOptions OPTIONS =
            WorkerOptions.withLease(Duration.ofSeconds(4)).batch(10).maxDeaths(0);

    private final long seed = Effort.seed();
    private final Random random = new Random(seed);

    // F1, F3, F4, F77, F84: the categories are Jepsen's.
    @Test
    void kills_ofProducersAndWorkersAtRandom_loseNothingAndRepeatOnlyWhatWasInFlight() throws Exception {
        Lab lab = Lab.create("kills");
        List<String> killed = new ArrayList<>();
        try (Workers workers = new Workers(lab, OPTIONS);
                Producers producers = new Producers(lab)) {
            List<ForkedJvm> working = new ArrayList<>(List.of(workers.next(), workers.next(), workers.next()));
            long end = System.nanoTime() + Effort.KILLING.toNanos();
            while (killed.size() < AT_LEAST_KILLED || System.nanoTime() - end < 0) {
                if (random.nextInt(3) == 0) {
                    producers.killOne(random);
                } else {
                    killed.add(killOne(working, workers, lab));
                }
            }
            producers.stop();
            lab.awaitNothingPending();
        }
        Records records = new Records(lab);
        int inFlight = records.neverSettledBy(killed);
        System.out.printf(
                "CrashTest: seed %d, %d workers killed with %d messages in flight, %d duplicates%n",
                seed, killed.size(), inFlight, records.duplicates());
        assertThat(killed).as("killed, seed %d", seed).isNotEmpty();
        assertThat(records.lost()).as("lost, seed %d", seed).isEmpty();
        assertThat(records.unexpected()).as("unexpected, seed %d", seed).isEmpty();
        assertThat(records.duplicates()).as("duplicates, seed %d", seed).isLessThanOrEqualTo(inFlight);
        assertThat(records.repeated())
                .as("repeated, seed %d", seed)
                .allMatch(delivery -> killed.contains(delivery.worker()));
        assertThat(records.changedBetweenDeliveries()).as("seed %d", seed).isEmpty();
        assertThat(records.repeatedEffects()).as("seed %d", seed).isEmpty();
        assertThat(records.staleWrites()).as("stale writes, seed %d", seed).isZero();
    }

    // Half of the leases of a killed one end at once, the others in their time.
    private String killOne(List<ForkedJvm> working, Workers workers, Lab lab) throws InterruptedException {
        int place = random.nextInt(working.size());
        ForkedJvm victim = working.get(place);
        victim.await("STARTED", victim.said("STARTED").size() + 1 + random.nextInt(10));
        victim.kill();
        if (random.nextBoolean()) {
            lab.endLeasesOfDead(victim);
        }
        working.set(place, workers.next());
        return victim.name();
    }

    @Test
    void judge_workerThatAcknowledgesFirst_reportsWhatIsLost() throws Exception {
        Lab lab = Lab.create("planted");
        try (Workers workers = new Workers(lab, OPTIONS.acknowledgingFirst())) {
            UUID waiting = lab.enqueue(Behaviour.WAIT, 1).get(0);
            ForkedJvm worker = workers.last();
            worker.await("STARTED " + waiting);
            worker.kill();
            lab.drain();
            assertThat(new Records(lab).lost()).containsExactly(waiting);
        }
    }

    @Test
    void judge_deliveryOfSomethingNeverCommitted_reportsIt() {
        Lab lab = Lab.create("ghost");
        UUID ghost = UUID.randomUUID();
        lab.dsl()
                .execute(
                        "insert into deliveries (id, attempt, worker, kind, headers, payload) values (?, 1, '', '', '', '')",
                        ghost);
        lab.dsl().execute("insert into effects (id) values (?), (?)", ghost, ghost);
        assertThat(new Records(lab).unexpected()).containsExactly(ghost);
        assertThat(new Records(lab).repeatedEffects()).containsExactly(ghost);
    }

    /** Two producers, each replaced when it is killed. */
    private static final class Producers implements AutoCloseable {

        private final Lab lab;
        private final ForkedJvm[] producing = new ForkedJvm[2];
        private int count;

        Producers(Lab lab) {
            this.lab = lab;
            for (int i = 0; i < producing.length; i++) {
                producing[i] = fork();
            }
        }

        private ForkedJvm fork() {
            String name = "producer-" + ++count;
            return ForkedJvm.start(name, ProducerMain.class, lab.place().properties(name), ForkedClasses.options());
        }

        void killOne(Random random) throws InterruptedException {
            int place = random.nextInt(producing.length);
            ForkedJvm victim = producing[place];
            victim.await("COMMITTED", victim.said("COMMITTED").size() + 1 + random.nextInt(20));
            victim.kill();
            producing[place] = fork();
        }

        void stop() throws InterruptedException {
            for (ForkedJvm producer : producing) {
                producer.tell("stop");
                producer.await("STOPPED");
            }
        }

        @Override
        public void close() {
            for (ForkedJvm producer : producing) {
                producer.close();
            }
        }
    }
}
