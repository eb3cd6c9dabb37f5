package org.jooqoutbox.schema;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The table as {@code schema.sql} describes it, taken apart for those who compare. */
final class ExpectedShape {

    private static final Pattern TABLE = Pattern.compile(
            "create table \\$\\{outbox} \\((?<columns>.*?)\\) with \\((?<storage>.*)\\)", Pattern.DOTALL);

    private static final List<ExpectedColumn> COLUMNS = tableLines("columns")
            .filter(line -> !line.startsWith("constraint "))
            .map(ExpectedColumn::parse)
            .toList();

    private static final List<String> STORAGE = tableLines("storage").toList();

    private static final List<ExpectedIndex> INDEXES = Stream.concat(
                    SchemaScript.statements("create index").stream(),
                    SchemaScript.statements("create unique index").stream())
            .map(ExpectedIndex::parse)
            .toList();

    private ExpectedShape() {}

    static List<ExpectedColumn> columns() {
        return COLUMNS;
    }

    /** The columns that the Go library knows: those up to {@code status}. */
    static List<ExpectedColumn> columnsOfGo() {
        int last = COLUMNS.stream().map(ExpectedColumn::name).toList().indexOf("status");
        return COLUMNS.subList(0, last + 1);
    }

    static List<ExpectedIndex> indexes() {
        return INDEXES;
    }

    /** Those that are only there for these options. */
    static List<ExpectedIndex> indexes(Set<InstallOption> options) {
        return options.contains(InstallOption.GO_WORKERS)
                ? List.of(ExpectedIndex.parse(SchemaScript.GO_WORKERS_INDEX))
                : List.of();
    }

    /** The storage parameters, each as {@code name = value}. */
    static List<String> storage() {
        return STORAGE;
    }

    /** The condition on {@code status}, as a constraint in a statement, with placeholders. */
    static String statusConstraint() {
        return tableLines("columns")
                .filter(line -> line.startsWith("constraint \"${names}_status\""))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("schema.sql has no constraint on the status"));
    }

    private static Stream<String> tableLines(String part) {
        String statement = SchemaScript.statement("create table");
        Matcher matcher = TABLE.matcher(statement);
        if (!matcher.matches()) {
            throw new IllegalStateException("cannot read the definition of the table in schema.sql: " + statement);
        }
        return matcher.group(part)
                .lines()
                .map(line -> line.strip().replaceFirst(",$", ""))
                .filter(line -> !line.isEmpty());
    }
}
