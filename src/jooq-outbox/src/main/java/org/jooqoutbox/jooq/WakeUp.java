package org.jooqoutbox.jooq;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.schema.OutboxTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one repository tells others, and is told, that messages may have become due. Equal only to itself. */
final class WakeUp {

    private static final Logger LOG = LoggerFactory.getLogger(WakeUp.class);

    private final OutboxTable table;
    private final Notifications notifications;

    WakeUp(OutboxTable table, Notifications notifications) {
        this.table = table;
        this.notifications = notifications;
    }

    void call() {
        call(List.of(this));
    }

    /** Calls each subscriber once, however many of these are for its table. Throws nothing: what it is for is committed. */
    static void call(Collection<WakeUp> wakeUps) {
        Set<OutboxTable> called = new HashSet<>();
        for (WakeUp wakeUp : wakeUps) {
            if (called.add(wakeUp.table)) {
                WakeUps.wake(wakeUp.table);
            }
            wakeUp.send();
        }
    }

    private void send() {
        try {
            notifications.send(table);
        } catch (Throwable e) {
            LOG.warn("outbox {}: dispatchers in other processes could not be notified", table, e);
        }
    }

    Subscription subscribe(Runnable wakeUp) {
        Subscription here = WakeUps.subscribe(table, wakeUp);
        Subscription elsewhere = notifications.listen(table);
        return () -> {
            here.close();
            elsewhere.close();
        };
    }
}
