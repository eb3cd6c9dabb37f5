package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome;

/** Creates a table, adopts one, or finds that there is nothing to do. */
final class Installation {

    /** duplicate_schema, unique_violation (of the catalog): another session was faster. */
    private static final Set<String> ALREADY_THERE = Set.of("42P06", "23505");

    private final Connection connection;
    private final OutboxTable table;
    private final Set<InstallOption> options;
    private final Migrations migrations;

    private Installation(Connection connection, OutboxTable table, Set<InstallOption> options, Migrations migrations) {
        this.connection = connection;
        this.table = table;
        this.options = options;
        this.migrations = migrations;
    }

    /** Applies what is not applied yet, and tells whether there was something. */
    interface Migrations {
        boolean apply(Connection connection, OutboxTable table) throws SQLException;
    }

    static void run(DataSource dataSource, OutboxTable table, Set<InstallOption> options) {
        FlywayArtifacts.require("outbox " + table);
        try (InstallSession session = InstallSession.open(dataSource)) {
            Server.require(session.connection());
            session.lock(table);
            run(session.connection(), table, options, FlywayMigration::migrate);
        } catch (SQLException | IllegalStateException e) {
            throw new IllegalStateException(reason(table, e), e);
        }
    }

    /** Installs this table, whose lock the session has. */
    static Outcome run(Connection connection, OutboxTable table, Set<InstallOption> options, Migrations migrations)
            throws SQLException {
        return new Installation(connection, table, options, migrations).run();
    }

    static String reason(OutboxTable table, Exception cause) {
        return "cannot install outbox " + table + ": " + cause.getMessage();
    }

    private Outcome run() throws SQLException {
        createSchemaIfMissing();
        Optional<TableShape> there = shape();
        boolean changed = there.isPresent() && adoptIfNeeded(there.get());
        if (there.isEmpty()) {
            prepareHistory();
        }
        changed |= migrations.apply(connection, table);
        changed |= createOptionalIndexes();
        return there.isEmpty() ? Outcome.CREATED : changed ? Outcome.UPGRADED : Outcome.UNCHANGED;
    }

    /** Whether there was a need. */
    private boolean adoptIfNeeded(TableShape there) throws SQLException {
        FlywayHistory history = new FlywayHistory(connection, table);
        boolean recorded = history.hasFirstMigration();
        if (recorded && ShapeCheck.differences(table, there).isEmpty()) {
            return false;
        }
        new Adoption(connection, table, there).run();
        if (!recorded) {
            history.createIfMissing();
            history.recordBaseline();
        }
        return true;
    }

    private void prepareHistory() throws SQLException {
        FlywayHistory history = new FlywayHistory(connection, table);
        history.createIfMissing();
        requireNotApplied(history);
    }

    private void requireNotApplied(FlywayHistory history) throws SQLException {
        if (history.hasFirstMigration()) {
            throw new IllegalStateException(
                    "the table is gone, but its migration history says that it was made: drop the history, "
                            + OutboxTable.quote(FlywayHistory.tableName(table))
                            + " in the same schema, and install again");
        }
    }

    /** Whether one was missing. */
    private boolean createOptionalIndexes() throws SQLException {
        if (options.isEmpty()) {
            return false;
        }
        TableShape now = shape().orElseThrow();
        List<ExpectedIndex> missing = ExpectedShape.indexes(options).stream()
                .filter(index -> !now.has(index))
                .toList();
        PatientStatements patient = new PatientStatements(connection, now.oid());
        new ConcurrentIndexes(connection, table, patient).create(missing);
        return !missing.isEmpty();
    }

    private void createSchemaIfMissing() throws SQLException {
        if (Server.hasSchema(connection, table.schema())) {
            return;
        }
        try {
            Jdbc.execute(connection, "create schema " + OutboxTable.quote(table.schema()));
        } catch (SQLException e) {
            if (!ALREADY_THERE.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
        }
    }

    private Optional<TableShape> shape() throws SQLException {
        return new CatalogReader(connection).read(table);
    }
}
