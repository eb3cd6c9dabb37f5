package org.jooqoutbox.jooq;

import javax.sql.DataSource;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/** Which of its two halves a repository does of LISTEN and NOTIFY, and through what. */
final class Notifications {

    private final @Nullable DataSourceKey sending;
    private final @Nullable DataSourceKey listening;

    Notifications(@Nullable DataSource sending, @Nullable DataSource listening) {
        this.sending = sending == null ? null : new DataSourceKey(sending);
        this.listening = listening == null ? null : new DataSourceKey(listening);
    }

    /** Tells other processes soon. Returns at once. */
    void send(OutboxTable table) {
        if (sending != null) {
            NotificationSender.send(sending, table);
        }
    }

    Subscription listen(OutboxTable table) {
        if (listening == null) {
            return () -> {};
        }
        DataSourceKey testedThrough = sending == null ? listening : sending;
        return NotificationReceiver.listen(listening, testedThrough.dataSource(), table);
    }
}
