package org.jooqoutbox.bench.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** The row that the application writes beside its messages, with plain JDBC. */
final class Business {

    static final String INSERT = "insert into public.business (id, note) values (?, ?)";
    static final String NOTE = "a booking";

    private Business() {}

    static void insert(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setObject(1, UUID.randomUUID());
            statement.setString(2, NOTE);
            statement.executeUpdate();
        }
    }
}
