package org.jooqoutbox.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jspecify.annotations.Nullable;

/** Writes down what the dispatcher reports: claims with the database's time, and what the outbox has recorded. */
final class JournalListener implements DispatchListener {

    private final Journal journal;

    JournalListener(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void claimed(Claim claim) {
        String at = Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, claim.at()));
        claim.messages()
                .forEach(message -> journal.write(Entry.of(Event.CLAIMED, message, at + " " + message.failures())));
    }

    @Override
    public void delivered(Message message) {
        journal.write(Entry.of(Event.ACKNOWLEDGED, message));
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        journal.write(Entry.of(Event.RETRY, message));
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        journal.write(Entry.of(Event.DEAD, message));
    }

    @Override
    public void postponed(Message message, String reason, Duration retryAfter) {
        journal.write(Entry.of(Event.POSTPONED, message));
    }

    @Override
    public void released(Message message) {
        journal.write(Entry.of(Event.RELEASED, message));
    }

    @Override
    public void leaseLost(Message message) {
        journal.write(Entry.of(Event.LEASE_LOST, message));
    }

    @Override
    public void unconfirmed(Message message) {
        journal.write(Entry.of(Event.UNCONFIRMED, message));
    }

    @Override
    public void handlerAbandoned(Message message) {
        journal.write(Entry.of(Event.ABANDONED, message));
    }
}
