package org.jooqoutbox.schema;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Brings a table that is there, made by the Go library or left half-way by an earlier attempt, to the shape of {@code schema.sql} while
 * producers and dispatchers use it.
 *
 * <p>Each step looks at the catalog, does what is missing, and can be cut off anywhere: the next installation goes on from there. No row is
 * rewritten except to give it its {@code seq}, and no lock that stops others is waited for longer than {@link PatientStatements} allows.
 *
 * <ol>
 *   <li>One short transaction changes everything that is only catalog. From its commit on every new row is complete.
 *   <li>Rows that were there get their {@code seq}, a few pages at a time.
 *   <li>Then no column can be null that must not be: a constraint is validated without stopping anybody, and lets
 *       {@code set not null} trust it instead of reading the table under its lock.
 *   <li>Indexes are built concurrently.
 * </ol>
 */
final class Adoption {

    private static final Logger LOG = System.getLogger("org.jooqoutbox.schema");

    /** check_violation. */
    private static final String VIOLATED = "23514";

    private final Connection connection;
    private final OutboxTable table;
    private final TableShape before;
    private final PatientStatements patient;

    Adoption(Connection connection, OutboxTable table, TableShape before) {
        this.connection = connection;
        this.table = table;
        this.before = before;
        this.patient = new PatientStatements(connection, before.oid());
    }

    void run() throws SQLException {
        requireOutbox();
        LOG.log(Level.INFO, "outbox {0}: bringing the existing table up to date", table);
        patient.inOneTransaction(
                "change the columns of the table", new CatalogChanges(connection, table, before).statements());
        new SequenceBackfill(connection, table, before.oid(), patient).run();
        constrainStatus();
        new NotNullColumns(connection, table, patient).run();
        new ConcurrentIndexes(connection, table, patient).create(ExpectedShape.indexes());
        LOG.log(Level.INFO, "outbox {0}: the existing table is up to date", table);
    }

    private void requireOutbox() throws SQLException {
        List<String> differences = differences();
        if (!differences.isEmpty()) {
            throw new IllegalStateException(
                    "there is something of that name, and it is not an outbox that can be adopted ("
                            + String.join("; ", differences) + "): choose another name, or mend it first");
        }
    }

    private List<String> differences() throws SQLException {
        if (!before.isOrdinaryTable()) {
            return List.of("it is " + before.kindInWords());
        }
        List<String> differences = ExpectedShape.columns().stream()
                .filter(column -> before.columns().containsKey(column.name())
                        || ExpectedShape.columnsOfGo().contains(column))
                .flatMap(column -> ShapeCheck.typeProblem(before, column).stream())
                .collect(Collectors.toCollection(ArrayList::new));
        if (!before.hasPrimaryKey("id")) {
            differences.add("id is not the primary key");
        }
        if (Jdbc.isTrue(connection, "select row_security_active(?::oid)", Long.toString(before.oid()))) {
            differences.add("row level security hides rows from the current role");
        }
        return differences;
    }

    /** Comes after the last update of ours: a constraint that does not hold yet refuses any update of a row that violates it. */
    private void constrainStatus() throws SQLException {
        String constraint = table.derivedPrefix() + "_status";
        if (!before.constraints().containsKey(constraint)) {
            String add = "alter table ${outbox} add " + ExpectedShape.statusConstraint() + " not valid";
            patient.inOneTransaction("constrain the status", List.of(SchemaScript.fill(add, table)));
        }
        try {
            String validate = "alter table " + table.quoted() + " validate constraint \"" + constraint + "\"";
            // Needs a lock that goes together with reading and writing.
            patient.alone("validate the constraint on the status", () -> Jdbc.execute(connection, validate));
        } catch (SQLException e) {
            if (!VIOLATED.equals(e.getSQLState())) {
                throw e;
            }
            LOG.log(
                    Level.WARNING,
                    "outbox {0}: some rows have a status other than pending, dead or expired; the constraint \"{1}\" holds"
                            + " for what is written from now on",
                    table,
                    constraint);
        }
    }
}
