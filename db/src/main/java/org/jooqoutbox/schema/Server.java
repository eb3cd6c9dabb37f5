package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What is asked of the server itself. */
final class Server {

    private static final int OLDEST_MAJOR = 14;

    private Server() {}

    /** Why this server cannot hold an outbox; empty if it can. */
    static List<String> problems(Connection connection) throws SQLException {
        List<String> problems = new ArrayList<>();
        long version = Jdbc.number(connection, "select pg_catalog.current_setting('server_version_num')");
        if (version < OLDEST_MAJOR * 10_000L) {
            problems.add("the server is PostgreSQL " + version / 10_000 + ", needs " + OLDEST_MAJOR + " or newer");
        }
        String encoding = Jdbc.text(connection, "select pg_catalog.current_setting('server_encoding')");
        if (!encoding.equals("UTF8")) {
            problems.add("the database has encoding " + encoding
                    + ", needs UTF8: another one refuses characters that a message may contain");
        }
        return problems;
    }

    /** @throws IllegalStateException if this server cannot hold an outbox */
    static void require(Connection connection) throws SQLException {
        List<String> problems = problems(connection);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join("; ", problems));
        }
    }

    static boolean hasSchema(Connection connection, String schema) throws SQLException {
        return Jdbc.isTrue(
                connection,
                "select exists (select from pg_catalog.pg_namespace n where n.nspname operator(pg_catalog.=) ?::pg_catalog.name)",
                schema);
    }
}
