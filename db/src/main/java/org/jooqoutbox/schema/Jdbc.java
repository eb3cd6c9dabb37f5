package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The few things done with JDBC again and again. */
final class Jdbc {

    private Jdbc() {}

    /** Runs one statement that has no parameters, whatever question marks and braces its names contain. */
    static int execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            return statement.executeUpdate(sql);
        }
    }

    /** The first column of the only row; an empty text for null. */
    static String text(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                String value = rows.getString(1);
                return value == null ? "" : value;
            }
        }
    }

    static boolean isTrue(Connection connection, String sql, String... parameters) throws SQLException {
        return text(connection, sql, parameters).equals("t");
    }

    static long number(Connection connection, String sql, String... parameters) throws SQLException {
        return Long.parseLong(text(connection, sql, parameters));
    }
}
