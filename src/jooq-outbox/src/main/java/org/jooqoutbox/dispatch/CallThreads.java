package org.jooqoutbox.dispatch;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two threads that call the outbox while its dispatcher goes on: one for claims and looks ahead, one for settlements. They come with the first
 * call.
 */
final class CallThreads {

    private static final Logger LOG = LoggerFactory.getLogger(CallThreads.class);
    private static final long KEEP_ALIVE_SECONDS = 10;
    private static final long MOST_SECONDS_TO_END = 1;

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

    /** Ends them. When nothing is under way, as at the end of a run, they have ended when this returns. */
    void shutdown() {
        claims.shutdown();
        settlements.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            for (ThreadPoolExecutor pool : List.of(claims, settlements)) {
                awaitEnd(pool);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitEnd(ThreadPoolExecutor pool) throws InterruptedException {
        boolean ended = pool.awaitTermination(MOST_SECONDS_TO_END, TimeUnit.SECONDS);
        if (!ended) {
            LOG.debug("a call of the outbox has not come back, and is not waited for");
        }
    }
}
