package org.jooqoutbox.schema;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table as the catalog describes it.
 *
 * @param oid the table's identity in the catalog
 * @param kind {@code r} for an ordinary table, otherwise what pg_class calls it
 * @param columns by name
 * @param indexes all of them, usable or not
 * @param storage its storage parameters, each as {@code name=value}
 * @param constraints the names of its constraints, and whether each is validated
 */
record TableShape(
        long oid,
        String kind,
        Map<String, Column> columns,
        List<Index> indexes,
        Set<String> storage,
        Map<String, Boolean> constraints) {

    /**
     * One column.
     *
     * @param type its type, without a schema if it is PostgreSQL's own
     * @param notNull whether it refuses null
     * @param defaultValue the expression of its default, with every name outside pg_catalog qualified
     * @param sequence the sequence in its default, schema-qualified and quoted
     */
    record Column(
            String type,
            boolean notNull,
            @Nullable String defaultValue,
            @Nullable String sequence) {}

    /**
     * One index.
     *
     * @param name its name
     * @param valid false for what an interrupted {@code create index concurrently} leaves behind
     * @param primary whether it is the primary key's
     * @param unique whether it refuses duplicates
     * @param plain whether it is a btree with default order, operators and collations
     * @param keys its columns or expressions, separated by commas
     * @param condition what a row must fulfil to be in it, empty for all rows
     */
    record Index(
            String name,
            boolean valid,
            boolean primary,
            boolean unique,
            boolean plain,
            String keys,
            String condition) {}

    boolean isOrdinaryTable() {
        return kind.equals("r");
    }

    /** For messages: what this is instead of an ordinary table. */
    String kindInWords() {
        return switch (kind) {
            case "v" -> "a view";
            case "m" -> "a materialized view";
            case "p" -> "a partitioned table";
            case "f" -> "a foreign table";
            case "S" -> "a sequence";
            case "i", "I" -> "an index";
            case "c" -> "a composite type";
            default -> "not a table";
        };
    }

    boolean hasPrimaryKey(String keys) {
        return indexes.stream()
                .anyMatch(index -> index.primary() && index.keys().equals(keys));
    }

    boolean has(ExpectedIndex expected) {
        return indexes.stream().anyMatch(index -> index.valid() && expected.isServedBy(index));
    }
}
