package org.jooqoutbox.jooq;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jooqoutbox.schema.OutboxTable;

/** How one repository tells others that messages may have become due. Equal only to itself. */
final class WakeUp {

    private final OutboxTable table;

    WakeUp(OutboxTable table) {
        this.table = table;
    }

    void call() {
        call(List.of(this));
    }

    /** Calls each subscriber once, however many of these are for its table. */
    static void call(Collection<WakeUp> wakeUps) {
        Set<OutboxTable> called = new HashSet<>();
        for (WakeUp wakeUp : wakeUps) {
            if (called.add(wakeUp.table)) {
                WakeUps.wake(wakeUp.table);
            }
        }
    }
}
