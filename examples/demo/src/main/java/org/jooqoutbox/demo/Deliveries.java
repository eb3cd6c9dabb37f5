package org.jooqoutbox.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jooq.Configuration;
import org.jooqoutbox.Message;
import org.jooqoutbox.demo.Entry.Event;

/** The destination of all messages, with the troubles that destinations have. What arrives is in the journal. */
final class Deliveries {

    /** The header of messages whose handlers wait for the parent process. */
    static final String LATE = "demo-late";

    /** The header of messages whose handlers end their process. */
    static final String POISON = "demo-poison";

    private static final int ONE_FAILS_IN = 20;

    private final Journal journal;
    private final Postings postings;
    private final Freezer freezer;
    private final LateHandlers late;
    private final String brokenKind;
    private final Path repaired;

    Deliveries(
            Journal journal, Postings postings, Freezer freezer, LateHandlers late, String brokenKind, Path repaired) {
        this.journal = journal;
        this.postings = postings;
        this.freezer = freezer;
        this.late = late;
        this.brokenKind = brokenKind;
        this.repaired = repaired;
    }

    void deliver(Message message) throws DeliveryFailedException {
        freezer.beforeDelivery();
        endProcessIfPoison(message);
        if (fails(message)) {
            throw refusal(message, "the destination of " + message.kind() + " does not answer");
        }
        journal.write(Entry.of(Event.DELIVERED, message, Fingerprint.of(message.payload())));
        freezer.afterDelivery();
    }

    /** In transactional mode the destination is a table of the service's own. A failure comes after the row was written, and takes it along. */
    void post(Configuration trx, Message message) throws DeliveryFailedException {
        String fingerprint = Fingerprint.of(message.payload());
        postings.write(trx, message, fingerprint);
        journal.write(Entry.of(Event.POSTED, message, fingerprint));
        freezer.beforeCommit();
        if (failsNowAndThen(message)) {
            throw refusal(message, "the row of " + message.kind() + " is written and must not stay");
        }
    }

    private DeliveryFailedException refusal(Message message, String why) {
        journal.write(Entry.of(Event.REFUSED, message));
        return new DeliveryFailedException(why);
    }

    private void endProcessIfPoison(Message message) {
        if (message.headers().containsKey(POISON)) {
            journal.write(Entry.of(Event.HALTED, message));
            Runtime.getRuntime().halt(ReplicaMain.EXIT_BY_POISON);
        }
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
