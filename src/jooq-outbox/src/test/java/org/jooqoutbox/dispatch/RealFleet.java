package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Workers of several outboxes on real threads and the real clock, which are stopped after the test. */
final class RealFleet implements AfterEachCallback {

    private static final Duration SOON = Duration.ofMillis(5);

    /** Which outboxes there are is what the test says. */
    static final class Several implements OutboxRepository.Source<Void> {
        volatile List<? extends OutboxRepository<Void>> outboxes = List.of();
        volatile @Nullable RuntimeException error;
        volatile Map<String, Long> marks = Map.of();
        volatile @Nullable RuntimeException marksError;
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger looks = new AtomicInteger();

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

    final Several source = new Several();
    final Recorder recorder = new Recorder(System::nanoTime);
    final CountDownLatch released = new CountDownLatch(1);
    private final List<Worker> started = new ArrayList<>();

    List<VirtualOutbox> outboxes(int count) {
        List<VirtualOutbox> outboxes = IntStream.range(0, count)
                .mapToObj(i -> new VirtualOutbox("tenant " + i, System::nanoTime))
                .toList();
        outboxes.forEach(VirtualOutbox::looksAhead);
        source.outboxes = outboxes;
        return outboxes;
    }

    Worker.Builder<Void> builder() {
        return Worker.builder(source)
                .listener(recorder)
                .shortestPoll(Duration.ofMillis(1))
                .longestPoll(SOON)
                .refreshEvery(SOON);
    }

    Worker.Builder<Void> delivering() {
        return builder().handle(Simulation.A, (payload, message) -> {});
    }

    Worker start(Worker.Builder<Void> builder) {
        Worker worker = builder.build();
        started.add(worker);
        worker.start();
        return worker;
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("20 s are over").isNegative();
            Thread.onSpinWait();
        }
    }

    /** Every message that was claimed is in one of the numbers. */
    static void assertAccountedFor(Worker.StopReport r) {
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

    /** Whoever interrupts it, waits in vain. */
    static void awaitStubbornly(CountDownLatch latch) {
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

    @Override
    public void afterEach(ExtensionContext context) {
        released.countDown();
        started.forEach(Worker::stop);
    }
}
