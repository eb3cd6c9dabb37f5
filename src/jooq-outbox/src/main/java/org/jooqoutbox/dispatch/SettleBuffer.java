package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Outcomes on their way to the outbox: gathered into batches, and kept while it cannot be told whether they arrived.
 *
 * <p>When a call fails, its outcomes go to the end and the next batch is half as large, down to one. So if one of them is what makes the call
 * fail, it is soon alone in its failing.
 */
final class SettleBuffer {

    static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final BatchSize batch;
    private final long within;
    private final Backoff failures;
    private final Backoff rowsBusy;
    private final Deque<PendingSettlement> queue = new ArrayDeque<>();
    private final List<PendingSettlement> busy = new ArrayList<>();
    private List<PendingSettlement> underWay = List.of();
    private int whole;
    private int size;
    private long dueAt;
    private long busyAt;
    private long blockedUntil;
    private boolean failing;

    SettleBuffer(DispatchSettings settings, RandomGenerator random) {
        this.batch = settings.settleBatch();
        this.within = Nanos.of(settings.settleWithin());
        this.failures = new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE, random);
        this.rowsBusy = new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE, random);
        this.whole = batch.usual();
        this.size = whole;
    }

    /** So many messages are claimed at once: as many outcomes may go together. */
    void claimsAreOf(int messages) {
        boolean shortened = size < whole;
        whole = Math.max(batch.usual(), Math.min(messages, batch.most()));
        size = shortened ? Math.min(size, whole) : whole;
    }

    void add(PendingSettlement outcome, long now) {
        if (queue.isEmpty()) {
            dueAt = now + within;
        }
        queue.add(outcome);
    }

    /** Whether there are none, sent or not. */
    boolean isEmpty() {
        return size() == 0;
    }

    /** How many there are, sent or not. */
    int size() {
        return queue.size() + busy.size() + underWay.size();
    }

    /** Whether some were sent, and are not answered. No others are sent meanwhile. */
    boolean underWay() {
        return !underWay.isEmpty();
    }

    /** Whether there are some that can be sent at any time. */
    boolean hasFresh() {
        return !queue.isEmpty() && !failing && !underWay();
    }

    /** Whether some free an ordering key that a claim which is sent now would not find freed; those that were busy do not count. */
    boolean freesKey(List<PendingSettlement> sentWithIt) {
        return queue.stream().anyMatch(PendingSettlement::freesKey)
                || (underWay != sentWithIt && underWay.stream().anyMatch(PendingSettlement::freesKey));
    }

    /** Whether there are outcomes of which the last call could write none. */
    boolean failing() {
        return failing && !isEmpty();
    }

    /**
     * How long until a batch should be sent.
     *
     * @param atOnce whether there is nothing to wait for
     */
    long until(boolean atOnce, long now) {
        if (underWay() || isEmpty()) {
            return Nanos.FOREVER;
        }
        long due = queue.isEmpty() ? Nanos.FOREVER : untilQueueIsDue(atOnce, now);
        long again = busy.isEmpty() ? Nanos.FOREVER : Nanos.until(busyAt, now);
        long blocked = failing ? Nanos.until(blockedUntil, now) : 0;
        return Math.max(blocked, Math.min(due, again));
    }

    private long untilQueueIsDue(boolean atOnce, long now) {
        return atOnce || queue.size() >= size ? 0 : Nanos.until(dueAt, now);
    }

    /** The next batch, which is under way from now on. What was busy comes first: it has waited longest. */
    List<PendingSettlement> take(long now) {
        if (!busy.isEmpty() && Nanos.reached(busyAt, now)) {
            busy.forEach(queue::addFirst);
            busy.clear();
        }
        return take(size);
    }

    /** All that is left, while nothing is under way. */
    List<PendingSettlement> takeAll() {
        queue.addAll(busy);
        busy.clear();
        return take(queue.size());
    }

    private List<PendingSettlement> take(int count) {
        List<PendingSettlement> taken = new ArrayList<>();
        while (taken.size() < count && !queue.isEmpty()) {
            taken.add(queue.remove());
        }
        taken.forEach(PendingSettlement::sent);
        underWay = taken;
        return taken;
    }

    /** What was under way is so no more. */
    void returned() {
        underWay = List.of();
    }

    /** A call went through; some of its outcomes may have to be tried again, because somebody holds their rows. */
    void answered(Collection<PendingSettlement> stillBusy, long now) {
        failing = false;
        failures.reset();
        size = Math.min(whole, size * 2);
        if (stillBusy.isEmpty()) {
            rowsBusy.reset();
            return;
        }
        busy.addAll(stillBusy);
        busyAt = now + rowsBusy.next();
    }

    /** A call failed: nobody knows what became of its outcomes. */
    void unanswered(Collection<PendingSettlement> outcomes, long now) {
        outcomes.forEach(PendingSettlement::unanswered);
        queue.addAll(outcomes);
        failing = true;
        size = Math.max(1, size / 2);
        dueAt = now;
        blockedUntil = now + failures.next();
    }

    /** Removes those that have been tried and whose leases are over. */
    List<PendingSettlement> dropLapsed(long now) {
        if (!failing && busy.isEmpty()) {
            return List.of();
        }
        List<PendingSettlement> lapsed = new ArrayList<>();
        for (Collection<PendingSettlement> outcomes : List.of(queue, busy)) {
            outcomes.stream().filter(o -> o.lapsed(now)).forEach(lapsed::add);
        }
        queue.removeAll(lapsed);
        busy.removeAll(lapsed);
        return lapsed;
    }
}
