package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the outboxes of many schemas with one look at the catalog, whatever {@code search_path} says: see {@link CatalogReader} about the
 * qualified operators.
 */
final class TableSearch {

    private static final List<String> COLUMNS =
            ExpectedShape.columnsOfGo().stream().map(ExpectedColumn::name).toList();

    // Everybody may read the whole catalog, so rights have to be asked for. A temporary table is one session's. And the
    // columns are a constant: as a parameter they would be read from their text again for each column of each table.
    private static final String OUTBOXES = """
            select n.nspname
              from pg_catalog.pg_class c
              join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
             where c.relname operator(pg_catalog.=) ?::pg_catalog.name
               and c.relkind operator(pg_catalog.=) 'r'::pg_catalog."char"
               and c.relpersistence operator(pg_catalog.<>) 't'::pg_catalog."char"
               and n.nspname operator(pg_catalog.~~) ?::pg_catalog.text
               and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
               and (select pg_catalog.count(*) from pg_catalog.pg_attribute a
                     where a.attrelid operator(pg_catalog.=) c.oid
                       and a.attname operator(pg_catalog.=) any ('{%s}'::pg_catalog.name[])
                       and not a.attisdropped) operator(pg_catalog.=) %d
             order by n.nspname
            """.formatted(String.join(",", COLUMNS), COLUMNS.size());

    private final Connection connection;

    TableSearch(Connection connection) {
        this.connection = connection;
    }

    List<OutboxTable> run(String schemaLike, String tableName) throws SQLException {
        OutboxTable.requireName("table", tableName);
        try (PreparedStatement statement = connection.prepareStatement(OUTBOXES)) {
            statement.setString(1, tableName);
            statement.setString(2, schemaLike);
            return tables(statement, tableName);
        }
    }

    private static List<OutboxTable> tables(PreparedStatement statement, String tableName) throws SQLException {
        List<OutboxTable> tables = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String schema = rows.getString(1);
                // PostgreSQL allows a name of nothing but blanks. One such schema must not hide the others.
                if (!schema.isBlank()) {
                    tables.add(new OutboxTable(schema, tableName));
                }
            }
        }
        return tables;
    }
}
