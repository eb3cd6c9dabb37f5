package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.sql.DataSource;
import org.jooqoutbox.schema.OutboxTable;
import org.postgresql.PGStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Why not in the business transaction. PostgreSQL lets transactions that notify commit only one at a time, in the whole cluster, each with its own
 * wait for the disk. So a transaction of its own says it for all that were committed meanwhile, on a thread of its own, and waits for no disk: a
 * notification does not survive a crash anyway.
 *
 * A table is taken out before its notification is sent. So whoever finds it in there has committed before it is sent, and need do nothing.
 */

/**
 * Sends notifications through one {@code DataSource}: at most one for each outbox in ten milliseconds, those of all outboxes in one statement.
 * Exists, with its thread, only while there is something to send, and shortly after.
 */
final class NotificationSender implements Runnable {

    /** What notifications of this process carry. Its own subscribers have been called already. */
    static final String ORIGIN = UUID.randomUUID().toString();

    private static final Logger LOG = LoggerFactory.getLogger(NotificationSender.class);
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final String SQL = "select pg_catalog.pg_notify(channel, ?)"
            + " from (select pg_catalog.set_config('synchronous_commit', 'off', true) offset 0) s,"
            + " pg_catalog.unnest(?) channel";

    private static final ConcurrentMap<DataSourceKey, NotificationSender> ACTIVE = new ConcurrentHashMap<>();

    private final DataSourceKey key;
    private final Set<OutboxTable> due = ConcurrentHashMap.newKeySet();
    private final RareWarning warning = new RareWarning(LOG);
    private final BackgroundThread thread;

    @SuppressWarnings("ThisEscapedInObjectConstruction")
    private NotificationSender(DataSourceKey key, OutboxTable first) {
        this.key = key;
        due.add(first);
        thread = BackgroundThread.start("jooq-outbox-notify", this);
    }

    /** Has it sent soon. Never waits for the database. */
    static void send(DataSourceKey through, OutboxTable table) {
        NotificationSender active = ACTIVE.get(through);
        if (active == null || !active.due.contains(table)) {
            ACTIVE.compute(
                    through, (key, sender) -> sender == null ? new NotificationSender(key, table) : sender.with(table));
        }
    }

    private NotificationSender with(OutboxTable table) {
        if (due.add(table)) {
            thread.nudge();
        }
        return this;
    }

    @Override
    public void run() {
        do {
            BackgroundThread.waitFor(sendDue() ? INTERVAL : PAUSE_AFTER_FAILURE, () -> false);
            BackgroundThread.waitFor(LINGER, () -> !due.isEmpty());
        } while (!retire());
    }

    private boolean retire() {
        return ACTIVE.computeIfPresent(key, (k, sender) -> due.isEmpty() ? null : sender) == null;
    }

    private boolean sendDue() {
        List<OutboxTable> tables = takeDue();
        try {
            send(
                    key.dataSource(),
                    tables.get(0),
                    tables.stream().map(OutboxTable::notificationChannel).toList());
            return true;
        } catch (Throwable e) {
            warning.say(
                    "outbox " + tables.get(0)
                            + ": dispatchers in other processes could not be notified, and find what is due at their next poll",
                    e);
            return false;
        }
    }

    private List<OutboxTable> takeDue() {
        Set<OutboxTable> taken = new HashSet<>();
        due.removeIf(taken::add);
        return List.copyOf(taken);
    }

    /** Sends it now, on the calling thread, in a transaction of its own. */
    static void send(DataSource through, OutboxTable table, Collection<String> channels) throws SQLException {
        new OwnConnections(table.toString(), through).use(connection -> {
            connection.setAutoCommit(true);
            return send(connection, channels);
        });
    }

    private static boolean send(Connection connection, Collection<String> channels) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            // A pooler may route a prepared name to a server that does not know it.
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            statement.setString(1, ORIGIN);
            statement.setArray(2, connection.createArrayOf("text", channels.toArray()));
            return statement.execute();
        }
    }
}
