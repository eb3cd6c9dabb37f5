package org.jooqoutbox.schema;

import static java.util.stream.Collectors.joining;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the shape of a table from the catalog, whatever {@code search_path} says.
 *
 * <p>Two things depend on it. Names in our statements: so each one is qualified, operators too, and forms with a hidden operator
 * ({@code in}, {@code case x when}, {@code distinct}) are avoided. And what the catalog prints, where a name is qualified only if it has to
 * be: so the statements that print expressions set a search_path for themselves, local to the transaction. Where that is the caller's, it
 * is set back.
 */
final class CatalogReader {

    private static final String PINNED = """
            with pinned as materialized (
               select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true) as path)
            """;

    private static final String RELATIONS = """
            select w.which, c.oid, c.relkind::pg_catalog.text, pg_catalog.array_to_string(c.reloptions, ',')
              from rows from (pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[]))
                   with ordinality as w (schema, name, which)
              join pg_catalog.pg_namespace n on n.nspname operator(pg_catalog.=) w.schema::pg_catalog.name
              join pg_catalog.pg_class c on c.relnamespace operator(pg_catalog.=) n.oid
                                        and c.relname operator(pg_catalog.=) w.name::pg_catalog.name
            """;

    private static final String COLUMNS = PINNED + """
            select a.attrelid, a.attname, a.attnotnull,
                   case when p.path is not null then pg_catalog.format_type(a.atttypid, a.atttypmod) end,
                   case when p.path is not null then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
                   s.schema, s.name
              from pinned p
             cross join pg_catalog.pg_attribute a
              left join pg_catalog.pg_attrdef d
                on d.adrelid operator(pg_catalog.=) a.attrelid and d.adnum operator(pg_catalog.=) a.attnum
              left join lateral (
                   select n.nspname as schema, c.relname as name
                     from pg_catalog.pg_depend x
                     join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) x.refobjid
                     join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
                    where x.classid operator(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid
                      and x.objid operator(pg_catalog.=) d.oid and c.relkind operator(pg_catalog.=) 'S'::pg_catalog."char"
                      and x.refclassid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                    limit 1) s on true
             where a.attrelid operator(pg_catalog.=) any ('{%s}'::pg_catalog.oid[])
               and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped
             order by a.attrelid, a.attnum
            """;

    private static final String INDEXES = PINNED + """
            select i.indrelid, ic.relname, i.indisvalid and i.indisready, i.indisprimary, i.indisunique,
                   am.amname operator(pg_catalog.=) 'btree'::pg_catalog.name
                     and i.indoption::pg_catalog.text operator(pg_catalog.~) '^[0 ]*$'::pg_catalog.text
                     and (select pg_catalog.bool_and(o.opcdefault) from pg_catalog.pg_opclass o
                           where o.oid operator(pg_catalog.=) any (i.indclass::pg_catalog.oid[]))
                     and not exists (
                         select from pg_catalog.generate_subscripts(i.indcollation, 1) k
                           join pg_catalog.pg_attribute a
                             on a.attrelid operator(pg_catalog.=) i.indrelid and a.attnum operator(pg_catalog.=) i.indkey[k]
                          where a.attcollation operator(pg_catalog.<>) i.indcollation[k]),
                   case when p.path is not null then pg_catalog.array_to_string(array(
                         select pg_catalog.pg_get_indexdef(i.indexrelid, k, false)
                           from pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) k), ',') end,
                   case when p.path is not null then pg_catalog.pg_get_expr(i.indpred, i.indrelid) end
              from pinned p
             cross join pg_catalog.pg_index i
              join pg_catalog.pg_class ic on ic.oid operator(pg_catalog.=) i.indexrelid
              join pg_catalog.pg_am am on am.oid operator(pg_catalog.=) ic.relam
             where i.indrelid operator(pg_catalog.=) any ('{%s}'::pg_catalog.oid[])
             order by ic.relname
            """;

    private static final String CONSTRAINTS = """
            select c.conrelid, c.conname, c.convalidated from pg_catalog.pg_constraint c
             where c.conrelid operator(pg_catalog.=) any ('{%s}'::pg_catalog.oid[])
            """;

    private final Connection connection;

    CatalogReader(Connection connection) {
        this.connection = connection;
    }

    /** The shape of what has this name, be it a table or not; empty if nothing has. */
    Optional<TableShape> read(OutboxTable table) throws SQLException {
        return Optional.ofNullable(read(List.of(table)).get(table));
    }

    /** The shapes of all of these that are there, with as many queries as for one. */
    Map<OutboxTable, TableShape> read(Collection<OutboxTable> tables) throws SQLException {
        Map<OutboxTable, Relation> relations = relations(tables);
        if (relations.isEmpty()) {
            return Map.of();
        }
        String searchPath = Jdbc.text(connection, "select pg_catalog.current_setting('search_path')");
        try {
            return shapes(relations);
        } finally {
            Jdbc.text(connection, "select pg_catalog.set_config('search_path', ?, true)", searchPath);
        }
    }

    /** Those that are there and are ordinary tables. */
    Set<OutboxTable> tables(Collection<OutboxTable> names) throws SQLException {
        Map<OutboxTable, Relation> relations = relations(names);
        return relations.keySet().stream()
                .filter(name ->
                        Objects.requireNonNull(relations.get(name)).kind().equals("r"))
                .collect(Collectors.toSet());
    }

    private record Relation(long oid, String kind, Set<String> storage) {}

    private Map<OutboxTable, Relation> relations(Collection<OutboxTable> tables) throws SQLException {
        List<OutboxTable> asked = List.copyOf(tables);
        Map<OutboxTable, Relation> relations = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(RELATIONS)) {
            statement.setArray(1, texts(asked.stream().map(OutboxTable::schema)));
            statement.setArray(2, texts(asked.stream().map(OutboxTable::name)));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String storage = rows.getString(4);
                    relations.put(
                            asked.get(rows.getInt(1) - 1),
                            new Relation(
                                    rows.getLong(2),
                                    rows.getString(3),
                                    storage == null ? Set.of() : Set.of(storage.split(","))));
                }
            }
        }
        return relations;
    }

    private Array texts(Stream<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    private Map<OutboxTable, TableShape> shapes(Map<OutboxTable, Relation> relations) throws SQLException {
        String oids =
                relations.values().stream().map(relation -> "" + relation.oid()).collect(joining(","));
        Map<Long, Map<String, TableShape.Column>> columns = columns(oids);
        Map<Long, List<TableShape.Index>> indexes = indexes(oids);
        Map<Long, Map<String, Boolean>> constraints = constraints(oids);
        Map<OutboxTable, TableShape> shapes = new LinkedHashMap<>();
        relations.forEach((table, relation) -> shapes.put(
                table,
                new TableShape(
                        relation.oid(),
                        relation.kind(),
                        columns.getOrDefault(relation.oid(), Map.of()),
                        indexes.getOrDefault(relation.oid(), List.of()),
                        relation.storage(),
                        constraints.getOrDefault(relation.oid(), Map.of()))));
        return shapes;
    }

    private Map<Long, Map<String, TableShape.Column>> columns(String oids) throws SQLException {
        Map<Long, Map<String, TableShape.Column>> columns = new HashMap<>();
        forEachRow(
                COLUMNS,
                oids,
                row -> columns.computeIfAbsent(row.getLong(1), oid -> new LinkedHashMap<>())
                        .put(row.getString(2), column(row)));
        return columns;
    }

    private static TableShape.Column column(ResultSet row) throws SQLException {
        String sequence = row.getString(7);
        return new TableShape.Column(
                row.getString(4),
                row.getBoolean(3),
                row.getString(5),
                sequence == null ? null : OutboxTable.quote(row.getString(6)) + "." + OutboxTable.quote(sequence));
    }

    private Map<Long, List<TableShape.Index>> indexes(String oids) throws SQLException {
        Map<Long, List<TableShape.Index>> indexes = new HashMap<>();
        forEachRow(
                INDEXES,
                oids,
                row -> indexes.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                        .add(index(row)));
        return indexes;
    }

    private static TableShape.Index index(ResultSet row) throws SQLException {
        String condition = row.getString(8);
        return new TableShape.Index(
                row.getString(2),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getString(7),
                condition == null ? "" : condition);
    }

    private Map<Long, Map<String, Boolean>> constraints(String oids) throws SQLException {
        Map<Long, Map<String, Boolean>> constraints = new HashMap<>();
        forEachRow(
                CONSTRAINTS,
                oids,
                row -> constraints
                        .computeIfAbsent(row.getLong(1), oid -> new LinkedHashMap<>())
                        .put(row.getString(2), row.getBoolean(3)));
        return constraints;
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void forEachRow(String sql, String oids, RowReader reader) throws SQLException {
        // A constant: as a parameter it may be read from its text again for each row.
        try (PreparedStatement statement = connection.prepareStatement(sql.formatted(oids));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }
}
