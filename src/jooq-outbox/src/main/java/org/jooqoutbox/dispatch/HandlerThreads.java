package org.jooqoutbox.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that handlers run on where the user brings none: as many as are needed, so that there is one left when a handler never returns.
 * How many are needed is bounded by the dispatcher; there can be a few more, because a thread reports its result shortly before it is idle.
 */
final class HandlerThreads implements Executor {

    private static final long KEEP_ALIVE_SECONDS = 10;

    private final ThreadPoolExecutor pool;

    HandlerThreads(String outbox) {
        AtomicInteger count = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> thread(task, "outbox-" + outbox + "-handler-" + count.incrementAndGet()));
    }

    /** A thread that keeps the process alive, whoever starts it. */
    static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(false);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Ends the threads that are idle now, and the others when their handlers return. */
    void shutdown() {
        pool.shutdown();
    }
}
