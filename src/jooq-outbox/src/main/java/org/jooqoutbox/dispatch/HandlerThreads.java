package org.jooqoutbox.dispatch;

import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that handlers run on where the user brings none: as many as are needed, so that there is one left when a handler never returns.
 * How many are needed is bounded by the dispatcher; there can be a few more, because a thread reports its result shortly before it is idle.
 *
 * <p>Waking a thread costs more than a quick handler. So one is woken at a time, which wakes the next if there is more to do than its own task;
 * and none while a thread runs through quick tasks, which comes to the others soon. Should one of them not be quick after all, whoever handed
 * them over has to {@link #hurry}.
 */
final class HandlerThreads implements Executor {

    private static final long KEEP_ALIVE = TimeUnit.SECONDS.toNanos(10);
    private static final long QUICK = TimeUnit.MICROSECONDS.toNanos(20);

    private final String outbox;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Deque<Runner> idle = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean waking = new AtomicBoolean();
    private final AtomicReference<@Nullable Runner> quick = new AtomicReference<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    HandlerThreads(String outbox) {
        this.outbox = outbox;
    }

    /** A thread that keeps the process alive, whoever starts it. */
    static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(false);
        return thread;
    }

    /**
     * Hands over a task.
     *
     * @throws RejectedExecutionException after {@link #shutdown}
     */
    @Override
    public void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the dispatcher has ended");
        }
        tasks.add(task);
        try {
            callUnlessQuick();
        } catch (Throwable t) {
            if (tasks.remove(task)) {
                throw t;
            }
        }
    }

    /** Whether tasks were handed over that no thread has begun. */
    boolean isBehind() {
        return !tasks.isEmpty();
    }

    /** What was handed over has waited long enough. */
    void hurry() {
        quick.set(null);
        tryToCall();
    }

    // Where no thread can be had it takes longer; there is nobody to tell.
    private void tryToCall() {
        try {
            callUnlessQuick();
        } catch (Throwable t) {
            quick.set(null);
        }
    }

    private void callUnlessQuick() {
        if (quick.get() == null) {
            call();
        }
    }

    private void call() {
        if (tasks.isEmpty() || !waking.compareAndSet(false, true)) {
            return;
        }
        Runner runner = idle.pollFirst();
        if (runner != null) {
            runner.wake();
        } else {
            begin();
        }
    }

    private void begin() {
        boolean begun = false;
        try {
            Runner runner = new Runner("outbox-" + outbox + "-handler-" + count.incrementAndGet());
            runner.thread.start();
            begun = true;
        } finally {
            if (!begun) {
                waking.set(false);
            }
        }
    }

    /** Ends the threads that are idle now, and the others when their handlers return. */
    void shutdown() {
        closed = true;
        idle.forEach(runner -> LockSupport.unpark(runner.thread));
    }

    private final class Runner implements Runnable {

        private final Thread thread;
        private volatile boolean woken;

        Runner(String name) {
            this.thread = thread(this, name);
        }

        void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            do {
                waking.set(false);
                work();
            } while (awaitTasks());
        }

        private void work() {
            for (Runnable task = next(); task != null; task = next()) {
                long begun = System.nanoTime();
                run(task);
                if (System.nanoTime() - begun < QUICK) {
                    quick.compareAndSet(null, this);
                } else {
                    quick.compareAndSet(this, null);
                }
            }
        }

        // Looks once more when it is not counted on any longer: somebody may have done so until then.
        private @Nullable Runnable next() {
            Runnable task = tasks.poll();
            if (task == null && quick.compareAndSet(this, null)) {
                task = tasks.poll();
            }
            if (task != null) {
                tryToCall();
            }
            return task;
        }

        private void run(Runnable task) {
            try {
                task.run();
            } catch (Throwable t) {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, t);
            }
        }

        // It means nothing here, and would keep the thread from parking.
        @SuppressWarnings("ReturnValueIgnored")
        private void clearInterrupt() {
            Thread.interrupted();
        }

        /** Returns false when there were none for long. */
        private boolean awaitTasks() {
            woken = false;
            idle.addFirst(this);
            tryToCall();
            long end = System.nanoTime() + KEEP_ALIVE;
            while (!woken) {
                long left = end - System.nanoTime();
                if ((closed || left <= 0) && idle.remove(this)) {
                    return false;
                }
                LockSupport.parkNanos(this, Math.max(1, left));
                clearInterrupt();
            }
            return true;
        }
    }
}
