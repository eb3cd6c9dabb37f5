package org.jooqoutbox;

import java.time.Duration;
import java.time.Instant;

/**
 * How an outbox stands, in the few numbers that tell what is wrong: <em>no dispatcher</em>, or one whose circuit breaker is open (due grows,
 * nothing in flight), <em>too few</em> (due and age grow, something in flight), <em>the destination is down</em> (failures rise, peak attempts
 * too) or <em>one bad message</em> (peak attempts rise, age does not).
 *
 * <p>Counting stops at {@link #COUNTED_TO}, so that it costs about the same whatever the backlog: a number that large means "at least". Messages
 * with an ordering key count as far as their key is among the first so many.
 *
 * @param due messages that could be claimed now; of each ordering key at most the first one
 * @param oldestDueAge for how long the oldest of them has been due; zero when none is
 * @param inFlight messages under a lease, as far as they are among the next 20,000 that are due within a day, a share of that for each kind
 * @param delayed messages that are due later: delayed by their producers, or waiting for another try
 * @param waiting messages that wait for another one of their ordering key. They are in none of the other counts
 * @param dead dead letters
 * @param expired messages whose time to live had passed
 * @param peakAttempts the largest number of attempts among the messages counted as due, in flight or delayed; zero when there are none
 * @param at the database's time
 */
public record OutboxStats(
        long due,
        Duration oldestDueAge,
        long inFlight,
        long delayed,
        long waiting,
        long dead,
        long expired,
        int peakAttempts,
        Instant at) {

    /** Where counting stops. */
    public static final int COUNTED_TO = 10_000;
}
