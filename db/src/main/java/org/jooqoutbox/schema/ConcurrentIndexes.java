package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Builds indexes while producers write. */
final class ConcurrentIndexes {

    private final Connection connection;
    private final OutboxTable table;
    private final PatientStatements patient;

    ConcurrentIndexes(Connection connection, OutboxTable table, PatientStatements patient) {
        this.connection = connection;
        this.table = table;
        this.patient = patient;
    }

    void create(List<ExpectedIndex> indexes) throws SQLException {
        for (ExpectedIndex index : indexes) {
            patient.alone("build index \"" + index.name(table) + "\"", () -> create(index));
        }
    }

    private int create(ExpectedIndex index) throws SQLException {
        TableShape shape = new CatalogReader(connection).read(table).orElseThrow();
        if (shape.has(index)) {
            return 0;
        }
        String name = index.name(table);
        Optional<TableShape.Index> sameName = shape.indexes().stream()
                .filter(other -> other.name().equals(name))
                .findFirst();
        if (sameName.isPresent()) {
            requireInvalid(sameName.get(), index);
            Jdbc.execute(
                    connection,
                    "drop index concurrently " + OutboxTable.quote(table.schema()) + "." + OutboxTable.quote(name));
        }
        return Jdbc.execute(connection, index.createConcurrently(table));
    }

    private static void requireInvalid(TableShape.Index found, ExpectedIndex needed) {
        if (found.valid()) {
            throw new IllegalStateException("index \"" + found.name() + "\" is on (" + found.keys() + ") where "
                    + found.condition() + ", needs to be on " + needed + ": drop or rename it and install again");
        }
    }
}
