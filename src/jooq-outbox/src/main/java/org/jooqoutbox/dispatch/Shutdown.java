package org.jooqoutbox.dispatch;

import java.time.Duration;

/**
 * The end of a run: asked for, handlers interrupted, over.
 *
 * <p>Handlers may go on undisturbed but for the last tenth of the time (at most a second), which is for those that return when interrupted,
 * and for writing their outcomes.
 */
final class Shutdown {

    private static final long LONGEST_GRACE = Nanos.of(Duration.ofSeconds(1));

    private final long timeout;
    private boolean asked;
    private long endAt;

    Shutdown(DispatchSettings settings) {
        this.timeout = Nanos.of(settings.shutdownTimeout());
    }

    /** Returns false when it had been asked for before. */
    boolean ask(long now) {
        if (asked) {
            return false;
        }
        asked = true;
        endAt = now + timeout;
        return true;
    }

    boolean asked() {
        return asked;
    }

    boolean interrupts(long now) {
        return asked && Nanos.reached(interruptAt(), now);
    }

    boolean over(long now) {
        return asked && Nanos.reached(endAt, now);
    }

    long until(long now) {
        if (!asked) {
            return Nanos.FOREVER;
        }
        return interrupts(now) ? Nanos.until(endAt, now) : Nanos.until(interruptAt(), now);
    }

    private long interruptAt() {
        return endAt - Math.min(timeout / 10, LONGEST_GRACE);
    }
}
