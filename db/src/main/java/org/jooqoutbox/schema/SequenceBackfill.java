package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Gives a {@code seq} to rows that were there before the column, in short transactions and without waiting for a row.
 *
 * <p>The table is walked by pages, roughly in the order in which rows were written. An order by {@code created_at} would read and sort
 * everything that is left for each batch, and means nothing: {@code seq} orders messages with an {@code ordering_key}, and these have none.
 */
final class SequenceBackfill {

    private static final int PAGES = 128;

    private static final String REST = "update ${outbox} set seq = nextval(${seq_literal}) where seq is null";

    private static final String ANY_LEFT = "select exists (select from ${outbox} where seq is null)";

    private final Connection connection;
    private final OutboxTable table;
    private final long tableOid;
    private final PatientStatements patient;

    SequenceBackfill(Connection connection, OutboxTable table, long tableOid, PatientStatements patient) {
        this.connection = connection;
        this.table = table;
        this.tableOid = tableOid;
        this.patient = patient;
    }

    void run() throws SQLException {
        // A row may be locked when its page is visited, or move to a page that was: then the next round finds it.
        while (anyLeft()) {
            if (oneRound() == 0) {
                patient.inOneTransaction("number the rows that other sessions have locked", List.of(filled(REST)));
            }
        }
    }

    private boolean anyLeft() throws SQLException {
        return Jdbc.isTrue(connection, filled(ANY_LEFT));
    }

    private long oneRound() throws SQLException {
        long numbered = 0;
        long end = pages();
        for (long page = 0; page < end; page += PAGES) {
            String batch = filled(batch(page));
            numbered += patient.alone("number the rows", () -> Jdbc.execute(connection, batch));
        }
        return numbered;
    }

    private static String batch(long page) {
        return String.format("""
                update ${outbox} set seq = nextval(${seq_literal}) where ctid = any (array(
                   select ctid from ${outbox} where seq is null and ctid >= '(%d,0)'::tid and ctid < '(%d,0)'::tid
                      for update skip locked))
                """, page, page + PAGES);
    }

    private long pages() throws SQLException {
        return Jdbc.number(
                connection,
                "select pg_relation_size(?::oid) / current_setting('block_size')::int",
                Long.toString(tableOid));
    }

    private String filled(String template) {
        return SchemaScript.fill(template, table);
    }
}
