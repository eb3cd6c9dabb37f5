package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jooqoutbox.testing.InMemoryOutboxRepository;

/** The time of a simulated world, which jumps from event to event and takes the database's clock with it. */
final class SimTime {

    private record Event(long at, long number, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final InMemoryOutboxRepository outbox;
    private long now;
    private long number;

    SimTime(InMemoryOutboxRepository outbox) {
        this.outbox = outbox;
    }

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), number++, action));
    }

    void after(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    /** Runs what happens until then. */
    void runUntil(long end) {
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event event = events.remove();
            moveTo(event.at());
            event.action().run();
        }
        moveTo(end);
    }

    private void moveTo(long time) {
        outbox.advance(Duration.ofNanos(time - now));
        now = time;
    }
}
