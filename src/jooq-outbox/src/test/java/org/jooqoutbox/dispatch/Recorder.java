package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/** Notes everything a listener is told, and lets tests wait for it. */
final class Recorder implements DispatchListener {

    enum Told {
        STARTED,
        CLAIMED,
        CLAIM_FAILED,
        DELIVERED,
        FAILED,
        DEAD,
        POSTPONED,
        EXPIRED,
        RELEASED,
        LEASE_LOST,
        UNCONFIRMED,
        SETTLE_FAILED,
        RENEWED,
        RENEW_FAILED,
        HANDLER_STARTED,
        NOT_STARTED,
        OVERDUE,
        ABANDONED,
        BREAKER_OPENED,
        BREAKER_CLOSED,
        STALLED,
        OUTBOX_ADDED,
        OUTBOX_REMOVED,
        OUTBOXES_UNKNOWN,
        STOPPED
    }

    /** What was told; the id where it is about one message. */
    record Event(Told type, @Nullable UUID id, String text, Object detail, long at) {}

    private record Watch(Told type, CountDownLatch latch) {}

    private final LongSupplier clock;
    private final List<Event> events = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();

    /** On this clock the events are dated. */
    Recorder(LongSupplier clock) {
        this.clock = clock;
    }

    synchronized List<Event> events(Told type) {
        return events.stream().filter(e -> e.type() == type).toList();
    }

    int count(Told type) {
        return events(type).size();
    }

    List<UUID> ids(Told type) {
        return events(type).stream()
                .map(event -> Objects.requireNonNull(event.id()))
                .toList();
    }

    /** Waits until there were that many events of this type. */
    void await(Told type, int count) throws InterruptedException {
        CountDownLatch latch;
        synchronized (this) {
            latch = new CountDownLatch(Math.max(0, count - events(type).size()));
            watches.add(new Watch(type, latch));
        }
        if (!latch.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError(
                    "after 20 s there were only " + events(type).size() + " of " + count + " " + type);
        }
    }

    private synchronized void note(Told type, @Nullable Message message, String text, Object detail) {
        events.add(new Event(type, message == null ? null : message.id(), text, detail, clock.getAsLong()));
        watches.stream()
                .filter(watch -> watch.type() == type)
                .forEach(watch -> watch.latch().countDown());
    }

    @Override
    public void started(String description) {
        note(Told.STARTED, null, description, description);
    }

    @Override
    public void claimed(Claim claim) {
        note(Told.CLAIMED, null, "", claim);
    }

    @Override
    public void claimFailed(Throwable error, Duration retryAfter) {
        note(Told.CLAIM_FAILED, null, String.valueOf(error.getMessage()), retryAfter);
    }

    @Override
    public void delivered(Message message) {
        note(Told.DELIVERED, message, "", message);
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        note(Told.FAILED, message, error, retryAfter);
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        note(Told.DEAD, message, error, message);
    }

    @Override
    public void postponed(Message message, String reason, Duration retryAfter) {
        note(Told.POSTPONED, message, reason, retryAfter);
    }

    @Override
    public void expired(Message message) {
        note(Told.EXPIRED, message, "", message);
    }

    @Override
    public void released(Message message) {
        note(Told.RELEASED, message, "", message);
    }

    @Override
    public void leaseLost(Message message) {
        note(Told.LEASE_LOST, message, "", message);
    }

    @Override
    public void unconfirmed(Message message) {
        note(Told.UNCONFIRMED, message, "", message);
    }

    @Override
    public void settleFailed(List<Message> messages, Throwable error) {
        note(Told.SETTLE_FAILED, null, "", messages);
    }

    @Override
    public void renewed(Message message) {
        note(Told.RENEWED, message, "", message);
    }

    @Override
    public void renewFailed(List<Message> messages, Throwable error) {
        note(Told.RENEW_FAILED, null, "", messages);
    }

    @Override
    public void handlerStarted(Message message) {
        note(Told.HANDLER_STARTED, message, "", message);
    }

    @Override
    public void notStarted(Message message, String reason) {
        note(Told.NOT_STARTED, message, reason, message);
    }

    @Override
    public void handlerOverdue(Message message) {
        note(Told.OVERDUE, message, "", message);
    }

    @Override
    public void handlerAbandoned(Message message) {
        note(Told.ABANDONED, message, "", message);
    }

    @Override
    public void breakerOpened(String kind, int failures, Duration probeAfter) {
        note(Told.BREAKER_OPENED, null, kind, probeAfter);
    }

    @Override
    public void breakerClosed(String kind) {
        note(Told.BREAKER_CLOSED, null, kind, kind);
    }

    @Override
    public void stalled(int abandoned) {
        note(Told.STALLED, null, "", abandoned);
    }

    @Override
    public void outboxAdded(String outbox) {
        note(Told.OUTBOX_ADDED, null, outbox, outbox);
    }

    @Override
    public void outboxRemoved(String outbox) {
        note(Told.OUTBOX_REMOVED, null, outbox, outbox);
    }

    @Override
    public void outboxesUnknown(Throwable error) {
        note(Told.OUTBOXES_UNKNOWN, null, String.valueOf(error.getMessage()), error);
    }

    @Override
    public void stopped(Worker.StopReport report) {
        note(Told.STOPPED, null, "", report);
    }
}
