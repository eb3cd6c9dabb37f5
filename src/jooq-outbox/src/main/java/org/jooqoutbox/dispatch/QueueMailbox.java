package org.jooqoutbox.dispatch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A mailbox on the machine's clock. Its reader is woken by the first mail it waits for, and by none while it is awake. */
final class QueueMailbox implements Mailbox {

    private final Queue<Mail> mail = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread waiting;

    @Override
    public void put(Mail item) {
        mail.add(item);
        Thread reader = waiting;
        if (reader != null) {
            waiting = null;
            LockSupport.unpark(reader);
        }
    }

    @Override
    public @Nullable Mail poll(long nanos) throws InterruptedException {
        Mail next = mail.poll();
        return next == null && nanos > 0 ? await(nanos) : next;
    }

    // Looks again when others know that it waits: they may have put something before they did.
    private @Nullable Mail await(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        try {
            while (true) {
                waiting = Thread.currentThread();
                Mail next = mail.poll();
                long left = end - System.nanoTime();
                if (next != null || left <= 0) {
                    return next;
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            waiting = null;
        }
    }
}
