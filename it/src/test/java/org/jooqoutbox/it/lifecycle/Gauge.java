package org.jooqoutbox.it.lifecycle;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jspecify.annotations.Nullable;

/** Counts what a worker does, and lets a test wait for it. */
final class Gauge implements DispatchListener {

    enum Event {
        DELIVERED,
        FAILED,
        RELEASED,
        CLAIM_FAILED,
        SETTLE_FAILED,
        OVERDUE,
        ABANDONED,
        LEASE_LOST
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<Event, Integer> counts = new EnumMap<>(Event.class);

    int count(Event event) {
        lock.lock();
        try {
            return counts.getOrDefault(event, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until this has happened so often, at least. */
    void await(Event event, int count) throws InterruptedException {
        long left = PATIENCE.toNanos();
        lock.lock();
        try {
            while (count(event) < count) {
                if (left <= 0) {
                    throw new AssertionError(event + " happened " + count(event) + " times, not " + count);
                }
                left = news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until this holds; it is looked at again whenever something happened, and twice a second. */
    void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("waited " + PATIENCE + " in vain");
                }
                news.awaitNanos(LOOK_AGAIN.toNanos());
            }
        } finally {
            lock.unlock();
        }
    }

    private void happened(Event event) {
        lock.lock();
        try {
            counts.merge(event, 1, Integer::sum);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void delivered(Message message) {
        happened(Event.DELIVERED);
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        happened(Event.FAILED);
    }

    @Override
    public void released(Message message) {
        happened(Event.RELEASED);
    }

    @Override
    public void claimFailed(Throwable error, Duration retryAfter) {
        happened(Event.CLAIM_FAILED);
    }

    @Override
    public void settleFailed(List<Message> messages, Throwable error) {
        happened(Event.SETTLE_FAILED);
    }

    @Override
    public void handlerOverdue(Message message) {
        happened(Event.OVERDUE);
    }

    @Override
    public void handlerAbandoned(Message message) {
        happened(Event.ABANDONED);
    }

    @Override
    public void leaseLost(Message message) {
        happened(Event.LEASE_LOST);
    }
}
