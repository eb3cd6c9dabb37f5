package org.jooqoutbox.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/** Times as PostgreSQL has them: whole microseconds, what is finer cut off. */
final class Micros {

    private static final long PER_SECOND = 1_000_000;
    private static final int NANOS = 1_000;

    private Micros() {}

    static long of(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), PER_SECOND), instant.getNano() / NANOS);
    }

    static long of(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * NANOS);
    }

    static Duration duration(long micros) {
        return Duration.ofSeconds(micros / PER_SECOND, micros % PER_SECOND * NANOS);
    }

    static long plusYears(long micros, int years) {
        return of(instant(micros).atOffset(ZoneOffset.UTC).plusYears(years).toInstant());
    }
}
