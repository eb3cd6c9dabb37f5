package org.jooqoutbox.it.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.OutboxTable;

/** Plain SQL on the test server, each call on a connection of its own unless one is given. */
final class Database {

    /** Different in each run: a server named by a JDBC URL has seen others. */
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    private static final AtomicInteger NAMES = new AtomicInteger();

    private Database() {}

    static DataSource dataSource() {
        return Postgres.dataSource();
    }

    static Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    /** A table name in a schema that nobody else uses and that does not exist yet. */
    static OutboxTable newName() {
        return OutboxTable.of("schema_" + RUN + "_" + NAMES.incrementAndGet(), "outbox");
    }

    static void run(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            run(connection, statements);
        }
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static List<String> strings(String query, String... parameters) throws SQLException {
        try (Connection connection = connect()) {
            return strings(connection, query, parameters);
        }
    }

    static List<String> strings(Connection connection, String query, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<String> strings = new ArrayList<>();
                while (rows.next()) {
                    strings.add(String.valueOf(rows.getString(1)));
                }
                return strings;
            }
        }
    }

    static String string(String query, String... parameters) throws SQLException {
        return strings(query, parameters).get(0);
    }

    static long number(String query, String... parameters) throws SQLException {
        return Long.parseLong(string(query, parameters));
    }

    /** Asks again until the answer is yes. */
    static void await(String question, String... parameters) throws SQLException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!string(question, parameters).equals("t")) {
            if (System.nanoTime() > end) {
                throw new AssertionError("still not true after 30 s: " + question);
            }
            string("select pg_sleep(0.02)::text");
        }
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
