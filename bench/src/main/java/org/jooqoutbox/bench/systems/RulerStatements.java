package org.jooqoutbox.bench.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/*
 * What rulers send. Tried against each other: the deletion in the same statement as the next claim or in one of its own; fenced by a join with
 * unnest, or by a row comparison with what it returns; with and without a count of what was deleted; ids as text or as binary arrays; plans left to
 * PostgreSQL or fixed. Only the size of the batch made a difference that could be told from noise. Kept was what has the fewest round trips and
 * commits, and the plans fixed, because a plan made while the table was empty would be kept when it is full.
 */
final class RulerStatements {

    private static final String DUE = """
            select ctid as tid, id, payload from %s
             where status = 'pending' and ordering_key is null and kind = '%s' and retry_at <= now()
             order by retry_at limit %d for update skip locked""";

    private static final String CLAIM = """
            due as materialized (
            %s)
            update %s o
               set attempts = o.attempts + 1, unsettled = o.unsettled + 1, retry_at = now() + interval '30 s', updated_at = now()
             where o.ctid = any(array(select tid from due))
            returning o.id, o.payload, o.attempts""";

    private RulerStatements() {}

    /**
     * A connection whose statements are prepared on the server at once, and planned once: by the indexes, whatever the statistics say. Closed by the
     * caller, with its statements.
     */
    static Connection connect(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.unwrap(PGConnection.class).setPrepareThreshold(1);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off;"
                    + " set enable_mergejoin = off; set plan_cache_mode = force_generic_plan");
        }
        return connection;
    }

    /** Locks messages until the transaction ends. */
    static String lock(int batch) {
        return DUE.formatted(OwnTable.name(), OwnTable.KIND, batch);
    }

    /** Leases messages. */
    static String claim(int batch) {
        return "with " + CLAIM.formatted(lock(batch), OwnTable.name());
    }

    /** Removes those of the last claim whose lease still holds, and leases others. */
    static String settleAndClaim(int batch) {
        return "with done as (" + settle() + "), " + CLAIM.formatted(lock(batch), OwnTable.name());
    }

    /** Removes those of the last claim whose lease still holds. */
    static String settle() {
        return "delete from " + OwnTable.name() + " o using unnest(?::uuid[], ?::integer[]) as a(id, attempts)"
                + " where o.id = a.id and o.attempts = a.attempts and o.status = 'pending'";
    }

    static void setSettled(PreparedStatement statement, Batch batch) throws SQLException {
        PGConnection connection = statement.getConnection().unwrap(PGConnection.class);
        statement.setArray(1, connection.createArrayOf("uuid", batch.ids));
        statement.setArray(2, connection.createArrayOf("int4", batch.attempts));
    }
}
