package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    private static final String RELATION = """
            select c.oid, c.relkind::pg_catalog.text, pg_catalog.array_to_string(c.reloptions, ',')
              from pg_catalog.pg_class c
              join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
             where n.nspname operator(pg_catalog.=) ?::pg_catalog.name
               and c.relname operator(pg_catalog.=) ?::pg_catalog.name
            """;

    private static final String COLUMNS = PINNED + """
            select a.attname, a.attnotnull,
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
             where a.attrelid operator(pg_catalog.=) ?::pg_catalog.oid
               and a.attnum operator(pg_catalog.>) 0 and not a.attisdropped
             order by a.attnum
            """;

    private static final String INDEXES = PINNED + """
            select ic.relname, i.indisvalid and i.indisready, i.indisprimary, i.indisunique,
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
             where i.indrelid operator(pg_catalog.=) ?::pg_catalog.oid
             order by ic.relname
            """;

    private static final String CONSTRAINTS = """
            select c.conname, c.convalidated from pg_catalog.pg_constraint c
             where c.conrelid operator(pg_catalog.=) ?::pg_catalog.oid
            """;

    private final Connection connection;

    CatalogReader(Connection connection) {
        this.connection = connection;
    }

    /** The shape of what has this name, be it a table or not; empty if nothing has. */
    Optional<TableShape> read(OutboxTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELATION)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(read(rows.getLong(1), rows.getString(2), rows.getString(3)))
                        : Optional.empty();
            }
        }
    }

    private TableShape read(long oid, String kind, String storage) throws SQLException {
        String searchPath = Jdbc.text(connection, "select pg_catalog.current_setting('search_path')");
        try {
            return new TableShape(
                    oid,
                    kind,
                    columns(oid),
                    indexes(oid),
                    storage == null ? Set.of() : Set.of(storage.split(",")),
                    constraints(oid));
        } finally {
            Jdbc.text(connection, "select pg_catalog.set_config('search_path', ?, true)", searchPath);
        }
    }

    private Map<String, TableShape.Column> columns(long oid) throws SQLException {
        Map<String, TableShape.Column> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = prepare(COLUMNS, oid);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.put(rows.getString(1), column(rows));
            }
        }
        return columns;
    }

    private static TableShape.Column column(ResultSet row) throws SQLException {
        String sequence = row.getString(6);
        return new TableShape.Column(
                row.getString(3),
                row.getBoolean(2),
                row.getString(4),
                sequence == null ? null : OutboxTable.quote(row.getString(5)) + "." + OutboxTable.quote(sequence));
    }

    private List<TableShape.Index> indexes(long oid) throws SQLException {
        List<TableShape.Index> indexes = new ArrayList<>();
        try (PreparedStatement statement = prepare(INDEXES, oid);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String condition = rows.getString(7);
                indexes.add(new TableShape.Index(
                        rows.getString(1),
                        rows.getBoolean(2),
                        rows.getBoolean(3),
                        rows.getBoolean(4),
                        rows.getBoolean(5),
                        rows.getString(6),
                        condition == null ? "" : condition));
            }
        }
        return indexes;
    }

    private Map<String, Boolean> constraints(long oid) throws SQLException {
        Map<String, Boolean> constraints = new LinkedHashMap<>();
        try (PreparedStatement statement = prepare(CONSTRAINTS, oid);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                constraints.put(rows.getString(1), rows.getBoolean(2));
            }
        }
        return constraints;
    }

    private PreparedStatement prepare(String sql, long oid) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setLong(1, oid);
        return statement;
    }
}
