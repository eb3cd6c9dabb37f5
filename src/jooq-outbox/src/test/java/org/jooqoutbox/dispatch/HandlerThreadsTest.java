package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandlerThreadsTest {

    private final HandlerThreads threads = new HandlerThreads("test");

    @AfterEach
    void shutdown() {
        threads.shutdown();
    }

    private void hurryUntil(CountDownLatch latch) throws InterruptedException {
        while (!latch.await(1, TimeUnit.MILLISECONDS)) {
            threads.hurry();
        }
    }

    @Test
    void tasks_thatWaitForOneAnother_allRunAtOnce() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(40);
        CountDownLatch passed = new CountDownLatch(40);
        for (int i = 0; i < 40; i++) {
            threads.execute(() -> {
                await(barrier);
                passed.countDown();
            });
        }
        hurryUntil(passed);
    }

    @Test
    void task_behindQuickOnesAndOneThatHangs_beginsWhenSomebodyHurries() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch quick = new CountDownLatch(1_000);
        CountDownLatch last = new CountDownLatch(1);
        for (int i = 0; i < 1_000; i++) {
            threads.execute(quick::countDown);
        }
        threads.execute(() -> await(end));
        threads.execute(last::countDown);
        hurryUntil(quick);
        hurryUntil(last);
        assertThat(threads.isBehind()).isFalse();
        end.countDown();
    }

    @Test
    void tasks_fromManyThreads_allRun() throws Exception {
        for (int round = 0; round < 20; round++) {
            CountDownLatch done = new CountDownLatch(4_000);
            List<Thread> givers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread giver = new Thread(() -> {
                    for (int j = 0; j < 1_000; j++) {
                        threads.execute(done::countDown);
                    }
                });
                giver.start();
                givers.add(giver);
            }
            for (Thread giver : givers) {
                giver.join();
            }
            // Nobody has to hurry where all of them are quick.
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void task_thatThrows_doesNotEndItsThread() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        threads.execute(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> told.countDown());
            throw new IllegalStateException("as the test wants");
        });
        assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
        CountDownLatch next = new CountDownLatch(1);
        threads.execute(next::countDown);
        assertThat(next.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shutdown_tasksHandedOverBefore_areRunAndLaterOnesRefused() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            threads.execute(() -> {
                ran.incrementAndGet();
                done.countDown();
            });
        }
        threads.shutdown();
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(100);
        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
