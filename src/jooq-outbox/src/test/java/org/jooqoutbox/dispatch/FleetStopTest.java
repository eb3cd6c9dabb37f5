package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a worker of several outboxes stops. On real threads and the real clock. */
@Timeout(120)
class FleetStopTest {

    @RegisterExtension
    private final RealFleet fleet = new RealFleet();

    @Test
    void stop_handlersThatDoNotReturn_isBoundedAndCountsEverything() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(3);
        outboxes.forEach(outbox -> outbox.add("a", 20));
        AtomicInteger handling = new AtomicInteger();
        Worker worker = fleet.start(fleet.builder()
                .concurrency(4)
                .shutdownTimeout(Duration.ofMillis(300))
                .handle(Simulation.A, (payload, message) -> {
                    handling.incrementAndGet();
                    RealFleet.awaitStubbornly(fleet.released);
                }));
        RealFleet.until(() -> handling.get() == 4);
        Worker.StopReport report = worker.stop();
        assertThat(report.abandoned()).isEqualTo(4);
        assertThat(report.clean()).isFalse();
        RealFleet.assertAccountedFor(report);
        assertThat(outboxes.stream().flatMap(outbox -> outbox.rows().stream()).filter(row -> row.unsettled > 0))
                .hasSize(4);
    }

    @Test
    void stop_insideAHandlerOrListener_returnsWithoutWaitingForItself() throws Exception {
        for (boolean inHandler : new boolean[] {true, false}) {
            Recorder told = new Recorder(System::nanoTime);
            fleet.outboxes(2).forEach(outbox -> outbox.add("a", 1));
            CompletableFuture<Worker> self = new CompletableFuture<>();
            Worker worker = fleet.start(fleet.builder()
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
            RealFleet.assertAccountedFor(worker.stop());
        }
    }

    @Test
    void stop_insideAListenerToldOfAnOutbox_returnsWithoutWaitingForItself() throws Exception {
        fleet.outboxes(2);
        CompletableFuture<Worker> self = new CompletableFuture<>();
        Worker worker = fleet.start(fleet.delivering().listener(new DispatchListener() {
            @Override
            public void outboxAdded(String outbox) {
                self.join().stop();
            }
        }));
        self.complete(worker);
        fleet.recorder.await(Told.STOPPED, 1);
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void stop_whileAClaimHangs_waitsForThatCallAlone() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        VirtualOutbox outbox = fleet.outboxes(3).get(0);
        outbox.before(op -> {
            hanging.countDown();
            RealFleet.awaitStubbornly(fleet.released);
        });
        Worker worker = fleet.start(fleet.delivering().withoutWakeUps());
        hanging.await();
        FutureTask<Worker.StopReport> stop = new FutureTask<>(worker::stop);
        new Thread(stop).start();
        fleet.recorder.await(Told.OUTBOX_REMOVED, 2);
        assertThat(stop.isDone()).isFalse();
        fleet.released.countDown();
        assertThat(stop.get(20, TimeUnit.SECONDS).clean()).isTrue();
    }

    @Test
    void stop_neverStarted_isClean() {
        fleet.outboxes(1);
        Worker worker = fleet.delivering().build();
        assertThat(worker.describe()).startsWith("outbox several: not started, 0 outboxes, 0 handlers at work");
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void startStop_twoHundredTimes_leaksNoThread() throws Exception {
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        List<VirtualOutbox> outboxes = fleet.outboxes(3);
        for (int i = 0; i < 200; i++) {
            outboxes.forEach(outbox -> outbox.add("a", 3));
            int delivered = fleet.recorder.count(Told.DELIVERED);
            try (Worker worker = fleet.start(fleet.delivering())) {
                if (i % 3 > 0) {
                    fleet.recorder.await(Told.DELIVERED, delivered + i % 3);
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
}
