package org.jooqoutbox.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.crash.Records.Delivery;
import org.jooqoutbox.it.support.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that stand still for longer than their leases, as a virtual machine or a long collection makes them, and then go on. */
@Timeout(24 * 60 * 60)
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC},
        disabledReason = "processes are frozen by SIGSTOP, which Windows does not have")
@Tag("crash")
class FrozenWorkerTest {

    private static final Duration LEASE = Duration.ofSeconds(4); // no machine is so busy that it is not renewed in time

    // F13, F14, F15: it wakes up while the rival is at work; neither its "done" nor its "failed" touches the rival's
    // row.
    @ParameterizedTest
    @EnumSource(names = {"WAIT", "WAIT_AND_FAIL"})
    void worker_frozenForThreeLeasesAndOvertaken_changesNothingAndIsTold(Behaviour behaviour) throws Exception {
        Lab lab = Lab.create("frozen");
        Duration lease = Duration.ofMillis(400);
        try (Workers workers = new Workers(lab, WorkerOptions.withLease(lease));
                Rival rival = new Rival(lab, lease)) {
            UUID id = lab.enqueue(behaviour, 1).get(0);
            ForkedJvm worker = workers.last();
            worker.await("STARTED " + id);
            worker.freeze();
            rival.holdForLeases(2);
            worker.tell("go");
            worker.thaw();
            worker.await("LEASE_LOST " + id + " 1");
            worker.tell("stop");
            assertThat(worker.await("STOPPED")).contains("delivered=0", "failed=0", "leasesLost=1");

            OutboxRecord row = lab.outbox().row(id);
            assertThat(row.getAttempts()).isEqualTo(2);
            assertThat(row.getFailures()).isZero();
            assertThat(row.getUnsettled()).isEqualTo(2);
            rival.deliver();
            lab.awaitNothingPending();
            assertThat(worker.said("LEASE_LOST")).hasSize(1);
            assertThat(new Records(lab).deliveriesOf(id))
                    .containsExactly(new Delivery(id, 1, worker.name()), new Delivery(id, 2, "rival"));
            assertThat(new Records(lab).staleWrites()).isZero();
        }
    }

    @Test
    void workers_frozenAtRandomUnderLoad_repeatOnlyWhatTheyHeldAndWriteNothingStale() throws Exception {
        Lab lab = Lab.create("freezes");
        List<ForkedJvm> frozen = new ArrayList<>();
        long seed = Effort.seed();
        try (Workers workers = new Workers(lab, WorkerOptions.withLease(LEASE))) {
            frozen.add(workers.next());
            frozen.add(workers.next());
            frozen.add(workers.last());
            freezeAll(lab, frozen, new Random(seed));
            frozen.forEach(worker -> worker.tell("stop"));
            for (ForkedJvm worker : frozen) {
                worker.await("STOPPED");
            }
        }
        lab.drain();
        Records records = new Records(lab);
        assertThat(records.lost()).as("lost, seed %d", seed).isEmpty();
        assertThat(records.unexpected()).as("unexpected, seed %d", seed).isEmpty();
        assertThat(records.staleWrites()).as("stale writes, seed %d", seed).isZero();
        assertThat(records.repeatedWithoutFreeze()).as("seed %d", seed).isEmpty();
        assertThat(records.repeatedEffects()).as("seed %d", seed).isEmpty();
        assertThat(frozen.stream()
                        .mapToInt(worker -> worker.said("LEASE_LOST").size())
                        .sum())
                .as("leases lost, seed %d", seed)
                .isPositive();
    }

    // At most two of three at a time, so that there is always somebody who takes over.
    private static void freezeAll(Lab lab, List<ForkedJvm> workers, Random random) throws Exception {
        Semaphore places = new Semaphore(workers.size() - 1);
        List<InParallel.Task> tasks = new ArrayList<>();
        for (ForkedJvm worker : workers) {
            Random own = new Random(random.nextLong());
            boolean first = tasks.isEmpty();
            tasks.add(() -> freezeSometimes(lab, worker, places, own, first));
        }
        InParallel.run(tasks);
    }

    private static void freezeSometimes(
            Lab lab, ForkedJvm worker, Semaphore places, Random random, boolean longerInTheEnd)
            throws InterruptedException {
        for (int i = 0; i < Effort.ROUNDS; i++) {
            freezeOnce(lab, worker, places, random, false);
        }
        if (longerInTheEnd) {
            freezeOnce(lab, worker, places, random, true);
        }
    }

    private static void freezeOnce(Lab lab, ForkedJvm worker, Semaphore places, Random random, boolean longer)
            throws InterruptedException {
        places.acquire();
        try {
            enqueueUntilItStarts(lab, worker, 1 + random.nextInt(5));
            freezeUntilOvertaken(lab, worker, longer);
        } finally {
            places.release();
        }
    }

    // The others take their share, so it may need more than this.
    private static void enqueueUntilItStarts(Lab lab, ForkedJvm worker, int messages) throws InterruptedException {
        int enough = worker.said("STARTED").size() + messages;
        Patience.until(worker + " starts more", () -> {
            lab.enqueue(Behaviour.DELIVER, 1 + messages);
            return worker.said("STARTED").size() >= enough;
        });
    }

    // If longer, for as long as the lease lasts. Otherwise the lease ends early, so that the worker does not
    // even suspect it.
    private static void freezeUntilOvertaken(Lab lab, ForkedJvm worker, boolean longer) throws InterruptedException {
        lab.dsl().execute("insert into freezes (worker, since) values (?, clock_timestamp())", worker.name());
        worker.freeze();
        Patience.until("what " + worker + " holds is claimed by others", () -> {
            if (!longer) {
                lab.endLeasesOf(worker);
            }
            return lab.heldBy(worker) == 0;
        });
        worker.thaw();
        lab.dsl()
                .execute(
                        "update freezes set until = clock_timestamp() where worker = ? and until is null",
                        worker.name());
    }
}
