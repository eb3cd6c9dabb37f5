package org.jooqoutbox.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Which of the messages 0 to n-1 were handled, and how often. Safe for use by many threads, which do not wait for each other. */
final class DeliveryCheck {

    private final AtomicIntegerArray deliveries;
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch missing;

    DeliveryCheck(int messages) {
        this.deliveries = new AtomicIntegerArray(messages);
        this.missing = new CountDownLatch(messages);
    }

    /** This one was handled. */
    void handled(long number) {
        if (deliveries.getAndIncrement(Math.toIntExact(number)) == 0) {
            first.countDown();
            missing.countDown();
        }
    }

    /** Waits until one was handled, but no longer than this. */
    boolean awaitFirst(long nanos) throws InterruptedException {
        return first.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Waits until each was handled, but no longer than this. */
    boolean awaitAll(long nanos) throws InterruptedException {
        return missing.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** How many were handled. */
    long handled() {
        return deliveries.length() - missing.getCount();
    }

    /** How many deliveries there were of messages that had been handled before. */
    long again() {
        long all = 0;
        for (int i = 0; i < deliveries.length(); i++) {
            all += deliveries.get(i);
        }
        return all - handled();
    }
}
