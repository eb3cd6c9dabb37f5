package org.jooqoutbox.jooq;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A daemon thread that keeps nothing of the thread that started it alive. */
final class BackgroundThread {

    private final Thread thread;

    private BackgroundThread(Thread thread) {
        this.thread = thread;
    }

    static BackgroundThread start(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(BackgroundThread.class.getClassLoader());
        thread.start();
        return new BackgroundThread(thread);
    }

    /** Lets it look at once at what it is waiting for. */
    void nudge() {
        LockSupport.unpark(thread);
    }

    /** Holds the calling thread up for this time, or until it is so and somebody nudged. Not to be interrupted: nobody has a reason to. */
    static void waitFor(Duration time, BooleanSupplier condition) {
        long start = System.nanoTime();
        long left = time.toNanos();
        while (left > 0 && !condition.getAsBoolean()) {
            Thread.interrupted();
            LockSupport.parkNanos(BackgroundThread.class, left);
            left = time.toNanos() - (System.nanoTime() - start);
        }
    }
}
