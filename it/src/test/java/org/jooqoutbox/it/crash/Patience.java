package org.jooqoutbox.it.crash;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what a database says, which cannot tell us by itself. */
final class Patience {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 20;

    private Patience() {}

    /**
     * Returns when the condition holds.
     *
     * @throws AssertionError if it does not within a minute
     */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        Object monitor = new Object();
        synchronized (monitor) {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("waited " + LIMIT + " until " + what + ", in vain");
                }
                TimeUnit.MILLISECONDS.timedWait(monitor, LOOK_EVERY_MILLIS);
            }
        }
    }
}
