package org.jooqoutbox.it.wakeup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts how often it was called, and lets a test wait for it. */
final class Calls implements Runnable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    private int count;

    @Override
    public void run() {
        lock.lock();
        try {
            count++;
            called.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it was called so often in all. */
    void awaitAtLeast(int expected) throws InterruptedException {
        lock.lock();
        try {
            long left = PATIENCE.toNanos();
            while (count < expected && left > 0) {
                left = called.awaitNanos(left);
            }
            assertThat(count).isGreaterThanOrEqualTo(expected);
        } finally {
            lock.unlock();
        }
    }

    /** How often it is called within this time. */
    int within(Duration time) throws InterruptedException {
        lock.lock();
        try {
            int before = count;
            long left = time.toNanos();
            while (left > 0) {
                left = called.awaitNanos(left);
            }
            return count - before;
        } finally {
            lock.unlock();
        }
    }
}
