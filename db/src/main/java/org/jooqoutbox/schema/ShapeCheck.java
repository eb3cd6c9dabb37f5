package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Compares what is there with what is needed, in sentences. Only reads. */
final class ShapeCheck {

    private final Connection connection;
    private final OutboxTable table;

    ShapeCheck(Connection connection, OutboxTable table) {
        this.connection = connection;
        this.table = table;
    }

    /** Everything, each a sentence that names the table. */
    List<String> problems() throws SQLException {
        return unnamedProblems().stream()
                .map(problem -> "outbox " + table + ": " + problem)
                .toList();
    }

    private List<String> unnamedProblems() throws SQLException {
        List<String> problems = new ArrayList<>(Server.problems(connection));
        Optional<TableShape> found = new CatalogReader(connection).read(table);
        if (found.isEmpty()) {
            problems.add(nothingThere());
            return problems;
        }
        TableShape shape = found.get();
        if (!shape.isOrdinaryTable()) {
            problems.add("it is " + shape.kindInWords() + ", needs to be an ordinary table");
            return problems;
        }
        problems.addAll(differences(table, shape));
        problems.addAll(RightsCheck.problems(connection, shape.oid()));
        return problems;
    }

    /** What the table lacks, or has in another way, apart from rights. */
    static List<String> differences(OutboxTable table, TableShape shape) {
        List<String> problems = new ArrayList<>();
        for (ExpectedColumn column : ExpectedShape.columns()) {
            columnProblem(table, shape, column).ifPresent(problems::add);
        }
        if (isSound(shape, "id") && !shape.hasPrimaryKey("id")) {
            problems.add("id is not the primary key, needs to be");
        }
        ExpectedShape.indexes().stream()
                // A column that is missing or of another type has been reported, and takes its indexes with it.
                .filter(index -> ExpectedShape.columns().stream()
                        .allMatch(column -> !index.uses(column.name()) || isSound(shape, column.name())))
                .filter(index -> !shape.has(index))
                .map(index -> indexProblem(shape, index))
                .forEach(problems::add);
        return problems;
    }

    /** That the column is missing or has another type, the two things that adoption cannot mend. */
    static Optional<String> typeProblem(TableShape shape, ExpectedColumn expected) {
        TableShape.Column actual = shape.columns().get(expected.name());
        if (actual == null) {
            return Optional.of("column " + expected.name() + " is missing, needs to be " + expected);
        }
        if (!actual.type().equals(expected.catalogType())) {
            return Optional.of(
                    "column " + expected.name() + " has type " + actual.type() + ", needs " + expected.catalogType());
        }
        return Optional.empty();
    }

    private static Optional<String> columnProblem(OutboxTable table, TableShape shape, ExpectedColumn expected) {
        Optional<String> typeProblem = typeProblem(shape, expected);
        if (typeProblem.isPresent()) {
            return typeProblem;
        }
        TableShape.Column actual = Objects.requireNonNull(shape.columns().get(expected.name()));
        List<String> found = new ArrayList<>();
        List<String> needed = new ArrayList<>();
        if (actual.notNull() != expected.notNull()) {
            found.add(actual.notNull() ? "refuses null" : "may be null");
            needed.add(expected.notNull() ? "not null" : "null allowed");
        }
        if (!expected.hasItsDefault(actual, table)) {
            found.add("has default " + Objects.requireNonNullElse(actual.defaultValue(), "none"));
            needed.add("default " + expected.shortDefault());
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of("column " + expected.name() + " " + String.join(" and ", found) + ", needs "
                        + String.join(" and ", needed));
    }

    private static boolean isSound(TableShape shape, String column) {
        return ExpectedShape.columns().stream()
                .filter(expected -> expected.name().equals(column))
                .allMatch(expected -> Optional.ofNullable(shape.columns().get(column))
                        .filter(actual -> actual.type().equals(expected.catalogType()))
                        .isPresent());
    }

    private static String indexProblem(TableShape shape, ExpectedIndex expected) {
        return shape.indexes().stream()
                .filter(expected::isServedBy)
                .findFirst()
                .map(invalid -> "index \"" + invalid.name() + "\" is not valid, its building was"
                        + " interrupted: drop and build it again, or install the outbox again")
                .orElseGet(() -> "there is no index on " + expected);
    }

    private String nothingThere() throws SQLException {
        boolean schemaExists = Server.hasSchema(connection, table.schema());
        return (schemaExists ? "there is no such table" : "there is no such schema")
                + ": install the outbox, or correct the name";
    }
}
