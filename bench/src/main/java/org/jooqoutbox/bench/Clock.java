package org.jooqoutbox.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;

/** The time of this machine, which all its processes agree on, the server included. */
final class Clock {

    private Clock() {}

    /** Microseconds since 1970. */
    static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Lets time pass: for the pace of a load and the length of a measurement, not to wait for anything. */
    static void pass(long micros) {
        long until = System.nanoTime() + micros * 1_000;
        for (long left = micros * 1_000; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
