package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** Creates a table, adopts one, or finds that there is nothing to do. */
final class Installation {

    /** duplicate_schema, unique_violation (of the catalog): another session was faster. */
    private static final Set<String> ALREADY_THERE = Set.of("42P06", "23505");

    private final Connection connection;
    private final OutboxTable table;
    private final Set<InstallOption> options;

    private Installation(Connection connection, OutboxTable table, Set<InstallOption> options) {
        this.connection = connection;
        this.table = table;
        this.options = options;
    }

    static void run(DataSource dataSource, OutboxTable table, Set<InstallOption> options) {
        FlywayArtifacts.require(table);
        try (InstallSession session = InstallSession.open(dataSource, table)) {
            requireServer(session.connection());
            session.lock();
            new Installation(session.connection(), table, options).run();
        } catch (SQLException | IllegalStateException e) {
            throw new IllegalStateException("cannot install outbox " + table + ": " + e.getMessage(), e);
        }
    }

    private static void requireServer(Connection connection) throws SQLException {
        List<String> problems = Server.problems(connection);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join("; ", problems));
        }
    }

    private void run() throws SQLException {
        createSchemaIfMissing();
        Optional<TableShape> there = shape();
        FlywayHistory history = new FlywayHistory(connection, table);
        if (there.isPresent()) {
            adoptIfNeeded(there.get(), history);
        } else {
            history.createIfMissing();
            requireNotApplied(history);
        }
        FlywayMigration.migrate(connection, table);
        createOptionalIndexes();
    }

    private void adoptIfNeeded(TableShape there, FlywayHistory history) throws SQLException {
        boolean recorded = history.hasFirstMigration();
        if (recorded && ShapeCheck.differences(table, there).isEmpty()) {
            return;
        }
        new Adoption(connection, table, there).run();
        if (!recorded) {
            history.createIfMissing();
            history.recordBaseline();
        }
    }

    private void requireNotApplied(FlywayHistory history) throws SQLException {
        if (history.hasFirstMigration()) {
            throw new IllegalStateException(
                    "the table is gone, but its migration history says that it was made: drop the history, "
                            + OutboxTable.quote(FlywayHistory.tableName(table))
                            + " in the same schema, and install again");
        }
    }

    private void createOptionalIndexes() throws SQLException {
        if (options.contains(InstallOption.GO_WORKERS)) {
            PatientStatements patient =
                    new PatientStatements(connection, shape().orElseThrow().oid());
            new ConcurrentIndexes(connection, table, patient)
                    .create(List.of(ExpectedIndex.parse(SchemaScript.GO_WORKERS_INDEX)));
        }
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
