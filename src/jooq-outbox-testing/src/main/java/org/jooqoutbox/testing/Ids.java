package org.jooqoutbox.testing;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.UUID;

/** UUIDv7 from the outbox's own clock and a seeded random: the same in every run, and growing as those of the library do. */
final class Ids {

    /** As PostgreSQL compares them: as bytes. */
    static final Comparator<UUID> ORDER = (one, other) -> {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    };

    private static final long VERSION_7 = 0x7000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final int COUNTER_BITS = 12;
    private static final int MICROS_PER_MILLI = 1_000;

    private final SplittableRandom random;
    private long count;

    Ids(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** A counter of 42 bits behind the time keeps them in order within a millisecond. */
    UUID next(long now) {
        count++;
        long time = Math.floorDiv(now, MICROS_PER_MILLI) << 16;
        long counterHigh = (count >>> 30) & ((1L << COUNTER_BITS) - 1);
        long counterLow = (count & ((1L << 30) - 1)) << 32;
        return new UUID(
                time | VERSION_7 | counterHigh, VARIANT | counterLow | Integer.toUnsignedLong(random.nextInt()));
    }
}
