package org.jooqoutbox.demo;

import java.util.Map;
import java.util.UUID;

/**
 * One business transaction that a producer meant to make, and what came of it.
 *
 * @param order identity of the order, and of its row in the table of bookings
 * @param service which service's it is
 * @param messages the id of each message, with the fingerprint of its payload
 */
record Intent(UUID order, String service, Map<UUID, String> messages, Outcome outcome) {

    enum Outcome {
        COMMITTED,
        ROLLED_BACK,
        /** The producer cannot tell: the connection was lost while it committed, or the producer itself. */
        UNKNOWN
    }

    Intent {
        messages = Map.copyOf(messages);
    }

    Intent with(Outcome outcome) {
        return new Intent(order, service, messages, outcome);
    }
}
