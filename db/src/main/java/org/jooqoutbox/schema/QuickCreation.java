package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/**
 * Makes a table where there is nothing of that name, in one transaction and without Flyway, whose start takes longer than all the rest. What
 * is there then is what {@link Installation} makes, the history included.
 *
 * <p>It waits for nobody: where another session installs this table, it leaves that to it.
 */
final class QuickCreation {

    // A lock of the transaction, which ends with it, in whatever way. It excludes the session's lock of an
    // Installation.
    private static final String TRY_LOCK = "select pg_catalog.pg_try_advisory_xact_lock(%d)";

    private static final String NOTHING_THERE = """
            select not exists (
               select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = ?::name and (c.relname = ?::name or c.relname = ?::name))
            """;

    private final Connection connection;
    private final Set<InstallOption> options;

    QuickCreation(Connection connection, Set<InstallOption> options) {
        this.connection = connection;
        this.options = options;
    }

    /**
     * Creates table and history, and the schema where that is missing.
     *
     * @return false if it did nothing, because of another session or of what is there
     * @throws SQLException with the transaction left open
     */
    boolean run(OutboxTable table) throws SQLException {
        connection.setAutoCommit(false);
        boolean free = isFree(table);
        if (free) {
            create(table);
        }
        connection.commit();
        connection.setAutoCommit(true);
        return free;
    }

    private boolean isFree(OutboxTable table) throws SQLException {
        return Jdbc.isTrue(connection, TRY_LOCK.formatted(InstallSession.lockKey(table)))
                && Jdbc.isTrue(connection, NOTHING_THERE, table.schema(), table.name(), FlywayHistory.tableName(table));
    }

    private void create(OutboxTable table) throws SQLException {
        if (!Server.hasSchema(connection, table.schema())) {
            Jdbc.execute(connection, "create schema " + OutboxTable.quote(table.schema()));
        }
        Jdbc.execute(connection, SchemaScript.whole(table, options) + FlywayHistory.scriptWithFirstMigration(table));
    }
}
