package org.jooqoutbox.bench.systems;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.tools.jdbc.JDBCUtils;

/** Writes messages by hand, as well as it can be done: one statement for all, and ids that lie beside one another in the index. */
final class JdbcSender implements QueueSystem.Sender {

    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();

    private final Connection connection;
    private final PreparedStatement messages;

    JdbcSender(DataSource dataSource) throws SQLException {
        this.connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        this.messages =
                connection.prepareStatement("insert into " + OwnTable.name() + " (id, kind, payload) select id, '"
                        + OwnTable.KIND + "', payload::jsonb from unnest(?::uuid[], ?::text[]) as sent(id, payload)");
    }

    @Override
    public void send(List<String> payloads) throws SQLException {
        Business.insert(connection);
        UUID[] ids = new UUID[payloads.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = IDS.generate();
        }
        messages.setArray(1, connection.createArrayOf("uuid", ids));
        messages.setArray(2, connection.createArrayOf("text", payloads.toArray()));
        messages.executeUpdate();
        connection.commit();
    }

    @Override
    public void close() {
        JDBCUtils.safeClose(connection);
    }
}
