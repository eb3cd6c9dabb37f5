package org.jooqoutbox.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jooq.tools.jdbc.JDBCUtils;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.schema.OutboxTable;

/** What one would write without any library: a business row and the messages, each with one statement, and nothing checked. */
final class EnqueueJdbc implements QueueSystem.Sender {

    private final Connection connection;
    private final String messages;

    /** On this connection, which is closed with it. */
    EnqueueJdbc(Connection connection, OutboxTable table) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        messages = "insert into " + table + " (id, kind, payload) select id, 'bench.event', payload::jsonb"
                + " from unnest(?, ?) with ordinality as d (id, payload, ord) order by ord";
    }

    @Override
    public void send(List<String> payloads) throws SQLException {
        UUID[] ids = new UUID[payloads.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = OverheadEnqueue.id();
        }
        try (PreparedStatement statement =
                connection.prepareStatement("insert into public.business (id, note) values (?, 'a booking')")) {
            statement.setObject(1, UUID.randomUUID());
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(messages)) {
            statement.setArray(1, connection.createArrayOf("uuid", ids));
            statement.setArray(2, connection.createArrayOf("text", payloads.toArray(String[]::new)));
            statement.executeUpdate();
        }
        connection.commit();
    }

    @Override
    public void close() {
        JDBCUtils.safeClose(connection);
    }
}
