package org.jooqoutbox.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that kill their process, or try to. */
@Tag("crash")
@Timeout(24 * 60 * 60)
class PoisonTest {

    private static final int INNOCENTS = 100;
    private static final int OUT_OF_MEMORY = 3; // of -XX:+ExitOnOutOfMemoryError
    private static final WorkerOptions OPTIONS =
            WorkerOptions.withLease(Duration.ofSeconds(20)).batch(INNOCENTS + 1);

    @Test
    void halt_eachTimeAmongInnocents_onlyThePoisonIsDeadLettered() throws Exception {
        Lab lab = Lab.create("halt");
        List<UUID> poison = new ArrayList<>();
        List<UUID> innocents = new ArrayList<>();
        try (Workers workers = new Workers(lab, OPTIONS)) {
            ForkedJvm worker = workers.next();
            for (int round = 0; round < Effort.ROUNDS; round++) {
                List<UUID> ids = lab.enqueue(poisonAmongInnocents(Behaviour.HALT));
                poison.add(ids.get(0));
                innocents.addAll(ids.subList(1, ids.size()));
                worker = survivorOf(4, lab, worker, workers);
                worker.await("DEAD " + ids.get(0));
                lab.awaitNothingPending();
            }
        }
        assertThat(lab.outbox().rows()).extracting(OutboxRecord::getId).containsExactlyInAnyOrderElementsOf(poison);
        assertThat(lab.outbox().rows()).allSatisfy(row -> {
            assertThat(row.getStatus()).isEqualTo("dead");
            assertThat(row.getAttempts()).isEqualTo(4);
            assertThat(row.getLastError()).startsWith("died 4 times without a result");
        });
        poison.forEach(id -> assertThat(companyAtEachClaimOf(lab, id)).containsExactly(INNOCENTS + 1, 1, 1, 1));
        assertThat(effects(lab)).containsExactlyInAnyOrderElementsOf(innocents);
        assertThat(mostFailures(lab, innocents)).isZero();
    }

    private static ForkedJvm survivorOf(int deaths, Lab lab, ForkedJvm first, Workers workers)
            throws InterruptedException {
        ForkedJvm worker = first;
        for (int death = 0; death < deaths; death++) {
            assertThat(worker.awaitExit()).isEqualTo(Behaviour.HALTED);
            lab.endLeasesOfDead(worker);
            worker = workers.next();
        }
        return worker;
    }

    private static List<Behaviour> poisonAmongInnocents(Behaviour poison) {
        List<Behaviour> batch = new ArrayList<>(Collections.nCopies(INNOCENTS, Behaviour.DELIVER));
        batch.add(0, poison);
        return batch;
    }

    @Test
    void heapExhausted_whereThatEndsTheProcess_isBoundedLikeAnyOtherDeath() throws Exception {
        Lab lab = Lab.create("oom_exit");
        List<UUID> ids = lab.enqueue(List.of(Behaviour.EXHAUST_HEAP, Behaviour.DELIVER, Behaviour.DELIVER));
        try (Workers workers = new Workers(lab, OPTIONS.maxDeaths(1), "-XX:+ExitOnOutOfMemoryError")) {
            for (int death = 0; death < 2; death++) {
                ForkedJvm worker = workers.next();
                assertThat(worker.awaitExit()).isEqualTo(OUT_OF_MEMORY);
                lab.endLeasesOfDead(worker);
            }
            workers.last().await("DEAD " + ids.get(0));
            lab.awaitNothingPending();
        }
        assertThat(lab.outbox().row(ids.get(0)).getStatus()).isEqualTo("dead");
        assertThat(effects(lab)).containsExactlyInAnyOrderElementsOf(ids.subList(1, 3));
    }

    @ParameterizedTest
    @EnumSource(names = {"EXHAUST_HEAP", "OVERFLOW_STACK"})
    void error_thatTheProcessSurvives_isAFailureLikeAnyOther(Behaviour behaviour) throws Exception {
        Lab lab = Lab.create("survives");
        UUID bad = lab.enqueue(behaviour, 1).get(0);
        try (Workers workers = new Workers(lab, OPTIONS)) {
            ForkedJvm worker = workers.last();
            worker.await("DEAD " + bad + " 2");
            UUID next = lab.enqueue(Behaviour.DELIVER, 1).get(0);
            worker.await("DELIVERED " + next + " 1");
            assertThat(worker.isAlive()).isTrue();
        }
        OutboxRecord row = lab.outbox().row(bad);
        assertThat(row.getFailures()).isEqualTo(2);
        assertThat(row.getUnsettled()).isZero();
        assertThat(row.getLastError())
                .contains(behaviour == Behaviour.EXHAUST_HEAP ? "OutOfMemoryError" : "StackOverflowError");
    }

    /** For each claim of this message, how many messages that claim took. */
    private static List<Integer> companyAtEachClaimOf(Lab lab, UUID id) {
        return lab.dsl()
                .fetch(
                        "select (select count(*) from changes c where c.tx = p.tx and c.attempts > c.attempts_before)"
                                + " from changes p where p.id = ? and p.attempts > p.attempts_before order by p.n",
                        id)
                .into(Integer.class);
    }

    private static Set<UUID> effects(Lab lab) {
        return Set.copyOf(lab.dsl().fetch("select id from effects").into(UUID.class));
    }

    private static int mostFailures(Lab lab, List<UUID> ids) {
        return lab.dsl()
                .fetchSingle("select max(failures) from changes where id = any(?::uuid[])", (Object)
                        ids.toArray(UUID[]::new))
                .into(int.class);
    }
}
