package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that listens for notifications, and does not when it is given back. For one thread. */
final class ListeningConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ListeningConnection.class);

    /** Nothing waits longer for a server that may be gone without a word. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private static final int CHANNELS_AT_ONCE = 500;

    private final Connection connection;
    private final int timeoutBefore;
    private final Map<String, OutboxTable> tables = new HashMap<>();

    ListeningConnection(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(true);
        timeoutBefore = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, (int) ANSWER.toMillis());
    }

    /**
     * Listens for notifications of these tables and of no other.
     *
     * @return those that it did not listen for before
     */
    Set<OutboxTable> follow(Set<OutboxTable> wanted) throws SQLException {
        Set<OutboxTable> followed = new HashSet<>(tables.values());
        Set<OutboxTable> added = new HashSet<>(wanted);
        added.removeAll(followed);
        followed.removeAll(wanted);
        executeForAll(followed, "unlisten ");
        followed.forEach(table -> tables.remove(table.notificationChannel()));
        executeForAll(added, "listen ");
        added.forEach(table -> tables.put(table.notificationChannel(), table));
        return added;
    }

    private void executeForAll(Set<OutboxTable> some, String command) throws SQLException {
        List<String> commands = new ArrayList<>();
        some.forEach(table -> commands.add(command + table.notificationChannel()));
        while (!commands.isEmpty()) {
            List<String> next = commands.subList(0, Math.min(CHANNELS_AT_ONCE, commands.size()));
            execute(String.join(";", next));
            next.clear();
        }
    }

    /** The tables for which notifications of other processes are there, as soon as there are any, or none after this time. */
    Set<OutboxTable> await(Duration time) throws SQLException {
        return read(time)
                .filter(notification -> !NotificationSender.ORIGIN.equals(notification.getParameter()))
                .map(notification -> tables.get(notification.getName()))
                .flatMap(Stream::ofNullable)
                .collect(Collectors.toSet());
    }

    void listen(String channel) throws SQLException {
        execute("listen " + channel);
    }

    void unlisten(String channel) throws SQLException {
        execute("unlisten " + channel);
    }

    /** Whether something arrives on this channel within this time. What arrives on others is dropped. */
    boolean hears(String channel, Duration time) throws SQLException {
        long start = System.nanoTime();
        for (long left = time.toNanos(); left > 0; left = time.toNanos() - (System.nanoTime() - start)) {
            if (read(Duration.ofNanos(left)).map(PGNotification::getName).anyMatch(channel::equals)) {
                return true;
            }
        }
        return false;
    }

    /** The driver waits on the socket for so long, and hands out what came. It takes zero for ever. */
    private Stream<PGNotification> read(Duration time) throws SQLException {
        int millis = (int) Math.max(1, time.toMillis());
        @Nullable PGNotification[] read = connection.unwrap(PGConnection.class).getNotifications(millis);
        return read == null ? Stream.of() : Stream.of(read);
    }

    /** Fails if the server does not answer. Without a question it would not be noticed for hours that a network forgot the connection. */
    void check() throws SQLException {
        if (!connection.isValid((int) ANSWER.toSeconds())) {
            throw new SQLException("the connection that listens for notifications has broken");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Nobody who gets the connection from the pool next wants notifications: where that cannot be had, it is ended. */
    @Override
    public void close() {
        try {
            execute("unlisten *");
            connection.setNetworkTimeout(Runnable::run, timeoutBefore);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection that listened could not be cleaned up, and is ended", e);
            abort();
        }
    }

    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a connection that listened could not be ended", e);
        }
    }
}
