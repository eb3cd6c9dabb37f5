package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker of several outboxes on real threads and the real clock. */
@Timeout(120)
class FleetTest {

    // Longer than a test may take.
    private static final Duration NEVER = Duration.ofHours(1);

    @RegisterExtension
    private final RealFleet fleet = new RealFleet();

    @Test
    void messages_ofAllOutboxes_areDeliveredAndStopReports() throws Exception {
        fleet.outboxes(50).forEach(outbox -> outbox.add("a", 20));
        Worker worker = fleet.start(fleet.delivering());
        fleet.recorder.await(Told.DELIVERED, 1_000);
        assertThat(fleet.recorder.count(Told.OUTBOX_ADDED)).isEqualTo(50);
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(1_000, 1_000, 0, 0, 0, 0, 0, 0, 0, 0, true));
        assertThat(fleet.recorder.events(Told.STOPPED)).hasSize(1);
    }

    @Test
    void source_none_waitsUntilThereAreSome() throws Exception {
        fleet.start(fleet.delivering());
        RealFleet.until(() -> fleet.source.asked.get() > 2);
        fleet.outboxes(1).get(0).add("a", 1);
        fleet.recorder.await(Told.DELIVERED, 1);
    }

    @Test
    void outbox_removedWhileItIsAtWork_givesBackWhatWaitsAndMayComeAgain() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(2);
        VirtualOutbox first = outboxes.get(0);
        first.add("a", 30);
        CountDownLatch begun = new CountDownLatch(1);
        Worker worker = fleet.start(fleet.builder().concurrency(2).handle(Simulation.A, (payload, message) -> {
            begun.countDown();
            fleet.released.await();
        }));
        begun.await();
        fleet.source.outboxes = outboxes.subList(1, 2);
        fleet.recorder.await(Told.RELEASED, 29);
        assertThat(fleet.recorder.count(Told.OUTBOX_REMOVED))
                .as("its handler is still at work")
                .isZero();
        fleet.source.outboxes = outboxes;
        RealFleet.until(() -> fleet.source.asked.get() > 5);
        assertThat(fleet.recorder.count(Told.OUTBOX_ADDED)).isEqualTo(2);
        fleet.released.countDown();
        fleet.recorder.await(Told.OUTBOX_REMOVED, 1);
        fleet.recorder.await(Told.OUTBOX_ADDED, 3);
        fleet.recorder.await(Told.DELIVERED, 30);
        assertThat(fleet.recorder.events(Told.OUTBOX_REMOVED).get(0).text()).isEqualTo("tenant 0");
        RealFleet.assertAccountedFor(worker.stop());
    }

    @Test
    void source_throwsForAWhile_isToldOncePerOutageAndTheOthersGoOn() throws Exception {
        VirtualOutbox outbox = fleet.outboxes(1).get(0);
        fleet.start(fleet.delivering());
        fleet.recorder.await(Told.OUTBOX_ADDED, 1);
        for (int outage = 1; outage <= 2; outage++) {
            fleet.source.error = new IllegalStateException("no catalog");
            fleet.recorder.await(Told.OUTBOXES_UNKNOWN, outage);
            int asked = fleet.source.asked.get();
            outbox.add("a", 5);
            fleet.recorder.await(Told.DELIVERED, 5 * outage);
            RealFleet.until(() -> fleet.source.asked.get() > asked + 3);
            assertThat(fleet.recorder.count(Told.OUTBOXES_UNKNOWN)).isEqualTo(outage);
            fleet.source.error = null;
            int healed = fleet.source.asked.get();
            RealFleet.until(() -> fleet.source.asked.get() > healed + 1);
        }
        assertThat(fleet.recorder.events(Told.OUTBOXES_UNKNOWN).get(0).text()).isEqualTo("no catalog");
        assertThat(fleet.recorder.count(Told.OUTBOX_REMOVED)).isZero();
    }

    @Test
    void source_namesAnOutboxTwice_usesTheFirst() throws Exception {
        VirtualOutbox first = fleet.outboxes(1).get(0);
        VirtualOutbox twin = new VirtualOutbox("tenant 0", System::nanoTime);
        fleet.source.outboxes = List.of(first, twin);
        first.add("a", 3);
        twin.add("a", 3);
        fleet.start(fleet.delivering());
        fleet.recorder.await(Told.DELIVERED, 3);
        int asked = fleet.source.asked.get();
        RealFleet.until(() -> fleet.source.asked.get() > asked + 2);
        assertThat(twin.pending()).isEqualTo(3);
        assertThat(fleet.recorder.count(Told.OUTBOX_ADDED)).isEqualTo(1);
    }

    @Test
    void source_answersNonsense_isAnErrorOfItsOwn() throws Exception {
        fleet.outboxes(1);
        fleet.start(fleet.delivering());
        fleet.recorder.await(Told.OUTBOX_ADDED, 1);
        fleet.source.outboxes = Collections.singletonList(null);
        fleet.recorder.await(Told.OUTBOXES_UNKNOWN, 1);
        VirtualOutbox outbox = fleet.outboxes(1).get(0);
        RealFleet.until(() -> fleet.source.asked.get() > 3);
        assertThat(outbox.name()).isEqualTo("tenant 0");
    }

    // An idle outbox is claimed from without being asked first only where somebody says that something may be due.
    private static int claims(VirtualOutbox outbox) {
        return outbox.calls(Op.CLAIM).size();
    }

    @Test
    void writeMarks_change_wakesThatOutboxUp() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(3);
        fleet.source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L, "tenant 2", 7L);
        fleet.start(fleet.delivering().sweepEvery(NEVER));
        fleet.recorder.await(Told.OUTBOX_ADDED, 3);
        for (int round = 1; round <= 5; round++) {
            fleet.source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L + round, "tenant 2", 7L);
            int expected = round;
            RealFleet.until(() -> claims(outboxes.get(1)) == expected);
        }
        assertThat(claims(outboxes.get(0)) + claims(outboxes.get(2))).isZero();
        outboxes.get(1).add("a", 3);
        fleet.source.marks = Map.of("tenant 0", 7L, "tenant 1", 100L, "tenant 2", 7L);
        fleet.recorder.await(Told.DELIVERED, 3);
    }

    @Test
    void writeMarks_failForAWhile_wakeAllUpWhenTheyAreBack() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(3);
        fleet.source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L, "tenant 2", 7L);
        fleet.start(fleet.delivering().sweepEvery(NEVER));
        fleet.recorder.await(Told.OUTBOX_ADDED, 3);
        fleet.source.marksError = new IllegalStateException("no sequences");
        int looks = fleet.source.looks.get();
        RealFleet.until(() -> fleet.source.looks.get() > looks + 2);
        assertThat(outboxes).allMatch(outbox -> claims(outbox) == 0);
        fleet.source.marksError = null;
        RealFleet.until(() -> outboxes.stream().allMatch(outbox -> claims(outbox) == 1));
    }

    @Test
    void hint_fromAnOutbox_wakesItUp() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(2);
        fleet.source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L);
        Worker worker = fleet.start(fleet.delivering().sweepEvery(NEVER));
        RealFleet.until(() -> outboxes.stream().allMatch(outbox -> outbox.subscribers() == 1));
        outboxes.get(1).wakeUp();
        RealFleet.until(() -> claims(outboxes.get(1)) == 1);
        assertThat(claims(outboxes.get(0))).isZero();
        worker.stop();
        assertThat(outboxes).allMatch(outbox -> outbox.subscribers() == 0);
    }

    @Test
    void outbox_doesNotFit_saysSoAndTheOthersAreDelivered() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(5);
        outboxes.get(2).verifyThrows(new OutboxException("outbox tenant 2: column seq is missing"));
        outboxes.get(2).fail(Op.LOOK_AHEAD, 1_000, Fault.REFUSED);
        outboxes.forEach(outbox -> outbox.add("a", 10));
        Recorder bad = new Recorder(System::nanoTime);
        Recorder good = new Recorder(System::nanoTime);
        fleet.start(fleet.delivering().listener(new DispatchListener() {
            @Override
            public DispatchListener forOutbox(String outbox) {
                return outbox.equals("tenant 2") ? bad : good;
            }
        }));
        good.await(Told.DELIVERED, 40);
        bad.await(Told.CLAIM_FAILED, 3);
        assertThat(bad.events(Told.CLAIM_FAILED))
                .extracting(Recorder.Event::text)
                .startsWith("outbox tenant 2: column seq is missing", "no database for LOOK_AHEAD");
        assertThat(good.count(Told.CLAIM_FAILED)).isZero();
        assertThat(good.count(Told.DELIVERED)).isEqualTo(40);
        outboxes.get(2).heal();
        bad.await(Told.DELIVERED, 10);
    }

    @Test
    void handlersInTransactions_ofSeveralKinds_useTheOutboxOfTheirMessage() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(4);
        outboxes.forEach(outbox -> {
            outbox.add("a", 10);
            outbox.add("b", 10);
        });
        Set<String> seen = ConcurrentHashMap.newKeySet();
        fleet.start(fleet.builder()
                .handleInTransaction(
                        Simulation.A, (tx, payload, message) -> seen.add(message.outbox() + " a " + message.id()))
                .handleInTransaction(
                        Simulation.B, (tx, payload, message) -> seen.add(message.outbox() + " b " + message.id())));
        fleet.recorder.await(Told.DELIVERED, 80);
        assertThat(seen).hasSize(80);
        assertThat(outboxes).allMatch(outbox -> outbox.rows().isEmpty());
        assertThat(fleet.recorder.count(Told.LEASE_LOST)).isZero();
    }

    @Test
    void listener_forOutboxThrowsOrAnswersNull_isToldNothingAndTheRestGoesOn() throws Exception {
        fleet.outboxes(3).forEach(outbox -> outbox.add("a", 5));
        fleet.start(fleet.delivering()
                .listener(new DispatchListener() {
                    @Override
                    public DispatchListener forOutbox(String outbox) {
                        throw new IllegalStateException("not for " + outbox);
                    }
                })
                .listener(new DispatchListener() {
                    @Override
                    @SuppressWarnings("NullAway") // what listeners without null checking do
                    public DispatchListener forOutbox(String outbox) {
                        return null;
                    }
                }));
        fleet.recorder.await(Told.DELIVERED, 15);
    }

    @Test
    void outbox_cannotBeAdded_theOthersAre() throws Exception {
        List<OutboxRepository<Void>> all = new ArrayList<>(fleet.outboxes(3));
        VirtualOutbox broken = new VirtualOutbox("broken", System::nanoTime);
        broken.settlesAndClaimsThrows(new IllegalStateException("no"));
        all.add(0, broken);
        all.forEach(outbox -> ((VirtualOutbox) outbox).add("a", 5));
        fleet.source.outboxes = all;
        Worker worker = fleet.start(fleet.delivering());
        fleet.recorder.await(Told.DELIVERED, 15);
        assertThat(worker.stop().delivered()).isEqualTo(15);
    }

    @Test
    void describe_worker_tellsHowItStandsInEachState() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(3);
        outboxes.forEach(outbox -> outbox.add("a", 4));
        Worker worker = fleet.start(fleet.builder()
                .concurrency(2)
                .concurrencyPerOutbox(1)
                .handle(Simulation.A, (p, m) -> fleet.released.await()));
        RealFleet.until(() -> worker.describe()
                .startsWith("outbox several: running, 3 outboxes, 2 handlers at work, 10 messages waiting,"
                        + " 0 outcomes to record; "));
        FutureTask<Worker.StopReport> stop = new FutureTask<>(worker::stop);
        new Thread(stop).start();
        RealFleet.until(() -> worker.describe().startsWith("outbox several: stopping, ")
                && worker.describe().contains(" 2 handlers at work, 0 messages waiting"));
        fleet.released.countDown();
        RealFleet.assertAccountedFor(stop.get(20, TimeUnit.SECONDS));
        assertThat(worker.describe())
                .startsWith("outbox several: stopped, 0 outboxes, 0 handlers at work, 0 messages waiting,")
                .contains("claimed=12");
    }

    @Test
    void describe_breakersOfOneKindOpenInSeveralOutboxes_namesTheKindOnce() throws Exception {
        fleet.outboxes(3).forEach(outbox -> outbox.add("a", 3));
        Worker worker = fleet.start(fleet.builder()
                .handle(
                        Simulation.A,
                        (payload, message) -> {
                            throw new IllegalStateException("no");
                        },
                        KindOptions.defaults()
                                .breakAfter(1, Duration.ZERO)
                                .probeEvery(Duration.ofMinutes(1), Duration.ofMinutes(1))));
        fleet.recorder.await(Told.BREAKER_OPENED, 3);
        RealFleet.until(() -> worker.describe().contains("circuit breaker open for [a];"));
    }

    @Test
    void outboxes_comeAndGoAtRandom_everythingIsDeliveredOnce() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(8);
        Map<String, AtomicInteger> deliveries = new ConcurrentHashMap<>();
        Worker worker = fleet.start(fleet.builder()
                .concurrency(4)
                .handle(
                        Simulation.A,
                        (payload, message) -> deliveries
                                .computeIfAbsent(message.outbox() + message.id(), id -> new AtomicInteger())
                                .incrementAndGet()));
        SplittableRandom random = new SplittableRandom(1);
        Map<String, List<UUID>> added = new LinkedHashMap<>();
        for (int round = 0; round < 30; round++) {
            outboxes.forEach(outbox -> added.computeIfAbsent(outbox.name(), n -> new ArrayList<>())
                    .addAll(outbox.add("a", random.nextInt(5))));
            fleet.source.outboxes =
                    outboxes.stream().filter(outbox -> random.nextBoolean()).toList();
            int asked = fleet.source.asked.get();
            RealFleet.until(() -> fleet.source.asked.get() > asked);
        }
        fleet.source.outboxes = outboxes;
        RealFleet.until(() -> outboxes.stream().allMatch(outbox -> outbox.pending() == 0));
        RealFleet.assertAccountedFor(worker.stop());
        int sum = added.values().stream().mapToInt(List::size).sum();
        assertThat(deliveries).hasSize(sum);
        assertThat(deliveries.values()).allMatch(count -> count.get() == 1);
    }
}
