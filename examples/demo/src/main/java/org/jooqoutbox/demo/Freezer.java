package org.jooqoutbox.demo;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stops handlers where a crash hurts most: half of them before they deliver, half of them after that but before the outbox hears of it. For
 * the replica that is about to be killed.
 */
final class Freezer {

    private final Runnable whenFrozen;
    private final AtomicInteger handlers = new AtomicInteger();
    private final AtomicInteger before = new AtomicInteger();
    private final AtomicInteger after = new AtomicInteger();
    private volatile boolean freezing;

    /**
     * A freezer that is off.
     *
     * @param whenFrozen is run each time a handler stops, once there is one at both places
     */
    Freezer(Runnable whenFrozen) {
        this.whenFrozen = whenFrozen;
    }

    void freeze() {
        freezing = true;
    }

    void beforeDelivery() {
        if (freezing && handlers.getAndIncrement() % 2 == 0) {
            stopAt(before);
        }
    }

    void afterDelivery() {
        if (freezing) {
            stopAt(after);
        }
    }

    private void stopAt(AtomicInteger place) {
        place.incrementAndGet();
        if (before.get() > 0 && after.get() > 0) {
            whenFrozen.run();
        }
        new CompletableFuture<Void>().join(); // for good, and no interrupt ends it
    }
}
