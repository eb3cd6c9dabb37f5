package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether the current role may do what a dispatcher does, and sees all rows. */
final class RightsCheck {

    private static final String RIGHTS = """
            select current_user,
                   pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'),
                   pg_catalog.has_table_privilege(c.oid, 'SELECT'),
                   pg_catalog.has_table_privilege(c.oid, 'UPDATE'),
                   pg_catalog.has_table_privilege(c.oid, 'DELETE'),
                   pg_catalog.row_security_active(c.oid)
              from pg_catalog.pg_class c
             where c.oid operator(pg_catalog.=) ?::pg_catalog.oid
            """;

    private RightsCheck() {}

    static List<String> problems(Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RIGHTS)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? problems(rows) : List.of();
            }
        }
    }

    private static List<String> problems(ResultSet row) throws SQLException {
        String role = "role " + OutboxTable.quote(row.getString(1));
        List<String> problems = new ArrayList<>();
        if (!row.getBoolean(2)) {
            problems.add(role + " has no right USAGE on the schema, a dispatcher needs it");
        }
        String missing = missing(row);
        if (!missing.isEmpty()) {
            problems.add(
                    role + " has no right " + missing + " on the table, a dispatcher needs SELECT, UPDATE and DELETE");
        }
        if (row.getBoolean(6)) {
            problems.add("row level security is active for " + role + " and may hide messages from it without an error,"
                    + " needs to be off for this table or bypassed by the role (BYPASSRLS)");
        }
        return problems;
    }

    private static String missing(ResultSet row) throws SQLException {
        List<String> missing = new ArrayList<>();
        if (!row.getBoolean(3)) {
            missing.add("SELECT");
        }
        if (!row.getBoolean(4)) {
            missing.add("UPDATE");
        }
        if (!row.getBoolean(5)) {
            missing.add("DELETE");
        }
        return String.join(", ", missing);
    }
}
