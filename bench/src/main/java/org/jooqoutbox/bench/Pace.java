package org.jooqoutbox.bench;

import java.util.List;

/**
 * When each message of a load is due, by elapsed time alone: a producer that was held up finds those due that it missed, and makes up for them.
 * Messages are counted from 0.
 */
final class Pace {

    private static final double NANOS = 1e9;

    private final List<Leg> legs;

    /** One leg after the other, without a pause. */
    Pace(List<Leg> legs) {
        this.legs = List.copyOf(legs);
    }

    long messages() {
        return firstOf(legs.size());
    }

    /** The first message of this leg, or what comes after the last one of all. Legs are counted from 0. */
    long firstOf(int leg) {
        return legs.subList(0, leg).stream().mapToLong(Leg::messages).sum();
    }

    /** Seconds after the begin when this leg begins, or when the last one ends. */
    double beginOf(int leg) {
        return legs.subList(0, leg).stream().mapToDouble(Leg::seconds).sum();
    }

    double seconds() {
        return beginOf(legs.size());
    }

    /** Nanoseconds after the begin when this message is due: the first of a leg one interval after the leg's begin. */
    long dueNanos(long message) {
        double begin = 0;
        long first = 0;
        for (Leg leg : legs) {
            if (message < first + leg.messages()) {
                return Math.round((begin + (message - first + 1) / leg.perSecond()) * NANOS);
            }
            first += leg.messages();
            begin += leg.seconds();
        }
        throw new IllegalArgumentException("message " + message + " of " + messages());
    }
}
