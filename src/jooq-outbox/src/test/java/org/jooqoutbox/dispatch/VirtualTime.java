package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A clock that moves only when somebody waits, and a mailbox that waits by moving it. */
final class VirtualTime implements Mailbox {

    private record Event(long at, int order, Runnable action) {}

    // Close to the end of the range, so that every run crosses it: readings of a real ticker may wrap around, too.
    private static final long START = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

    private final PriorityQueue<Event> events = new PriorityQueue<>(
            Comparator.<Event>comparingLong(event -> event.at() - START).thenComparing(Event::order));
    private final Deque<Mail> mail = new ArrayDeque<>();
    private long now = START;
    private int order;
    private boolean stuck;
    private boolean interrupted;

    long now() {
        return now;
    }

    /** Time since the beginning. */
    Duration elapsed() {
        return Duration.ofNanos(now - START);
    }

    /** Nanoseconds since the beginning, for comparisons that know nothing of wrapping. */
    long sinceStart() {
        return now - START;
    }

    void advance(Duration time) {
        now += time.toNanos();
    }

    /** Runs this when the clock gets there. */
    void after(Duration delay, Runnable action) {
        events.add(new Event(now + delay.toNanos(), order++, action));
    }

    /** How much mail has not been read. */
    int unread() {
        return mail.size();
    }

    /** The next wait is interrupted. */
    void interruptNextWait() {
        interrupted = true;
    }

    /** Whether somebody waited for something that will never happen. */
    boolean stuck() {
        return stuck;
    }

    @Override
    public void put(Mail item) {
        mail.add(item);
    }

    @Override
    public @Nullable Mail poll(long nanos) throws InterruptedException {
        if (nanos > 0 && interrupted) {
            interrupted = false;
            throw new InterruptedException("as the test wants");
        }
        runDueEvents();
        if (mail.isEmpty() && nanos > 0) {
            waitForEvent(nanos);
        }
        return mail.poll();
    }

    // Returns early, without mail, when the event brought none: so the test can look at that very moment.
    private void waitForEvent(long nanos) {
        Event next = events.peek();
        if (next != null && next.at() - now <= nanos) {
            now = next.at();
            runDueEvents();
            return;
        }
        stuck = stuck || nanos > Duration.ofDays(1000).toNanos();
        now += stuck ? 0 : nanos;
    }

    private void runDueEvents() {
        while (!events.isEmpty() && events.peek().at() - now <= 0) {
            events.remove().action().run();
        }
    }
}
