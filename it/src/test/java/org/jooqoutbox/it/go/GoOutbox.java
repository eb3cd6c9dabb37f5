package org.jooqoutbox.it.go;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The statements of the Go library, literally: its four operations and the arithmetic of the dispatcher around them. All times are the
 * client's.
 */
final class GoOutbox {

    static final int MAX_ATTEMPTS = 10;

    private final DataSource dataSource;
    private final String table;
    private final Supplier<Instant> clock;

    /** The table's name goes into the SQL as it is. */
    GoOutbox(DataSource dataSource, String table, Supplier<Instant> clock) {
        this.dataSource = dataSource;
        this.table = table;
        this.clock = clock;
    }

    record Claimed(UUID id, int attempts) {}

    /** On whatever connection it is given: the transaction in the context, or else one of the pool's. */
    UUID enqueue(Connection connection, String kind, String payload) throws SQLException {
        return enqueue(connection, kind, List.of(payload)).get(0);
    }

    List<UUID> enqueue(Connection connection, String kind, List<String> payloads) throws SQLException {
        String row = "(?, ?::jsonb, ?, ?, ?, ?, ?, ?)";
        String sql = "INSERT INTO " + table
                + " (\"kind\",\"payload\",\"created_at\",\"updated_at\",\"attempts\",\"retry_at\",\"last_error\",\"status\") VALUES "
                + String.join(",", Collections.nCopies(payloads.size(), row)) + " RETURNING \"id\"";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int i = 1;
            for (String payload : payloads) {
                insert.setString(i++, kind);
                insert.setString(i++, payload);
                insert.setObject(i++, now());
                insert.setObject(i++, now());
                insert.setInt(i++, 0);
                insert.setObject(i++, now());
                insert.setString(i++, "");
                insert.setString(i++, "pending");
            }
            List<UUID> ids = new ArrayList<>();
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                }
            }
            return ids;
        }
    }

    /** On a connection of the pool's. */
    UUID enqueue(String kind, String payload) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return enqueue(connection, kind, payload);
        }
    }

    List<Claimed> claim(int limit) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            List<Claimed> claimed = claim(connection, limit);
            connection.commit();
            return claimed;
        }
    }

    /** In the transaction that happens to be open, where there is one. */
    List<Claimed> claim(Connection connection, int limit) throws SQLException {
        List<Claimed> claimed = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT * FROM " + table
                        + " WHERE status = 'pending' AND retry_at <= ? ORDER BY retry_at ASC,id ASC LIMIT ? FOR UPDATE SKIP LOCKED")) {
            select.setObject(1, now());
            select.setInt(2, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    claimed.add(new Claimed(rows.getObject("id", UUID.class), rows.getInt("attempts") + 1));
                }
            }
        }
        if (!claimed.isEmpty()) {
            String places = String.join(",", Collections.nCopies(claimed.size(), "?"));
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE " + table + " SET attempts=attempts + 1 WHERE id IN (" + places + ")")) {
                for (int i = 0; i < claimed.size(); i++) {
                    update.setObject(i + 1, claimed.get(i).id());
                }
                update.executeUpdate();
            }
        }
        return claimed;
    }

    void markDone(UUID id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
            delete.setObject(1, id);
            delete.executeUpdate();
        }
    }

    void markFailed(UUID id, String error, Instant retryAt) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE " + table + " SET last_error=?, retry_at=? WHERE id = ?")) {
            update.setString(1, error);
            update.setObject(2, OffsetDateTime.ofInstant(retryAt, ZoneOffset.UTC));
            update.setObject(3, id);
            update.executeUpdate();
        }
    }

    /** What its dispatcher does with a handler's error: counts once more, backs off, or parks the row for a hundred years. */
    void fail(Claimed claimed, String error) throws SQLException {
        int attempts = claimed.attempts() + 1;
        Instant retryAt = attempts >= MAX_ATTEMPTS
                ? clock.get().plusSeconds(100L * 365 * 24 * 3600)
                : clock.get().plusNanos(Math.min((1L << (attempts - 1)) * 5_000_000_000L, 3_600_000_000_000L));
        markFailed(claimed.id(), error, retryAt);
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.get(), ZoneOffset.UTC);
    }
}
