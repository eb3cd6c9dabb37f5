package org.jooqoutbox.demo;

import java.util.Optional;
import java.util.UUID;
import org.jooqoutbox.Message;

/**
 * One line in a replica's journal: what happened to one delivery of one message.
 *
 * @param attempts which delivery: the token of its lease
 * @param detail depends on the event
 */
record Entry(Event event, UUID message, int attempts, String kind, String detail) {

    enum Event {
        /** The replica holds the message; the detail is the time in microseconds, by the database's clock, and the failures counted so far. */
        CLAIMED,
        /** The handler delivered it to its destination, for which the journal stands in; the detail is the payload's fingerprint. */
        DELIVERED,
        /** The handler wrote its row, in the transaction it was given; the detail is the payload's fingerprint. */
        POSTED,
        /** The handler is about to end its process. */
        HALTED,
        /** The handler threw. */
        REFUSED,
        /** The handler of a late message waits to be told whether to deliver it. */
        ASKED,
        /** The outbox has recorded that it was delivered, and deleted it. */
        ACKNOWLEDGED,
        /** The outbox has recorded that it failed, and will be tried again. */
        RETRY,
        /** The outbox has recorded that it will be tried again, with nothing counted. */
        POSTPONED,
        /** The outbox has recorded that it was given up. */
        DEAD,
        /** The outbox has it back, not started. */
        RELEASED,
        /** The lease ended before the outcome was recorded. */
        LEASE_LOST,
        /** The outcome is recorded most likely, but the reply was lost. */
        UNCONFIRMED,
        /** The handler did not return in time; the message is left to its lease. */
        ABANDONED
    }

    static Entry of(Event event, Message message, String detail) {
        return new Entry(event, message.id(), message.attempts(), message.kind(), detail);
    }

    static Entry of(Event event, Message message) {
        return of(event, message, "");
    }

    String line() {
        return String.join("\t", event.name(), message.toString(), Integer.toString(attempts), kind, detail);
    }

    /** The entry in this line, if it is one. */
    static Optional<Entry> parse(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 5) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                Event.valueOf(fields[0]),
                UUID.fromString(fields[1]),
                Integer.parseInt(fields[2]),
                fields[3],
                fields[4]));
    }
}
