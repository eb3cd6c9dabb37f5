package org.jooqoutbox.it.tenants;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;

/** What a worker told about each of its outboxes, and a way to wait for it. */
final class Told implements DispatchListener {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Integer> delivered = new ConcurrentHashMap<>();
    private final Map<String, List<Throwable>> failures = new ConcurrentHashMap<>();
    private final Map<String, Integer> claims = new ConcurrentHashMap<>();
    private final List<String> added = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();

    @Override
    public DispatchListener forOutbox(String outbox) {
        return new DispatchListener() {
            @Override
            public void claimed(Claim claim) {
                note(() -> claims.merge(outbox, 1, Integer::sum));
            }

            @Override
            public void claimFailed(Throwable error, Duration retryAfter) {
                note(() -> failures.computeIfAbsent(outbox, name -> new ArrayList<>())
                        .add(error));
            }

            @Override
            public void delivered(Message message) {
                note(() -> delivered.merge(outbox, 1, Integer::sum));
            }
        };
    }

    @Override
    public void outboxAdded(String outbox) {
        note(() -> added.add(outbox));
    }

    @Override
    public void outboxRemoved(String outbox) {
        note(() -> removed.add(outbox));
    }

    private void note(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int delivered(Object outbox) {
        return delivered.getOrDefault(outbox.toString(), 0);
    }

    List<Throwable> failures(Object outbox) {
        return failures.getOrDefault(outbox.toString(), List.of());
    }

    int claims(Object outbox) {
        return claims.getOrDefault(outbox.toString(), 0);
    }

    boolean wasAdded(Object outbox) {
        return added.contains(outbox.toString());
    }

    boolean wasRemoved(Object outbox) {
        return removed.contains(outbox.toString());
    }

    /** Waits until something told makes this true. */
    void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (changed.awaitNanos(end - System.nanoTime()) <= 0) {
                    throw new AssertionError(
                            what + " did not happen; delivered " + delivered + ", failures " + failures);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }
}
