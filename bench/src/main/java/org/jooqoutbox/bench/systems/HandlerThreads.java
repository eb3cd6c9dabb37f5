package org.jooqoutbox.bench.systems;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads among which the messages of a batch are dealt out; the caller is one of them. */
final class HandlerThreads implements AutoCloseable {

    private final int threads;
    private final ExecutorService others;

    /** Handles one message of a batch. */
    interface Task {

        /**
         * Handles it.
         *
         * @param thread which of the threads this is, from 0
         * @param message which of the messages, from 0
         */
        void run(int thread, int message) throws Exception;
    }

    HandlerThreads(String name, int threads) {
        this.threads = threads;
        this.others = Executors.newCachedThreadPool(task -> new Thread(task, name));
    }

    /**
     * Handles them all, and returns when that is done. Each thread begins a message when it is done with the one before.
     *
     * @throws Exception the first that a task threw; no other message is begun then
     */
    void forAll(int messages, Task task) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, messages); i++) {
            int thread = i;
            running.add(others.submit(() -> {
                work(thread, next, messages, task);
                return null;
            }));
        }
        try {
            work(0, next, messages, task);
        } finally {
            for (Future<?> each : running) {
                await(each);
            }
        }
    }

    private static void work(int thread, AtomicInteger next, int messages, Task task) throws Exception {
        try {
            for (int message = next.getAndIncrement(); message < messages; message = next.getAndIncrement()) {
                task.run(thread, message);
            }
        } catch (Exception e) {
            next.set(messages);
            throw e;
        }
    }

    private static void await(Future<?> task) throws Exception {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
