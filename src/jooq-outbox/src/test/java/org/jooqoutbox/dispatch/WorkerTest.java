package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker on real threads and the real clock; what it decides is tested in virtual time. */
@Timeout(120)
class WorkerTest {

    private final VirtualOutbox outbox = new VirtualOutbox(System::nanoTime);
    private final Recorder recorder = new Recorder(System::nanoTime);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Worker> started = new ArrayList<>();

    private Worker.Builder<Void> builder() {
        return Worker.builder(outbox).listener(recorder);
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

    private static List<Thread> threads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("outbox-virtual") && !before.contains(thread))
                .toList();
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    @Test
    void worker_messages_areDeliveredOnNamedThreadsAndStopReports() throws Exception {
        Set<String> names = new HashSet<>();
        outbox.add("a", 500);
        Worker worker = start(builder().handle(Simulation.A, (payload, message) -> {
            assertThat(payload).isEqualTo("{}");
            synchronized (names) {
                names.add(Thread.currentThread().getName());
                assertThat(Thread.currentThread().isDaemon()).isFalse();
            }
        }));
        recorder.await(Told.DELIVERED, 500);
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(500, 500, 0, 0, 0, 0, 0, 0, 0, 0, true));
        assertThat(names).isNotEmpty().allMatch(name -> name.startsWith("outbox-virtual-handler-"));
        assertThat(recorder.events(Told.STOPPED)).hasSize(1);
    }

    /** After a burst it takes longest, for what was delivered has left its traces. */
    @Test
    void lookAhead_takesLong_holdsUpNoOutcome() throws Exception {
        Semaphore asked = new Semaphore(0);
        Semaphore answered = new Semaphore(0);
        VirtualOutbox slow = new VirtualOutbox(System::nanoTime) {
            @Override
            @SuppressWarnings("UnsynchronizedOverridesSynchronized") // what waits here must not keep others out
            public Optional<Duration> nextDue(Collection<String> kinds) {
                asked.release();
                answered.acquireUninterruptibly();
                return super.nextDue(kinds);
            }
        };
        slow.add("a", 1);
        start(Worker.builder(slow).listener(recorder).handle(Simulation.A, (payload, message) -> asked.acquire()));
        try {
            recorder.await(Told.DELIVERED, 1);
        } finally {
            answered.release(Integer.MAX_VALUE);
        }
    }

    // F70, F72: as often as one likes, with messages in every state, and nothing is left behind.
    @Test
    void startStop_twoHundredTimes_leaksNoThread() throws Exception {
        Set<Thread> before = threads();
        for (int i = 0; i < 200; i++) {
            outbox.add("a", 20);
            int delivered = recorder.count(Told.DELIVERED);
            try (Worker worker = start(builder().handle(Simulation.A, (payload, message) -> {}))) {
                if (i % 3 > 0) {
                    recorder.await(Told.DELIVERED, delivered + i % 3);
                }
                assertThat(worker.stop().clean()).isTrue();
            }
        }
        for (Thread thread : threads(before)) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).as("%s", thread).isFalse();
        }
        assertThat(outbox.rows()).allMatch(row -> row.unsettled == 0);
    }

    @Test
    void stop_insideAHandler_returnsWithoutWaitingForItself() throws Exception {
        outbox.add("a", 1);
        CompletableFuture<Worker> self = new CompletableFuture<>();
        CompletableFuture<Worker.StopReport> inside = new CompletableFuture<>();
        Worker worker = start(builder()
                .handle(
                        Simulation.A,
                        (payload, message) -> inside.complete(self.get().stop())));
        self.complete(worker);
        recorder.await(Told.STOPPED, 1);
        assertThat(inside.get().clean()).isFalse();
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, true));
    }

    @Test
    void stop_insideAListener_returnsWithoutWaitingForItself() throws Exception {
        outbox.add("a", 1);
        CompletableFuture<Worker> self = new CompletableFuture<>();
        Worker worker =
                start(builder().handle(Simulation.A, (payload, message) -> {}).listener(new DispatchListener() {
                    @Override
                    public void delivered(Message message) {
                        self.join().stop();
                    }
                }));
        self.complete(worker);
        recorder.await(Told.STOPPED, 1);
        assertThat(worker.stop().delivered()).isEqualTo(1);
    }

    @Test
    void stop_waitingThreadIsInterrupted_returnsEarlyAndKeepsTheFlag() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        outbox.add("a", 1);
        Worker worker = start(builder().handle(Simulation.A, (payload, message) -> {
            handling.countDown();
            released.await();
        }));
        handling.await();
        FutureTask<Boolean> stopping = new FutureTask<>(() -> {
            Worker.StopReport report = worker.stop();
            return !report.clean() && Thread.interrupted();
        });
        Thread thread = new Thread(stopping);
        thread.start();
        thread.interrupt();
        assertThat(stopping.get(20, TimeUnit.SECONDS)).isTrue();
        released.countDown();
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, true));
    }

    @Test
    void stop_fromManyThreads_allGetTheSameReport() throws Exception {
        outbox.add("a", 50);
        Worker worker = start(builder().handle(Simulation.A, (payload, message) -> {}));
        recorder.await(Told.DELIVERED, 50);
        List<FutureTask<Worker.StopReport>> stops = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            FutureTask<Worker.StopReport> stop = new FutureTask<>(worker::stop);
            stops.add(stop);
            new Thread(stop).start();
        }
        for (FutureTask<Worker.StopReport> stop : stops) {
            assertThat(stop.get(20, TimeUnit.SECONDS)).isEqualTo(worker.stop());
        }
    }

    @Test
    void stop_neverStarted_isCleanAndStartIsRefusedAfterwards() {
        Worker worker = builder().handle(Simulation.A, (payload, message) -> {}).build();
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true));
        assertThatThrownBy(worker::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("outbox virtual: this worker was stopped before; build a new one");
    }

    @Test
    void start_twice_isRefused() {
        Worker worker = start(builder().handle(Simulation.A, (payload, message) -> {}));
        assertThatThrownBy(worker::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("outbox virtual: this worker was started before; build a new one");
    }

    @Test
    void start_tableDoesNotFit_isRefused() {
        outbox.verifyThrows(new OutboxException("column seq is missing"));
        Worker worker = builder().handle(Simulation.A, (payload, message) -> {}).build();
        assertThatThrownBy(worker::start).isInstanceOf(OutboxException.class).hasMessage("column seq is missing");
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void start_databaseDoesNotAnswer_startsAllTheSame() throws Exception {
        outbox.verifyThrows(new IllegalStateException("connection refused"));
        outbox.fail(Op.CLAIM, Fault.REFUSED);
        outbox.add("a", 1);
        start(builder().handle(Simulation.A, (payload, message) -> {}));
        recorder.await(Told.DELIVERED, 1);
        assertThat(recorder.count(Told.CLAIM_FAILED)).isEqualTo(1);
    }

    // Both are held up until both have something to do.
    @Test
    void workers_two_shareNothing() throws Exception {
        List<UUID> ids = outbox.add("a", 400);
        ConcurrentLinkedQueue<UUID> handled = new ConcurrentLinkedQueue<>();
        CountDownLatch bothAtWork = new CountDownLatch(2);
        Worker first = start(halfOfTwo(handled, bothAtWork));
        Worker second = start(halfOfTwo(handled, bothAtWork));
        recorder.await(Told.DELIVERED, 400);
        assertThat(handled).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(first.stop().delivered() + second.stop().delivered()).isEqualTo(400);
        assertThat(first.stop().delivered()).isBetween(1L, 399L);
    }

    private Worker.Builder<Void> halfOfTwo(ConcurrentLinkedQueue<UUID> handled, CountDownLatch bothAtWork) {
        AtomicBoolean atWork = new AtomicBoolean();
        return builder().batch(10).handle(Simulation.A, (payload, message) -> {
            if (atWork.compareAndSet(false, true)) {
                bothAtWork.countDown();
            }
            bothAtWork.await();
            handled.add(message.id());
        });
    }

    @Test
    void deadline_handlerHangs_isInterruptedAndTriedAgain() throws Exception {
        outbox.add("a", 1);
        AtomicInteger tries = new AtomicInteger();
        start(builder()
                .handle(Simulation.A, (payload, message) -> {
                    if (tries.incrementAndGet() == 1) {
                        new CountDownLatch(1).await();
                    }
                })
                .handlerDeadline(Duration.ofMillis(100))
                .retry(RetryPolicy.fixed(Duration.ofMillis(1))));
        recorder.await(Told.DELIVERED, 1);
        assertThat(recorder.count(Told.OVERDUE)).isEqualTo(1);
        assertThat(recorder.events(Told.FAILED).get(0).text())
                .startsWith("the handler's deadline of PT0.1S passed; then java.lang.InterruptedException");
    }

    @Test
    void stop_handlerIgnoresTheInterrupt_isBoundedAndItsThreadEndsWithIt() throws Exception {
        Set<Thread> before = threads();
        outbox.add("a", 1);
        CountDownLatch handling = new CountDownLatch(1);
        Worker worker = start(builder()
                .handle(Simulation.A, (payload, message) -> {
                    handling.countDown();
                    RealFleet.awaitStubbornly(released);
                })
                .shutdownTimeout(Duration.ofMillis(200)));
        handling.await();
        assertThat(worker.stop()).isEqualTo(new Worker.StopReport(1, 0, 0, 0, 0, 0, 0, 0, 0, 1, false));
        List<Thread> left = threads(before);
        assertThat(left).hasSize(1);
        released.countDown();
        left.get(0).join(TimeUnit.SECONDS.toMillis(20));
        assertThat(left.get(0).isAlive()).isFalse();
    }

    @Test
    void executor_rejectsEverythingForAWhile_messagesAreGivenBackAndDeliveredLater() throws Exception {
        outbox.add("a", 20);
        AtomicInteger rejections = new AtomicInteger();
        start(builder().handle(Simulation.A, (payload, message) -> {}).executor(task -> {
            if (rejections.incrementAndGet() <= 5) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        }));
        recorder.await(Told.DELIVERED, 20);
        assertThat(recorder.count(Told.RELEASED)).isEqualTo(5);
        assertThat(recorder.events(Told.NOT_STARTED))
                .hasSize(5)
                .allMatch(event -> event.text()
                        .equals("the executor refused it: java.util.concurrent.RejectedExecutionException: full"));
    }

    @Test
    void executor_throwsAnything_doesNotEndTheLoop() throws Exception {
        List<Throwable> errors = Throwables.all();
        outbox.add("a", 5);
        AtomicInteger calls = new AtomicInteger();
        start(builder()
                .handle(Simulation.A, (payload, message) -> {})
                .longestPoll(Duration.ofMillis(50))
                .executor(task -> {
                    int call = calls.getAndIncrement();
                    if (call < errors.size()) {
                        throw VirtualOutbox.sneaky(errors.get(call));
                    }
                    task.run();
                }));
        recorder.await(Told.DELIVERED, 5);
        assertThat(recorder.count(Told.NOT_STARTED)).isEqualTo(errors.size());
    }

    @Test
    void executor_swallowsATask_messageIsGivenBackAtItsDeadline() throws Exception {
        outbox.add("a", 1);
        AtomicInteger calls = new AtomicInteger();
        start(builder()
                .handle(Simulation.A, (payload, message) -> {})
                .handlerDeadline(Duration.ofMillis(100))
                .executor(task -> {
                    if (calls.incrementAndGet() > 1) {
                        task.run();
                    }
                }));
        recorder.await(Told.DELIVERED, 1);
        assertThat(recorder.events(Told.NOT_STARTED))
                .singleElement()
                .extracting(Recorder.Event::text)
                .isEqualTo("the executor did not come to it in time");
        assertThat(recorder.count(Told.OVERDUE)).isZero();
    }

    @Test
    void concurrency_manyMessages_isNotExceeded() throws Exception {
        outbox.add("a", 300);
        Semaphore places = new Semaphore(3);
        AtomicInteger tooMany = new AtomicInteger();
        start(builder().concurrency(3).handle(Simulation.A, (payload, message) -> {
            if (!places.tryAcquire()) {
                tooMany.incrementAndGet();
                return;
            }
            places.release();
        }));
        recorder.await(Told.DELIVERED, 300);
        assertThat(tooMany).hasValue(0);
    }

    @Test
    void stop_whileAClaimHangs_waitsForThatCallAlone() throws Exception {
        CountDownLatch claiming = new CountDownLatch(1);
        outbox.add("a", 3);
        outbox.before(op -> {
            claiming.countDown();
            RealFleet.awaitStubbornly(released);
        });
        Worker worker = start(builder().handle(Simulation.A, (payload, message) -> {}));
        claiming.await();
        FutureTask<Worker.StopReport> stop = new FutureTask<>(worker::stop);
        new Thread(stop).start();
        released.countDown();
        assertThat(reportOf(stop).released() + reportOf(stop).delivered()).isEqualTo(3);
    }

    private static Worker.StopReport reportOf(FutureTask<Worker.StopReport> stop)
            throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
        return stop.get(20, TimeUnit.SECONDS);
    }

    @Test
    void describe_worker_tellsHowItStandsInEachState() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Worker worker = builder()
                .concurrency(1)
                .handle(Simulation.A, (payload, message) -> {
                    begun.countDown();
                    released.await();
                })
                .build();
        assertThat(worker.describe()).startsWith("outbox virtual: not started, 0 handlers at work, 0 messages waiting");
        outbox.add("a", 3);
        started.add(worker);
        worker.start();
        begun.await();
        recorder.await(Told.CLAIMED, 1);
        while (!worker.describe().contains("running, 1 handlers at work, 2 messages waiting, 0 outcomes to record; ")) {
            Thread.onSpinWait();
        }
        released.countDown();
        worker.stop();
        assertThat(worker.describe())
                .startsWith("outbox virtual: stopped, 0 handlers at work, 0 messages waiting, 0 outcomes to record; ")
                .contains("claimed=3");
    }

    @Test
    void toString_worker_tellsAllSettingsOnOneLine() {
        assertThat(builder().handle(Simulation.A, (payload, message) -> {}).build())
                .hasToString("worker of outbox virtual: kinds [a (retry PT5S doubling to PT1H up to 10 failures)],"
                        + " lease PT30S renewed every PT10S, handler deadline PT25S, batch 100 to 500, max waiting 1000,"
                        + " concurrency 10,"
                        + " poll PT0.05S to PT1S, settle batch 100 to 500 within PT0.01S, max deaths 3,"
                        + " shutdown timeout PT20S");
    }
}
