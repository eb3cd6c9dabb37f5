package org.jooqoutbox.bench;

import java.util.Optional;

/**
 * What a load gave. The last leg is the one that is measured; those before it prepare for it.
 *
 * @param pace what was to be written
 * @param lastLeg which of its legs, counted from 0, is the last
 * @param journeys what became of the messages
 * @param course how it went until all was written
 * @param taken seconds from the begin of the last leg until all was written
 * @param usage what was used up during the last leg
 * @param lagMillis how late the latest transaction of all began
 */
record Performance(
        Pace pace, int lastLeg, NumberedJourneys journeys, Course course, double taken, Usage usage, double lagMillis) {

    private static final double MICROS = 1e6;

    /** When the last leg began, in seconds. */
    double begin() {
        return pace.beginOf(lastLeg);
    }

    /** Whether the system kept up with the last leg. */
    Verdict verdict() {
        return Verdict.of(messages(), pace.seconds() - begin(), taken, course.backlogGrowth(begin(), begin() + taken));
    }

    /** How many messages the last leg has. */
    long messages() {
        return pace.messages() - pace.firstOf(lastLeg);
    }

    /** Commit to begin of the handler, of the last leg. */
    Percentiles untilBegun() {
        return journeys.untilBegun(pace.firstOf(lastLeg), pace.messages());
    }

    /** Commit to settlement, of the last leg; empty if the system does not tell. */
    Optional<Percentiles> untilSettled() {
        return journeys.settlements() == 0
                ? Optional.empty()
                : Optional.of(journeys.untilSettled(pace.firstOf(lastLeg), pace.messages()));
    }

    /** Microseconds of CPU of this process per message of the last leg: of producers and worker. */
    double clientMicros() {
        return usage.cpu().client() * MICROS / messages();
    }

    /** Microseconds of CPU of the server per message of the last leg. */
    double serverMicros() {
        return usage.cpu().server() * MICROS / messages();
    }

    /** Bytes of write-ahead log per message of the last leg. */
    double walBytes() {
        return usage.walBytes() / messages();
    }
}
