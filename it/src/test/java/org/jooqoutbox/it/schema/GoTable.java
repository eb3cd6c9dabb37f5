package org.jooqoutbox.it.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import org.jooqoutbox.schema.OutboxTable;

/** A table as the Go library makes it, and the statement with which that library enqueues. */
final class GoTable {

    private GoTable() {}

    /** Creates schema and table, with these rows in it, the oldest first. */
    static OutboxTable create(int rows) throws SQLException {
        OutboxTable table = Database.newName();
        String schema = Database.quoted(table.schema());
        Database.run(
                "create schema " + schema,
                "create function " + schema + ".uuid_generate_v4() returns uuid language sql volatile"
                        + " as 'select gen_random_uuid()'",
                "create table " + table.quoted() + " (id uuid primary key default " + schema + ".uuid_generate_v4(),"
                        + " kind text not null, payload jsonb not null,"
                        + " created_at timestamptz not null default now(), updated_at timestamptz not null default now(),"
                        + " attempts integer not null default 0, retry_at timestamptz not null default now(),"
                        + " last_error text not null default '', status text not null default 'pending')",
                "create index outbox_pending on " + table.quoted() + " (retry_at) where status = 'pending'",
                "insert into " + table.quoted() + " (kind, payload, created_at) select 'old', to_jsonb(i),"
                        + " now() - interval '1 day' + i * interval '1 s' from generate_series(1, " + rows + ") i");
        return table;
    }

    /** What Go sends to enqueue one message. */
    static String enqueue(Connection connection, OutboxTable table, String kind) throws SQLException {
        String sql = "INSERT INTO " + table.quoted()
                + " (\"kind\",\"payload\",\"created_at\",\"updated_at\",\"attempts\",\"retry_at\",\"last_error\",\"status\")"
                + " VALUES (?,?::jsonb,?,?,?,?,?,?) RETURNING \"id\"";
        Timestamp now = Timestamp.from(Instant.now());
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, kind);
            insert.setString(2, "{\"n\": 1}");
            insert.setTimestamp(3, now);
            insert.setTimestamp(4, now);
            insert.setInt(5, 0);
            insert.setTimestamp(6, now);
            insert.setString(7, "");
            insert.setString(8, "pending");
            try (ResultSet id = insert.executeQuery()) {
                id.next();
                return id.getString(1);
            }
        }
    }
}
