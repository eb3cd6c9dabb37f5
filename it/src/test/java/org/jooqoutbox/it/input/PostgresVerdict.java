package org.jooqoutbox.it.input;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jooqoutbox.PayloadCases.Verdict;
import org.jooqoutbox.it.support.Postgres;

/** Asks PostgreSQL what it makes of a payload, without a word from the library. */
final class PostgresVerdict implements AutoCloseable {

    private final Connection connection;
    private final PreparedStatement statement;

    PostgresVerdict() throws SQLException {
        connection = Postgres.dataSource().getConnection();
        try (Statement quiet = connection.createStatement()) {
            // Every refusal would be a line, with the payload in it, in the server's log.
            quiet.execute("set log_min_messages = fatal");
        }
        statement = connection.prepareStatement("select cast(? as jsonb)");
    }

    /** Kept, altered or refused. */
    Verdict on(String json) throws SQLException {
        try {
            return JsonValues.equal(json, throughPostgres(json)) ? Verdict.KEPT : Verdict.ALTERED;
        } catch (SQLException e) {
            if (!refusesTheValue(e)) {
                throw e;
            }
            return Verdict.REFUSED;
        }
    }

    private String throughPostgres(String json) throws SQLException {
        statement.setString(1, json);
        try (ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getString(1);
        }
    }

    /** Data exceptions, and limits such as the depth of the stack; not that the server is gone. */
    private static boolean refusesTheValue(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("54"));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
