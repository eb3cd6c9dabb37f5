package org.jooqoutbox.schema;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An index as {@code schema.sql} writes it.
 *
 * @param statement the statement that creates it, with placeholders
 * @param nameTemplate its name, with placeholders
 * @param unique whether it refuses duplicates
 * @param keys its columns, separated by commas without blanks
 * @param condition what a row must fulfil to be in it
 */
record ExpectedIndex(String statement, String nameTemplate, boolean unique, String keys, String condition) {

    private static final Pattern STATEMENT = Pattern.compile(
            "create (unique )?index \"(\\$\\{names}_\\w+)\" on \\$\\{outbox} \\(([\\w, ]+)\\) where (.+)");

    static ExpectedIndex parse(String statement) {
        Matcher matcher = STATEMENT.matcher(statement);
        if (!matcher.matches()) {
            throw new IllegalStateException("cannot read this statement of schema.sql as an index: " + statement);
        }
        return new ExpectedIndex(
                statement,
                matcher.group(2),
                matcher.group(1) != null,
                matcher.group(3).replace(" ", ""),
                matcher.group(4));
    }

    String name(OutboxTable table) {
        return SchemaScript.fill(nameTemplate, table);
    }

    /** The statement that builds it while producers write. */
    String createConcurrently(OutboxTable table) {
        return SchemaScript.fill(statement.replaceFirst("index ", "index concurrently "), table);
    }

    /** Whether an index of the table, under whatever name, serves the same purpose. Says nothing about it being valid. */
    boolean isServedBy(TableShape.Index index) {
        return index.plain()
                && index.unique() == unique
                && index.keys().equals(keys)
                && conditions(index.condition()).equals(conditions(asPrinted(condition)));
    }

    boolean uses(String column) {
        return Arrays.asList(keys.split(",")).contains(column)
                || Pattern.compile("\\b" + column + "\\b").matcher(condition).find();
    }

    /** For messages: the definition without names. */
    @Override
    public String toString() {
        return (unique ? "unique " : "") + "(" + keys.replace(",", ", ") + ") where " + condition;
    }

    private static String asPrinted(String written) {
        return written.replace(" and ", " AND ")
                .replace("is not null", "IS NOT NULL")
                .replace("is null", "IS NULL");
    }

    private static Set<String> conditions(String printed) {
        List<String> parts = List.of(printed.replaceAll("[()]|::text", "").split(" AND "));
        return parts.stream().map(String::strip).collect(Collectors.toSet());
    }
}
