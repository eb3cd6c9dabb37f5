package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts: of handlers that do what they like with them, and of the threads that stop and drain. */
@Timeout(60)
class InterruptTest {

    private final TestOutbox outbox = TestOutbox.create("interrupt");
    private final Gauge gauge = new Gauge();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();

    private Worker.Builder<?> builder() {
        return Worker.builder(outbox.repository())
                .listener(gauge)
                .retry(RetryPolicy.fixed(Duration.ofMillis(10)))
                .shortestPoll(Duration.ofMillis(10))
                .longestPoll(Duration.ofMillis(20));
    }

    @AfterEach
    void release() {
        released.countDown();
    }

    // Its interrupt came too late to change anything: it returned, and that is a delivery.
    @Test
    void handler_swallowsItsInterrupt_isDeliveredAndTheNextOneIsUndisturbed() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        Map<UUID, Boolean> flags = new ConcurrentHashMap<>();
        UUID slow = Sender.send(outbox);
        try (Worker worker = builder()
                .concurrency(1)
                .lease(Duration.ofSeconds(10))
                .handlerDeadline(Duration.ofMillis(200))
                .handle(Sender.KIND, (payload, message) -> {
                    if (first.getAndSet(false)) {
                        waitUntilInterrupted();
                    }
                    flags.put(message.id(), Thread.currentThread().isInterrupted());
                })
                .build()) {
            worker.start();
            gauge.await(Event.DELIVERED, 1);
            UUID next = Sender.send(outbox);
            gauge.await(Event.DELIVERED, 2);
            assertThat(flags).isEqualTo(Map.of(slow, false, next, false));
            assertThat(gauge.count(Event.OVERDUE)).isEqualTo(1);
            assertThat(interrupts).hasValue(1);
        }
        assertThat(outbox.rows()).isEmpty();
    }

    private void waitUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupts.incrementAndGet(); // and nothing else: it is swallowed
        }
    }

    // The flag is the thread's, and the thread handles the next message.
    @Test
    void handler_leavesTheInterruptFlagSet_disturbsNobody() throws Exception {
        Map<UUID, Boolean> flags = new ConcurrentHashMap<>();
        Sender.send(outbox, 200);
        try (Worker worker = builder()
                .concurrency(2)
                .handle(Sender.KIND, (payload, message) -> {
                    flags.put(message.id(), Thread.currentThread().isInterrupted());
                    outbox.dsl().fetchValue("select 1"); // would fail in a pool that looks at the flag
                    Thread.currentThread().interrupt();
                })
                .build()) {
            worker.start();
            gauge.await(Event.DELIVERED, 200);
            assertThat(worker.stop().clean()).isTrue();
        }
        assertThat(flags).hasSize(200).doesNotContainValue(true);
    }

    // F71
    @Test
    void handler_ignoresEveryInterrupt_stopIsBoundedReportsItAndTheMessageIsLeftToItsLease() throws Exception {
        UUID id = Sender.send(outbox);
        CountDownLatch handling = new CountDownLatch(1);
        Worker worker = builder()
                .shutdownTimeout(Duration.ofMillis(500))
                .handle(Sender.KIND, (payload, message) -> {
                    handling.countDown();
                    waitStubbornly();
                })
                .build();
        worker.start();
        handling.await();
        long asked = System.nanoTime();
        Worker.StopReport report = worker.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
        assertThat(interrupts).hasPositiveValue();
        assertThat(report.abandoned()).isEqualTo(1);
        assertThat(report.clean()).isFalse();
        assertThat(outbox.row(id).getUnsettled()).isEqualTo(1);
        assertThat(outbox.row(id).getFailures()).isZero();
    }

    private void waitStubbornly() {
        while (released.getCount() > 0) {
            try {
                released.await();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet(); // and on it waits
            }
        }
    }

    // F68: the driver does not notice interrupts, the drainer does.
    @Test
    void drain_itsThreadIsInterrupted_givesBackTheRestKeepsTheFlagAndLosesNothing() throws Exception {
        Sender.send(outbox, 50);
        CountDownLatch handling = new CountDownLatch(1);
        Drainer drainer = Drainer.builder(outbox.repository())
                .listener(gauge)
                .concurrency(1)
                .handle(Sender.KIND, (payload, message) -> {
                    handling.countDown();
                    released.await();
                })
                .build();
        FutureTask<Boolean> drain = new FutureTask<>(() -> !drainer.drain().drained() && Thread.interrupted());
        Thread thread = new Thread(drain, "drains");
        thread.start();
        handling.await();
        thread.interrupt();
        gauge.await(Event.RELEASED, 49);
        released.countDown();
        assertThat(drain.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(gauge.count(Event.DELIVERED)).isEqualTo(1);
        assertThat(outbox.rows())
                .hasSize(49)
                .allSatisfy(row -> assertThat(row.getUnsettled()).isZero());
    }

    @Test
    void stop_itsThreadIsInterrupted_returnsKeepsTheFlagAndStoppingGoesOn() throws Exception {
        Sender.send(outbox, 30);
        CountDownLatch handling = new CountDownLatch(1);
        Worker worker = builder()
                .concurrency(1)
                .handle(Sender.KIND, (payload, message) -> {
                    handling.countDown();
                    released.await();
                })
                .build();
        worker.start();
        handling.await();
        Thread.currentThread().interrupt();
        assertThat(worker.stop().clean()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        gauge.await(Event.RELEASED, 29);
        released.countDown();
        assertThat(worker.stop().clean()).isTrue();
        assertThat(outbox.rows())
                .hasSize(29)
                .allSatisfy(row -> assertThat(row.getUnsettled()).isZero());
    }
}
