package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.PayloadCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandlerTaskTest {

    private final Set<Thread> busy = ConcurrentHashMap.newKeySet();
    private final List<HandlerResult> results = new ArrayList<>();

    private static Message message() {
        return new Message("o", new UUID(1, 1), "a", "{}", Map.of(), 1, 0, 0, Instant.EPOCH, null, null, 1);
    }

    private HandlerTask task(Handler<String> handler) {
        return task(Simulation.A, handler);
    }

    private <T> HandlerTask task(MessageKind<T> kind, Handler<T> handler) {
        return new HandlerTask(delivery(kind, handler), List.of(message()), busy, results::addAll);
    }

    private static <T> Delivery delivery(MessageKind<T> kind, Handler<T> handler) {
        return new SingleDelivery<>(kind, (payload, message) -> {
            handler.handle(payload, message);
            return Outcome.done();
        });
    }

    // U21: whatever a handler throws is the failure of one message.
    @Test
    void run_handlerThrowsAnything_isAFailedResult() {
        for (Throwable error : Throwables.all()) {
            results.clear();
            task((payload, message) -> {
                        throw VirtualOutbox.sneaky(error);
                    })
                    .run();
            assertThat(results).containsExactly(new HandlerResult.Failed(error, ErrorText.of(error), false));
            assertThat(busy).isEmpty();
        }
    }

    @Test
    void run_realStackOverflow_isAFailedResult() {
        task((payload, message) -> overflow(0)).run();
        assertThat(((HandlerResult.Failed) results.get(0)).cause()).isInstanceOf(StackOverflowError.class);
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @Test
    void run_payloadCannotBeDecoded_isAFailedResult() {
        MessageKind<Integer> kind = MessageKind.of("a", new PayloadCodec<>() {
            @Override
            public String encode(Integer payload) {
                return payload.toString();
            }

            @Override
            public Integer decode(String json) {
                return Integer.valueOf(json);
            }
        });
        task(kind, (number, message) -> {}).run();
        assertThat(((HandlerResult.Failed) results.get(0)).cause()).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void withdraw_beforeItBegins_keepsItFromRunning() {
        HandlerTask task = task((payload, message) -> {});
        assertThat(task.withdraw()).isTrue();
        task.run();
        assertThat(results).isEmpty();
    }

    @Test
    void withdraw_afterItRan_isRefused() {
        HandlerTask task = task((payload, message) -> {});
        task.run();
        assertThat(task.withdraw()).isFalse();
        assertThat(task.interrupt()).isFalse();
        task.run();
        assertThat(results).hasSize(1);
    }

    @Test
    void interrupt_whileItRuns_reachesTheHandler() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            CountDownLatch begun = new CountDownLatch(1);
            HandlerTask task = task((payload, message) -> {
                begun.countDown();
                new CountDownLatch(1).await();
            });
            Future<?> run = pool.submit(task);
            begun.await();
            assertThat(task.interrupt()).isTrue();
            run.get(20, TimeUnit.SECONDS);
            assertThat(((HandlerResult.Failed) results.get(0)).cause()).isInstanceOf(InterruptedException.class);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void run_handlerLeavesItsThreadInterrupted_nextTaskIsNot() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            HandlerTask task = task((payload, message) -> Thread.currentThread().interrupt());
            pool.submit(task).get(20, TimeUnit.SECONDS);
            assertThat(pool.submit(Thread::interrupted).get(20, TimeUnit.SECONDS))
                    .isFalse();
            assertThat(results).containsExactly(new HandlerResult.Delivered());
        } finally {
            pool.shutdownNow();
        }
    }

    // With an executor that runs handlers on the thread that hands them over, an interrupt means the dispatcher.
    @Test
    void run_onTheDispatchersThread_leavesItsInterruptAlone() {
        task((payload, message) -> Thread.currentThread().interrupt()).run();
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Races the end of a task with its interrupt, on a thread that goes on with something else. */
    @Test
    void interrupt_racingWithTheEnd_neverHitsWhatTheThreadDoesNext() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 5000; i++) {
                CyclicBarrier together = new CyclicBarrier(2);
                HandlerTask task = task((payload, message) -> await(together));
                Future<Boolean> interruptedAfterwards = pool.submit(() -> {
                    task.run();
                    return Thread.interrupted();
                });
                Future<Boolean> interrupter = pool.submit(() -> {
                    await(together);
                    return task.interrupt();
                });
                interrupter.get(20, TimeUnit.SECONDS);
                assertThat(interruptedAfterwards.get(20, TimeUnit.SECONDS))
                        .as("round %d", i)
                        .isFalse();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void await(CyclicBarrier barrier) throws Exception {
        barrier.await(20, TimeUnit.SECONDS);
    }
}
