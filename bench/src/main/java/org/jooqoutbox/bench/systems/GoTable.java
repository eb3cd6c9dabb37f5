package org.jooqoutbox.bench.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/*
 * The table of the Go library and the statements it sends, literally. Written here again, because the module of the integration tests is not there for
 * others to depend on, and because it needs less: nothing fails here.
 */
final class GoTable {

    static final String NAME = "outbox_go.outbox";

    static final List<String> DDL = List.of(
            "create schema outbox_go",
            "create table " + NAME
                    + " (id uuid primary key default gen_random_uuid(), kind text not null, payload jsonb not null,"
                    + " created_at timestamptz not null default now(), updated_at timestamptz not null default now(),"
                    + " attempts integer not null default 0, retry_at timestamptz not null default now(),"
                    + " last_error text not null default '', status text not null default 'pending')",
            "create index outbox_pending on " + NAME + " (retry_at) where status = 'pending'");

    private static final String ROW = "(?, ?::jsonb, ?, ?, ?, ?, ?, ?)";

    private GoTable() {}

    /** A message as a claim returns it. */
    record Claimed(UUID id, String payload) {}

    /** In the transaction that is open. All times are the client's. */
    static void enqueue(Connection connection, String kind, List<String> payloads) throws SQLException {
        String sql = "INSERT INTO " + NAME
                + " (\"kind\",\"payload\",\"created_at\",\"updated_at\",\"attempts\",\"retry_at\",\"last_error\",\"status\") VALUES "
                + String.join(",", Collections.nCopies(payloads.size(), ROW)) + " RETURNING \"id\"";
        Timestamp now = now();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int i = 1;
            for (String payload : payloads) {
                insert.setString(i++, kind);
                insert.setString(i++, payload);
                insert.setTimestamp(i++, now);
                insert.setTimestamp(i++, now);
                insert.setInt(i++, 0);
                insert.setTimestamp(i++, now);
                insert.setString(i++, "");
                insert.setString(i++, "pending");
            }
            insert.executeQuery().close();
        }
    }

    /** In the transaction that is open. */
    static List<Claimed> claim(Connection connection, int limit) throws SQLException {
        List<Claimed> claimed = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT * FROM " + NAME
                        + " WHERE status = 'pending' AND retry_at <= ? ORDER BY retry_at ASC,id ASC LIMIT ? FOR UPDATE SKIP LOCKED")) {
            select.setTimestamp(1, now());
            select.setInt(2, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    claimed.add(new Claimed(rows.getObject("id", UUID.class), rows.getString("payload")));
                }
            }
        }
        if (!claimed.isEmpty()) {
            countAttempts(connection, claimed);
        }
        return claimed;
    }

    private static void countAttempts(Connection connection, List<Claimed> claimed) throws SQLException {
        String places = String.join(",", Collections.nCopies(claimed.size(), "?"));
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + NAME + " SET attempts=attempts + 1 WHERE id IN (" + places + ")")) {
            for (int i = 0; i < claimed.size(); i++) {
                update.setObject(i + 1, claimed.get(i).id());
            }
            update.executeUpdate();
        }
    }

    static void markDone(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + NAME + " WHERE id = ?")) {
            delete.setObject(1, id);
            delete.executeUpdate();
        }
    }

    private static Timestamp now() {
        return Timestamp.from(Instant.now());
    }
}
