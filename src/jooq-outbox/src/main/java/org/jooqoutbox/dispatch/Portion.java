package org.jooqoutbox.dispatch;

import java.time.Duration;

/**
 * How much room is worth a claim to one of several outboxes, when others leave only some. Small claims cost the database more for each message;
 * large ones make whoever stands in line for room wait longer. What was claimed says which of the two matters: where it is started soon, room
 * comes back soon, and a whole batch is waited for. Where handlers take their time, the calls of the database are not what holds them up.
 */
final class Portion {

    private static final int MOST_PARTS = 10;
    private static final int PARTS_AT_FIRST = 4;
    private static final long SOON = Nanos.of(Duration.ofMillis(250));

    private int parts = PARTS_AT_FIRST; // of what is wanted; one of them is worth it
    private long claimedAt;
    private boolean unseen;

    /** A claim took messages. */
    void claimed(long now) {
        claimedAt = now;
        unseen = true;
    }

    /** More are wanted: what was claimed before is started, or nearly so. To be told before each {@link #leastOf}. */
    void wanted(long now) {
        if (unseen) {
            unseen = false;
            boolean soon = !Nanos.reached(claimedAt + SOON, now);
            parts = soon ? Math.max(1, parts / 2) : Math.min(MOST_PARTS, parts * 2);
        }
    }

    /** How many there has to be room for before any are claimed, where so many are wanted. */
    int leastOf(int most) {
        return Math.max(1, most / parts);
    }
}
