package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The statements that complete a table without looking at its rows. */
final class CatalogChanges {

    private final Connection connection;
    private final OutboxTable table;
    private final TableShape before;

    CatalogChanges(Connection connection, OutboxTable table, TableShape before) {
        this.connection = connection;
        this.table = table;
        this.before = before;
    }

    /** In their order, for one transaction. They can be repeated. */
    List<String> statements() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.add(
                filled(SchemaScript.statement("create sequence").replaceFirst("sequence", "sequence if not exists")));
        // A sequence can belong to a column only if one role owns both.
        statements.add(filled("alter sequence ${seq} owner to ") + owner());
        statements.add(filled(SchemaScript.statement("grant usage")));
        statements.add(filled("alter table ${outbox} " + String.join(", ", alterations())));
        statements.add(filled(SchemaScript.statement("alter sequence")));
        SchemaScript.statements("comment on").forEach(comment -> statements.add(filled(comment)));
        return statements;
    }

    private List<String> alterations() {
        List<String> alterations = new ArrayList<>();
        ExpectedShape.columns().forEach(column -> alterations.addAll(alterations(column)));
        alterations.add("set (" + String.join(", ", ExpectedShape.storage()) + ")");
        return alterations;
    }

    private Stream<String> newColumn(ExpectedColumn column) {
        if (column.defaultValue() == null || column.hasConstantDefault()) {
            return Stream.of("add column " + column.name() + " " + column.definition());
        }
        // A default that differs from row to row would be computed for all rows there are, by rewriting the table.
        return Stream.of("add column " + column.name() + " " + column.type(), setDefault(column));
    }

    private List<String> alterations(ExpectedColumn column) {
        TableShape.Column actual = before.columns().get(column.name());
        if (actual == null) {
            return newColumn(column).toList();
        }
        List<String> alterations = new ArrayList<>();
        if (!column.hasItsDefault(actual, table) || needsExtension(actual)) {
            alterations.add(setDefault(column));
        }
        if (actual.notNull() && !column.notNull()) {
            alterations.add("alter column " + column.name() + " drop not null");
        }
        return alterations;
    }

    /** Whether the default is that of the Go library's schema. It works only as long as the extension stays. */
    private static boolean needsExtension(TableShape.Column column) {
        return column.defaultValue() != null && column.defaultValue().endsWith("uuid_generate_v4()");
    }

    private static String setDefault(ExpectedColumn column) {
        String value = column.defaultValue();
        return "alter column " + column.name() + (value == null ? " drop default" : " set default " + value);
    }

    private String filled(String template) {
        return SchemaScript.fill(template, table);
    }

    private String owner() throws SQLException {
        String owner = Jdbc.text(
                connection,
                "select r.rolname from pg_class c join pg_roles r on r.oid = c.relowner where c.oid = ?::oid",
                Long.toString(before.oid()));
        return OutboxTable.quote(owner);
    }
}
