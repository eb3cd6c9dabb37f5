package org.jooqoutbox.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for conditions, all of them together no longer than a limit. */
final class Patience {

    private static final long LOOK_EVERY_MILLIS = 100;

    private final Duration limit;
    private final long end;
    private final Object monitor = new Object();

    Patience(Duration limit) {
        this.limit = limit;
        this.end = System.nanoTime() + limit.toNanos();
    }

    /**
     * Returns when the condition holds.
     *
     * @param what is waited for, for the error
     * @throws DemoException if it does not in time
     */
    void until(String what, BooleanSupplier condition) throws InterruptedException {
        synchronized (monitor) {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - end > 0) {
                    throw new DemoException("not finished within " + limit.toSeconds()
                            + " s (demo.seconds): still waiting for " + what);
                }
                TimeUnit.MILLISECONDS.timedWait(monitor, LOOK_EVERY_MILLIS);
            }
        }
    }
}
