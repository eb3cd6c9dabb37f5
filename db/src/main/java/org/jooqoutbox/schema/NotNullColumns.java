package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Forbids nulls in columns where that was not so, without reading the table under a lock that stops others: a constraint is added for new
 * rows, then found to hold for all, then {@code set not null} trusts it, and it goes.
 */
final class NotNullColumns {

    private final Connection connection;
    private final OutboxTable table;
    private final PatientStatements patient;

    NotNullColumns(Connection connection, OutboxTable table, PatientStatements patient) {
        this.connection = connection;
        this.table = table;
        this.patient = patient;
    }

    void run() throws SQLException {
        List<String> columns = nullable();
        if (columns.isEmpty()) {
            return;
        }
        requireNoNulls(columns);
        String constraint = "\"" + table.derivedPrefix() + "_not_null\"";
        patient.inOneTransaction(
                "forbid new nulls",
                List.of(alter("drop constraint if exists " + constraint + ", add constraint " + constraint + " check ("
                        + each(columns, "", " is not null", " and ") + ") not valid")));
        patient.alone("look for nulls", () -> Jdbc.execute(connection, alter("validate constraint " + constraint)));
        // Not one statement: it would drop the constraint first, and then have to read the whole table.
        patient.inOneTransaction(
                "forbid nulls",
                List.of(
                        alter(each(columns, "alter column ", " set not null", ", ")),
                        alter("drop constraint " + constraint)));
    }

    private List<String> nullable() throws SQLException {
        TableShape now = new CatalogReader(connection).read(table).orElseThrow();
        return ExpectedShape.columns().stream()
                .filter(ExpectedColumn::notNull)
                .map(ExpectedColumn::name)
                .filter(name -> !Objects.requireNonNull(now.columns().get(name)).notNull())
                .toList();
    }

    /** Before the constraint is there: with it, producers that write such nulls would fail. */
    private void requireNoNulls(List<String> columns) throws SQLException {
        for (String column : columns) {
            String any = "select exists (select from " + table.quoted() + " where " + column + " is null)";
            if (Jdbc.isTrue(connection, any)) {
                throw new IllegalStateException("column " + column
                        + " holds nulls, which an outbox cannot have: give these rows a value and install again");
            }
        }
    }

    private String alter(String what) {
        return "alter table " + table.quoted() + " " + what;
    }

    private static String each(List<String> columns, String before, String after, String between) {
        return columns.stream().map(column -> before + column + after).collect(Collectors.joining(between));
    }
}
