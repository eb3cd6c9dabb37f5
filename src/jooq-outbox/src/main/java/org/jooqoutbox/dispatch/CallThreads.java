package org.jooqoutbox.dispatch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Two threads that call the outbox while its dispatcher goes on: one for claims, one for settlements. They come with the first call. */
final class CallThreads {

    private static final long KEEP_ALIVE_SECONDS = 10;

    private final Mailbox mailbox;
    private final ThreadPoolExecutor claims;
    private final ThreadPoolExecutor settlements;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    CallThreads(String outbox, Mailbox mailbox) {
        this.mailbox = mailbox;
        this.claims = pool("outbox-" + outbox + "-claims");
        this.settlements = pool("outbox-" + outbox + "-settlements");
    }

    private ThreadPoolExecutor pool(String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                1, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> thread(task, name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private Thread thread(Runnable task, String name) {
        return HandlerThreads.thread(
                () -> {
                    threads.add(Thread.currentThread());
                    try {
                        task.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                },
                name);
    }

    Lines lines() {
        return new Lines(call -> make(call, claims), call -> make(call, settlements));
    }

    private void make(OutboxCall call, ThreadPoolExecutor pool) {
        try {
            pool.execute(() -> mailbox.put(call.make()));
        } catch (Throwable t) {
            mailbox.put(call.failed(t));
        }
    }

    /** Whether the calling thread is one of them. */
    boolean isInside() {
        return threads.contains(Thread.currentThread());
    }

    /** Ends them, when the calls under way have come back. */
    void shutdown() {
        claims.shutdown();
        settlements.shutdown();
    }
}
