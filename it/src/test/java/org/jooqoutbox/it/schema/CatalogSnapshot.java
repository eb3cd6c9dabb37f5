package org.jooqoutbox.it.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.schema.OutboxTable;

/** Everything that the catalog says about a table, in a form in which two of them can be compared. */
record CatalogSnapshot(
        List<String> columns,
        List<String> indexes,
        List<String> constraints,
        List<String> table,
        List<String> sequence) {

    private static final String FIND =
            "from pg_class t join pg_namespace n on n.oid = t.relnamespace and n.nspname = ? and t.relname = ? ";

    private static final String COLUMNS =
            "select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '"
                    + " || coalesce(pg_get_expr(d.adbin, d.adrelid), 'none') || ' '"
                    + " || coalesce(col_description(t.oid, a.attnum), 'no comment') "
                    + FIND + "join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped"
                    + " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum order by a.attnum";

    private static final String INDEXES =
            "select i.indisunique || ' ' || i.indisvalid || ' ' || replace(pg_get_indexdef(i.indexrelid), ' ON '"
                    + " || quote_ident(n.nspname) || '.' || quote_ident(t.relname), ' ON it') "
                    + FIND + "join pg_index i on i.indrelid = t.oid order by 1";

    private static final String CONSTRAINTS =
            "select c.conname || ' ' || c.convalidated || ' ' || pg_get_constraintdef(c.oid) " + FIND
                    + "join pg_constraint c on c.conrelid = t.oid and c.contype in ('p', 'c', 'u', 'f') order by 1";

    private static final String TABLE =
            "select t.relkind::text || ' ' || array(select unnest(t.reloptions) order by 1)::text || ' '"
                    + " || obj_description(t.oid, 'pg_class') || ' ' || t.relowner::regrole " + FIND;

    private static final String SEQUENCE =
            "select s.relname || ' ' || q.seqtypid::regtype || ' ' || q.seqstart || ' ' || q.seqincrement || ' '"
                    + " || q.seqmax || ' ' || s.relowner::regrole || ' ' || s.relacl::text || ' column ' || a.attname "
                    + FIND + "join pg_depend x on x.refobjid = t.oid and x.refobjsubid > 0 and x.deptype = 'a'"
                    + " join pg_class s on s.oid = x.objid and s.relkind = 'S' join pg_sequence q on q.seqrelid = s.oid"
                    + " join pg_attribute a on a.attrelid = t.oid and a.attnum = x.refobjsubid";

    static CatalogSnapshot of(OutboxTable table) throws SQLException {
        try (Connection connection = Database.connect()) {
            // Names in the schema are then printed without it.
            Database.strings(connection, "select set_config('search_path', quote_ident(?), false)", table.schema());
            return new CatalogSnapshot(
                    lines(connection, COLUMNS, table),
                    lines(connection, INDEXES, table),
                    lines(connection, CONSTRAINTS, table),
                    lines(connection, TABLE, table),
                    lines(connection, SEQUENCE, table));
        }
    }

    private static List<String> lines(Connection connection, String query, OutboxTable table) throws SQLException {
        return Database.strings(connection, query, table.schema(), table.name());
    }
}
