package org.jooqoutbox.jooq;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.schema.OutboxTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who in this process wants to know that messages of a table may have become due, so that a producer and a dispatcher with a repository each
 * find each other. Tables of the same name in different databases are one here: at worst a dispatcher looks in vain.
 *
 * <p>There are entries only for as long as somebody is subscribed. No lock is held while a subscriber is called.
 */
final class WakeUps {

    private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);

    /** The sets are never changed, so that they can be walked through without a lock. */
    private static final ConcurrentMap<OutboxTable, Set<Subscriber>> SUBSCRIBERS = new ConcurrentHashMap<>();

    private WakeUps() {}

    /** Each is one of its own, even if what is called is the same. */
    private static final class Subscriber {

        final Runnable wakeUp;
        volatile boolean closed;

        Subscriber(Runnable wakeUp) {
            this.wakeUp = wakeUp;
        }
    }

    static Subscription subscribe(OutboxTable table, Runnable wakeUp) {
        Subscriber subscriber = new Subscriber(wakeUp);
        SUBSCRIBERS.merge(table, Set.of(subscriber), WakeUps::union);
        return () -> {
            subscriber.closed = true;
            SUBSCRIBERS.computeIfPresent(table, (t, subscribers) -> without(subscriber, subscribers));
        };
    }

    /** Calls all subscribers of the table on the calling thread. Throws nothing. */
    static void wake(OutboxTable table) {
        for (Subscriber subscriber : SUBSCRIBERS.getOrDefault(table, Set.of())) {
            if (!subscriber.closed) {
                call(table, subscriber);
            }
        }
    }

    private static void call(OutboxTable table, Subscriber subscriber) {
        try {
            subscriber.wakeUp.run();
        } catch (Throwable e) {
            // It happened on a thread that has just committed, and whose commit stands.
            LOG.warn("outbox {}: a subscriber to wake-ups threw", table, e);
        }
    }

    private static Set<Subscriber> union(Set<Subscriber> some, Set<Subscriber> others) {
        Set<Subscriber> all = new HashSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /** Returns null if nobody is left. */
    @SuppressWarnings("NullAway")
    private static Set<Subscriber> without(Subscriber leaving, Set<Subscriber> subscribers) {
        Set<Subscriber> left = new HashSet<>(subscribers);
        left.remove(leaving);
        return left.isEmpty() ? null : Set.copyOf(left);
    }
}
