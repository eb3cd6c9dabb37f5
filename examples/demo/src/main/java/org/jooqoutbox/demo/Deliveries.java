package org.jooqoutbox.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jooqoutbox.Message;
import org.jooqoutbox.demo.Entry.Event;

/** The destination of all messages, with the troubles that destinations have. What arrives is in the journal. */
final class Deliveries {

    /** The header of messages whose handlers wait for the parent process. */
    static final String LATE = "demo-late";

    private static final int ONE_FAILS_IN = 20;

    private final Journal journal;
    private final Freezer freezer;
    private final LateHandlers late;
    private final String brokenKind;
    private final Path repaired;

    Deliveries(Journal journal, Freezer freezer, LateHandlers late, String brokenKind, Path repaired) {
        this.journal = journal;
        this.freezer = freezer;
        this.late = late;
        this.brokenKind = brokenKind;
        this.repaired = repaired;
    }

    void deliver(Message message) throws DeliveryFailedException {
        freezer.beforeDelivery();
        if (fails(message)) {
            journal.write(Entry.of(Event.REFUSED, message));
            throw new DeliveryFailedException("the destination of " + message.kind() + " does not answer");
        }
        journal.write(Entry.of(Event.DELIVERED, message, Fingerprint.of(message.payload())));
        freezer.afterDelivery();
    }

    private boolean fails(Message message) {
        if (message.headers().containsKey(LATE)) {
            return !late.mayDeliver(message);
        }
        return isBroken(message.kind()) || failsNowAndThen(message);
    }

    private boolean isBroken(String kind) {
        return kind.equals(brokenKind) && !Files.exists(repaired);
    }

    private static boolean failsNowAndThen(Message message) {
        return Math.floorMod(Objects.hash(message.id(), message.attempts()), ONE_FAILS_IN) == 0;
    }
}
