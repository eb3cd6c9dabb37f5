package org.jooqoutbox.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement.Verdict;

/** Sends what the library would send with plain JDBC on a pooled connection and makes the same of what comes back. */
final class OverheadTwin {

    private final DataSource dataSource;
    private final String outbox;

    OverheadTwin(DataSource dataSource, String outbox) {
        this.dataSource = dataSource;
        this.outbox = outbox;
    }

    List<Message> claim(Replay replay) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = replay.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            return messages(rows);
        }
    }

    List<Verdict> settle(Replay replay) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = replay.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            return verdicts(rows);
        }
    }

    /** Returns the messages. The verdicts are read, too. */
    List<Message> settleAndClaim(Replay replay) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = replay.prepare(connection)) {
            statement.execute();
            try (ResultSet rows = statement.getResultSet()) {
                verdicts(rows);
            }
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                return messages(rows);
            }
        }
    }

    private static List<Verdict> verdicts(ResultSet rows) throws SQLException {
        List<Verdict> verdicts = new ArrayList<>();
        while (rows.next()) {
            rows.getObject(1, UUID.class);
            rows.getInt(2);
            verdicts.add(Verdict.valueOf(rows.getString(3)));
        }
        return verdicts;
    }

    private List<Message> messages(ResultSet rows) throws SQLException {
        List<Message> messages = new ArrayList<>();
        int id = rows.findColumn("id");
        int kind = rows.findColumn("kind");
        int payload = rows.findColumn("payload");
        int headers = rows.findColumn("headers");
        int attempts = rows.findColumn("attempts");
        int failures = rows.findColumn("failures");
        int unsettled = rows.findColumn("unsettled");
        int createdAt = rows.findColumn("created_at");
        int payloadType = rows.findColumn("payload_type");
        int orderingKey = rows.findColumn("ordering_key");
        int seq = rows.findColumn("seq");
        while (rows.next()) {
            UUID uuid = rows.getObject(id, UUID.class);
            if (uuid != null) {
                messages.add(new Message(
                        outbox,
                        uuid,
                        rows.getString(kind),
                        rows.getString(payload),
                        headers(rows.getString(headers)),
                        rows.getInt(attempts),
                        rows.getInt(failures),
                        rows.getInt(unsettled) - 1,
                        rows.getObject(createdAt, OffsetDateTime.class).toInstant(),
                        rows.getString(payloadType),
                        rows.getString(orderingKey),
                        rows.getLong(seq)));
            }
        }
        return messages;
    }

    private static Map<String, String> headers(String json) {
        if (!json.equals("{}")) {
            throw new BenchException("there are no headers here, but " + json);
        }
        return Map.of();
    }
}
