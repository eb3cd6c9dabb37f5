package org.jooqoutbox.demo;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;

/**
 * The journal of one process.
 *
 * @param replica which process
 * @param service whose outbox it worked on
 * @param killed whether it was killed, or ended by poison, so that its journal may lack the end
 */
record Testimony(String replica, String service, boolean killed, List<Entry> entries) {

    /** After these it does not hold the message any more. */
    private static final Set<Event> LETS_GO = EnumSet.of(
            Event.ACKNOWLEDGED,
            Event.RETRY,
            Event.DEAD,
            Event.POSTPONED,
            Event.RELEASED,
            Event.LEASE_LOST,
            Event.UNCONFIRMED);

    Testimony {
        entries = List.copyOf(entries);
    }

    /** The messages that it held when its journal ended. */
    Set<UUID> heldAtTheEnd() {
        Set<UUID> held = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.event() == Event.CLAIMED) {
                held.add(entry.message());
            } else if (LETS_GO.contains(entry.event())) {
                held.remove(entry.message());
            }
        }
        return held;
    }
}
