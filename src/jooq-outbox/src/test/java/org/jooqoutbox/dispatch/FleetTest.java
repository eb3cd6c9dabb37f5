package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker of several outboxes on real threads and the real clock. */
@Timeout(120)
class FleetTest {

    private static final Duration SOON = Duration.ofMillis(5);

    // Longer than a test may take.
    private static final Duration NEVER = Duration.ofHours(1);

    /** Which outboxes there are is what the test says. */
    private static final class Several implements OutboxRepository.Source<Void> {
        private volatile List<? extends OutboxRepository<Void>> outboxes = List.of();
        private volatile @Nullable RuntimeException error;
        private volatile Map<String, Long> marks = Map.of();
        private volatile @Nullable RuntimeException marksError;
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger looks = new AtomicInteger();

        @Override
        public Collection<? extends OutboxRepository<Void>> outboxes() {
            asked.incrementAndGet();
            throwIfSet(error);
            return outboxes;
        }

        @Override
        public Map<String, Long> writeMarks() {
            looks.incrementAndGet();
            throwIfSet(marksError);
            return marks;
        }

        private static void throwIfSet(@Nullable RuntimeException error) {
            if (error != null) {
                throw error;
            }
        }
    }

    private final Several source = new Several();
    private final Recorder recorder = new Recorder(System::nanoTime);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Worker> started = new ArrayList<>();

    private List<VirtualOutbox> outboxes(int count) {
        List<VirtualOutbox> outboxes = IntStream.range(0, count)
                .mapToObj(i -> new VirtualOutbox("tenant " + i, System::nanoTime))
                .toList();
        outboxes.forEach(VirtualOutbox::looksAhead);
        source.outboxes = outboxes;
        return outboxes;
    }

    private Worker.Builder<Void> builder() {
        return Worker.builder(source)
                .listener(recorder)
                .shortestPoll(Duration.ofMillis(1))
                .longestPoll(SOON)
                .refreshEvery(SOON);
    }

    private Worker.Builder<Void> delivering() {
        return builder().handle(Simulation.A, (payload, message) -> {});
    }

    private Worker start(Worker.Builder<Void> builder) {
        Worker worker = builder.build();
        started.add(worker);
        worker.start();
        return worker;
    }

    @AfterEach
    void stopAll() {
        released.countDown();
        started.forEach(Worker::stop);
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("20 s are over").isNegative();
            Thread.onSpinWait();
        }
    }

    private static void assertAccountedFor(Worker.StopReport r) {
        assertThat(r.delivered()
                        + r.failed()
                        + r.postponed()
                        + r.expired()
                        + r.deadLettered()
                        + r.released()
                        + r.leasesLost()
                        + r.unconfirmed()
                        + r.abandoned())
                .as("%s", r)
                .isEqualTo(r.claimed());
    }

    @Test
    void messages_ofAllOutboxes_areDeliveredAndStopReports() throws Exception {
        outboxes(50).forEach(outbox -> outbox.add("a", 20));
        Worker worker = start(delivering());
        recorder.await(Told.DELIVERED, 1_000);
        assertThat(recorder.count(Told.OUTBOX_ADDED)).isEqualTo(50);
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(1_000, 1_000, 0, 0, 0, 0, 0, 0, 0, 0, true));
        assertThat(recorder.events(Told.STOPPED)).hasSize(1);
    }

    @Test
    void source_none_waitsUntilThereAreSome() throws Exception {
        start(delivering());
        until(() -> source.asked.get() > 2);
        outboxes(1).get(0).add("a", 1);
        recorder.await(Told.DELIVERED, 1);
    }

    @Test
    void outbox_removedWhileItIsAtWork_givesBackWhatWaitsAndMayComeAgain() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(2);
        VirtualOutbox first = outboxes.get(0);
        first.add("a", 30);
        CountDownLatch begun = new CountDownLatch(1);
        Worker worker = start(builder().concurrency(2).handle(Simulation.A, (payload, message) -> {
            begun.countDown();
            released.await();
        }));
        begun.await();
        source.outboxes = outboxes.subList(1, 2);
        recorder.await(Told.RELEASED, 29);
        assertThat(recorder.count(Told.OUTBOX_REMOVED))
                .as("its handler is still at work")
                .isZero();
        source.outboxes = outboxes;
        until(() -> source.asked.get() > 5);
        assertThat(recorder.count(Told.OUTBOX_ADDED)).isEqualTo(2);
        released.countDown();
        recorder.await(Told.OUTBOX_REMOVED, 1);
        recorder.await(Told.OUTBOX_ADDED, 3);
        recorder.await(Told.DELIVERED, 30);
        assertThat(recorder.events(Told.OUTBOX_REMOVED).get(0).text()).isEqualTo("tenant 0");
        assertAccountedFor(worker.stop());
    }

    @Test
    void source_throwsForAWhile_isToldOncePerOutageAndTheOthersGoOn() throws Exception {
        VirtualOutbox outbox = outboxes(1).get(0);
        start(delivering());
        recorder.await(Told.OUTBOX_ADDED, 1);
        for (int outage = 1; outage <= 2; outage++) {
            source.error = new IllegalStateException("no catalog");
            recorder.await(Told.OUTBOXES_UNKNOWN, outage);
            int asked = source.asked.get();
            outbox.add("a", 5);
            recorder.await(Told.DELIVERED, 5 * outage);
            until(() -> source.asked.get() > asked + 3);
            assertThat(recorder.count(Told.OUTBOXES_UNKNOWN)).isEqualTo(outage);
            source.error = null;
            int healed = source.asked.get();
            until(() -> source.asked.get() > healed + 1);
        }
        assertThat(recorder.events(Told.OUTBOXES_UNKNOWN).get(0).text()).isEqualTo("no catalog");
        assertThat(recorder.count(Told.OUTBOX_REMOVED)).isZero();
    }

    @Test
    void source_namesAnOutboxTwice_usesTheFirst() throws Exception {
        VirtualOutbox first = outboxes(1).get(0);
        VirtualOutbox twin = new VirtualOutbox("tenant 0", System::nanoTime);
        source.outboxes = List.of(first, twin);
        first.add("a", 3);
        twin.add("a", 3);
        start(delivering());
        recorder.await(Told.DELIVERED, 3);
        int asked = source.asked.get();
        until(() -> source.asked.get() > asked + 2);
        assertThat(twin.pending()).isEqualTo(3);
        assertThat(recorder.count(Told.OUTBOX_ADDED)).isEqualTo(1);
    }

    @Test
    void source_answersNonsense_isAnErrorOfItsOwn() throws Exception {
        outboxes(1);
        start(delivering());
        recorder.await(Told.OUTBOX_ADDED, 1);
        source.outboxes = Collections.singletonList(null);
        recorder.await(Told.OUTBOXES_UNKNOWN, 1);
        VirtualOutbox outbox = outboxes(1).get(0);
        until(() -> source.asked.get() > 3);
        assertThat(outbox.name()).isEqualTo("tenant 0");
    }

    // An idle outbox is claimed from without being asked first only where somebody says that something may be due.
    private static int claims(VirtualOutbox outbox) {
        return outbox.calls(Op.CLAIM).size();
    }

    @Test
    void writeMarks_change_wakesThatOutboxUp() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(3);
        source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L, "tenant 2", 7L);
        start(delivering().sweepEvery(NEVER));
        recorder.await(Told.OUTBOX_ADDED, 3);
        for (int round = 1; round <= 5; round++) {
            source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L + round, "tenant 2", 7L);
            int expected = round;
            until(() -> claims(outboxes.get(1)) == expected);
        }
        assertThat(claims(outboxes.get(0)) + claims(outboxes.get(2))).isZero();
        outboxes.get(1).add("a", 3);
        source.marks = Map.of("tenant 0", 7L, "tenant 1", 100L, "tenant 2", 7L);
        recorder.await(Told.DELIVERED, 3);
    }

    @Test
    void writeMarks_failForAWhile_wakeAllUpWhenTheyAreBack() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(3);
        source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L, "tenant 2", 7L);
        start(delivering().sweepEvery(NEVER));
        recorder.await(Told.OUTBOX_ADDED, 3);
        source.marksError = new IllegalStateException("no sequences");
        int looks = source.looks.get();
        until(() -> source.looks.get() > looks + 2);
        assertThat(outboxes).allMatch(outbox -> claims(outbox) == 0);
        source.marksError = null;
        until(() -> outboxes.stream().allMatch(outbox -> claims(outbox) == 1));
    }

    @Test
    void hint_fromAnOutbox_wakesItUp() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(2);
        source.marks = Map.of("tenant 0", 7L, "tenant 1", 7L);
        Worker worker = start(delivering().sweepEvery(NEVER));
        until(() -> outboxes.stream().allMatch(outbox -> outbox.subscribers() == 1));
        outboxes.get(1).wakeUp();
        until(() -> claims(outboxes.get(1)) == 1);
        assertThat(claims(outboxes.get(0))).isZero();
        worker.stop();
        assertThat(outboxes).allMatch(outbox -> outbox.subscribers() == 0);
    }

    @Test
    void outbox_doesNotFit_saysSoAndTheOthersAreDelivered() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(5);
        outboxes.get(2).verifyThrows(new OutboxException("outbox tenant 2: column seq is missing"));
        outboxes.get(2).fail(Op.LOOK_AHEAD, 1_000, Fault.REFUSED);
        outboxes.forEach(outbox -> outbox.add("a", 10));
        Recorder bad = new Recorder(System::nanoTime);
        Recorder good = new Recorder(System::nanoTime);
        start(delivering().listener(new DispatchListener() {
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
    void outbox_claimHangs_theOthersAreDeliveredMeanwhile() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(5);
        CountDownLatch hanging = new CountDownLatch(1);
        outboxes.forEach(outbox -> outbox.add("a", 200));
        outboxes.get(2).before(op -> {
            hanging.countDown();
            awaitStubbornly(released);
        });
        Worker worker = start(delivering().concurrency(4).maxWaiting(40));
        hanging.await();
        recorder.await(Told.DELIVERED, 800);
        released.countDown();
        recorder.await(Told.DELIVERED, 1_000);
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void handler_returnsWhileItsDispatcherHangs_leavesItsPlaceToOthers() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(2);
        VirtualOutbox hangs = outboxes.get(0);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        hangs.add("a", 1);
        start(builder().concurrency(1).handle(Simulation.A, (payload, message) -> {
            begun.countDown();
            awaitStubbornly(mayReturn);
        }));
        begun.await();
        hangs.before(op -> {
            hanging.countDown();
            awaitStubbornly(released);
        });
        hanging.await();
        mayReturn.countDown();
        outboxes.get(1).add("a", 1);
        recorder.await(Told.DELIVERED, 1);
    }

    private static void awaitStubbornly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                done = false;
            }
        }
    }

    // It stands in line for a place, and then its next call hangs: what is kept for it is all that the others miss.
    @Test
    void outbox_hangsWhileItIsFirstInLine_theOthersAreDeliveredMeanwhile() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(3);
        VirtualOutbox hangs = outboxes.get(0);
        CountDownLatch hanging = new CountDownLatch(1);
        hangs.add("a", 40);
        hangs.before(op -> {
            if (op == Op.SETTLE) {
                hanging.countDown();
                awaitStubbornly(released);
            }
        });
        start(delivering().concurrency(6).concurrencyPerOutbox(2).batch(40));
        hanging.await();
        outboxes.subList(1, 3).forEach(outbox -> outbox.add("a", 300));
        recorder.await(Told.DELIVERED, 600);
        released.countDown();
        recorder.await(Told.DELIVERED, 640);
    }

    @Test
    void outbox_flooded_quietOnesAreDeliveredMeanwhile() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(6);
        outboxes.get(0).add("a", 20_000);
        AtomicInteger flood = new AtomicInteger();
        Worker worker = start(builder().concurrency(4).handle(Simulation.A, (payload, message) -> {
            if (message.outbox().equals("tenant 0")) {
                flood.incrementAndGet();
                TimeUnit.MICROSECONDS.sleep(200);
            }
        }));
        until(() -> flood.get() > 100);
        for (int round = 1; round <= 5; round++) {
            outboxes.subList(1, 6).forEach(outbox -> outbox.add("a", 1));
            int expected = round * 5;
            until(() -> recorder.events(Told.HANDLER_STARTED).stream()
                            .filter(e -> !((Message) e.detail()).outbox().equals("tenant 0"))
                            .count()
                    == expected);
            assertThat(flood.get()).as("the flood still goes on").isLessThan(20_000);
        }
        assertAccountedFor(worker.stop());
    }

    @Test
    void concurrency_ofEachAndInAll_isNotExceeded() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(4);
        outboxes.forEach(outbox -> outbox.add("a", 200));
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicInteger all = new AtomicInteger();
        AtomicInteger mostOfAll = new AtomicInteger();
        AtomicInteger mostOfOne = new AtomicInteger();
        start(builder().concurrency(5).concurrencyPerOutbox(2).handle(Simulation.A, (payload, message) -> {
            AtomicInteger one = running.computeIfAbsent(message.outbox(), name -> new AtomicInteger());
            mostOfOne.accumulateAndGet(one.incrementAndGet(), Math::max);
            mostOfAll.accumulateAndGet(all.incrementAndGet(), Math::max);
            TimeUnit.MICROSECONDS.sleep(100);
            all.decrementAndGet();
            one.decrementAndGet();
        }));
        recorder.await(Told.DELIVERED, 800);
        assertThat(mostOfAll.get()).isBetween(2, 5);
        assertThat(mostOfOne.get()).isEqualTo(2);
    }

    @Test
    void maxWaiting_manyOutboxesWithABacklog_boundsTheLeasesInAll() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(12);
        outboxes.forEach(outbox -> outbox.add("a", 100));
        AtomicInteger done = new AtomicInteger();
        Worker worker = start(builder().concurrency(3).maxWaiting(40).handle(Simulation.A, (payload, message) -> {
            done.incrementAndGet();
            released.await();
        }));
        until(() -> done.get() == 3);
        // less than a tenth of what is wanted is not worth a claim
        until(() -> worker.describe().matches(".* (3[789]|40) messages waiting.*"));
        long leases = outboxes.stream()
                .flatMap(outbox -> outbox.rows().stream())
                .filter(row -> row.unsettled > 0)
                .count();
        assertThat(leases).isLessThanOrEqualTo(43);
        released.countDown();
        recorder.await(Told.DELIVERED, 1_200);
    }

    @Test
    void handlersInTransactions_ofSeveralKinds_useTheOutboxOfTheirMessage() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(4);
        outboxes.forEach(outbox -> {
            outbox.add("a", 10);
            outbox.add("b", 10);
        });
        Set<String> seen = ConcurrentHashMap.newKeySet();
        start(builder()
                .handleInTransaction(
                        Simulation.A, (tx, payload, message) -> seen.add(message.outbox() + " a " + message.id()))
                .handleInTransaction(
                        Simulation.B, (tx, payload, message) -> seen.add(message.outbox() + " b " + message.id())));
        recorder.await(Told.DELIVERED, 80);
        assertThat(seen).hasSize(80);
        assertThat(outboxes).allMatch(outbox -> outbox.rows().isEmpty());
        assertThat(recorder.count(Told.LEASE_LOST)).isZero();
    }

    @Test
    void listener_forOutboxThrowsOrAnswersNull_isToldNothingAndTheRestGoesOn() throws Exception {
        outboxes(3).forEach(outbox -> outbox.add("a", 5));
        start(delivering()
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
        recorder.await(Told.DELIVERED, 15);
    }

    @Test
    void outbox_cannotBeAdded_theOthersAre() throws Exception {
        List<OutboxRepository<Void>> all = new ArrayList<>(outboxes(3));
        VirtualOutbox broken = new VirtualOutbox("broken", System::nanoTime);
        broken.settlesAndClaimsThrows(new IllegalStateException("no"));
        all.add(0, broken);
        all.forEach(outbox -> ((VirtualOutbox) outbox).add("a", 5));
        source.outboxes = all;
        Worker worker = start(delivering());
        recorder.await(Told.DELIVERED, 15);
        assertThat(worker.stop().delivered()).isEqualTo(15);
    }

    @Test
    void stop_handlersThatDoNotReturn_isBoundedAndCountsEverything() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(3);
        outboxes.forEach(outbox -> outbox.add("a", 20));
        AtomicInteger handling = new AtomicInteger();
        Worker worker = start(builder()
                .concurrency(4)
                .shutdownTimeout(Duration.ofMillis(300))
                .handle(Simulation.A, (payload, message) -> {
                    handling.incrementAndGet();
                    awaitStubbornly(released);
                }));
        until(() -> handling.get() == 4);
        Worker.StopReport report = worker.stop();
        assertThat(report.abandoned()).isEqualTo(4);
        assertThat(report.clean()).isFalse();
        assertAccountedFor(report);
        assertThat(outboxes.stream().flatMap(outbox -> outbox.rows().stream()).filter(row -> row.unsettled > 0))
                .hasSize(4);
    }

    @Test
    void stop_insideAHandlerOrListener_returnsWithoutWaitingForItself() throws Exception {
        for (boolean inHandler : new boolean[] {true, false}) {
            Recorder told = new Recorder(System::nanoTime);
            outboxes(2).forEach(outbox -> outbox.add("a", 1));
            CompletableFuture<Worker> self = new CompletableFuture<>();
            Worker worker = start(builder()
                    .listener(told)
                    .handle(Simulation.A, (payload, message) -> {
                        if (inHandler) {
                            self.join().stop();
                        }
                    })
                    .listener(new DispatchListener() {
                        @Override
                        public void delivered(Message message) {
                            if (!inHandler) {
                                self.join().stop();
                            }
                        }
                    }));
            self.complete(worker);
            told.await(Told.STOPPED, 1);
            assertAccountedFor(worker.stop());
        }
    }

    @Test
    void stop_insideAListenerToldOfAnOutbox_returnsWithoutWaitingForItself() throws Exception {
        outboxes(2);
        CompletableFuture<Worker> self = new CompletableFuture<>();
        Worker worker = start(delivering().listener(new DispatchListener() {
            @Override
            public void outboxAdded(String outbox) {
                self.join().stop();
            }
        }));
        self.complete(worker);
        recorder.await(Told.STOPPED, 1);
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void stop_whileAClaimHangs_waitsForThatCallAlone() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        VirtualOutbox outbox = outboxes(3).get(0);
        outbox.before(op -> {
            hanging.countDown();
            awaitStubbornly(released);
        });
        Worker worker = start(delivering().withoutWakeUps());
        hanging.await();
        FutureTask<Worker.StopReport> stop = new FutureTask<>(worker::stop);
        new Thread(stop).start();
        recorder.await(Told.OUTBOX_REMOVED, 2);
        assertThat(stop.isDone()).isFalse();
        released.countDown();
        assertThat(stop.get(20, TimeUnit.SECONDS).clean()).isTrue();
    }

    @Test
    void stop_neverStarted_isClean() {
        outboxes(1);
        Worker worker = delivering().build();
        assertThat(worker.describe()).startsWith("outbox several: not started, 0 outboxes, 0 handlers at work");
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void describe_worker_tellsHowItStandsInEachState() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(3);
        outboxes.forEach(outbox -> outbox.add("a", 4));
        Worker worker = start(
                builder().concurrency(2).concurrencyPerOutbox(1).handle(Simulation.A, (p, m) -> released.await()));
        until(() -> worker.describe()
                .startsWith("outbox several: running, 3 outboxes, 2 handlers at work, 10 messages waiting,"
                        + " 0 outcomes to record; "));
        FutureTask<Worker.StopReport> stop = new FutureTask<>(worker::stop);
        new Thread(stop).start();
        until(() -> worker.describe().startsWith("outbox several: stopping, ")
                && worker.describe().contains(" 2 handlers at work, 0 messages waiting"));
        released.countDown();
        assertAccountedFor(stop.get(20, TimeUnit.SECONDS));
        assertThat(worker.describe())
                .startsWith("outbox several: stopped, 0 outboxes, 0 handlers at work, 0 messages waiting,")
                .contains("claimed=12");
    }

    @Test
    void describe_breakersOfOneKindOpenInSeveralOutboxes_namesTheKindOnce() throws Exception {
        outboxes(3).forEach(outbox -> outbox.add("a", 3));
        Worker worker = start(builder()
                .handle(
                        Simulation.A,
                        (payload, message) -> {
                            throw new IllegalStateException("no");
                        },
                        KindOptions.defaults()
                                .breakAfter(1, Duration.ZERO)
                                .probeEvery(Duration.ofMinutes(1), Duration.ofMinutes(1))));
        recorder.await(Told.BREAKER_OPENED, 3);
        until(() -> worker.describe().contains("circuit breaker open for [a];"));
    }

    @Test
    void startStop_twoHundredTimes_leaksNoThread() throws Exception {
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        List<VirtualOutbox> outboxes = outboxes(3);
        for (int i = 0; i < 200; i++) {
            outboxes.forEach(outbox -> outbox.add("a", 3));
            int delivered = recorder.count(Told.DELIVERED);
            try (Worker worker = start(delivering())) {
                if (i % 3 > 0) {
                    recorder.await(Told.DELIVERED, delivered + i % 3);
                }
                assertThat(worker.stop().clean()).isTrue();
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("outbox-several") && !before.contains(thread)) {
                thread.join(TimeUnit.SECONDS.toMillis(20));
                assertThat(thread.isAlive()).as("%s", thread).isFalse();
            }
        }
        assertThat(outboxes.stream().flatMap(outbox -> outbox.rows().stream())).allMatch(row -> row.unsettled == 0);
    }

    @Test
    void outboxes_comeAndGoAtRandom_everythingIsDeliveredOnce() throws Exception {
        List<VirtualOutbox> outboxes = outboxes(8);
        Map<String, AtomicInteger> deliveries = new ConcurrentHashMap<>();
        Worker worker = start(builder()
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
            source.outboxes =
                    outboxes.stream().filter(outbox -> random.nextBoolean()).toList();
            int asked = source.asked.get();
            until(() -> source.asked.get() > asked);
        }
        source.outboxes = outboxes;
        until(() -> outboxes.stream().allMatch(outbox -> outbox.pending() == 0));
        assertAccountedFor(worker.stop());
        int sum = added.values().stream().mapToInt(List::size).sum();
        assertThat(deliveries).hasSize(sum);
        assertThat(deliveries.values()).allMatch(count -> count.get() == 1);
    }
}
