package org.jooqoutbox.it.wakeup;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Another process, as far as PostgreSQL can tell: a plain connection that listens for what is sent on channels of outboxes. */
final class RawListener implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Connection connection;
    private final List<String> heard = new ArrayList<>();

    RawListener(OutboxTable... tables) throws SQLException {
        connection = Postgres.dataSource().getConnection();
        try (Statement statement = connection.createStatement()) {
            for (OutboxTable table : tables) {
                statement.execute("listen " + table.notificationChannel());
            }
        }
    }

    /** Waits for one more notification of this table, and returns how many have come in all. */
    int awaitNext(OutboxTable table) throws SQLException {
        int before = count(table);
        long start = System.nanoTime();
        while (count(table) == before) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("no notification of " + table + " within " + PATIENCE);
            }
            read(250);
        }
        return count(table);
    }

    /** How many notifications of this table have come so far. */
    int count(OutboxTable table) {
        return (int) heard.stream().filter(table.notificationChannel()::equals).count();
    }

    /** Reads until nothing comes for this time. */
    void drain(Duration quiet) throws SQLException {
        while (read((int) quiet.toMillis()) > 0) {}
    }

    private int read(int millis) throws SQLException {
        @Nullable PGNotification[] read = connection.unwrap(PGConnection.class).getNotifications(millis);
        if (read == null) {
            return 0;
        }
        Arrays.stream(read).map(PGNotification::getName).forEach(heard::add);
        return read.length;
    }

    /** What a producer in another process sends. */
    static void send(OutboxTable table) throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_notify('" + table.notificationChannel() + "', '')");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
