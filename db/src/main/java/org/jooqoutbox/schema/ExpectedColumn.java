package org.jooqoutbox.schema;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column as {@code schema.sql} writes it.
 *
 * @param name its name, which needs no quotes
 * @param type its type as written, for instance {@code timestamptz}
 * @param notNull whether it refuses null
 * @param defaultValue its default as written, with placeholders, or null
 */
record ExpectedColumn(
        String name, String type, boolean notNull, @Nullable String defaultValue) {

    private static final Pattern LINE = Pattern.compile("(\\w+)\\s+(\\w+)(\\s+not null)?(?:\\s+default (.+))?");

    /** How the catalog spells a type, where schema.sql has the shorter word. */
    private static final Map<String, String> CATALOG_TYPES = Map.of("timestamptz", "timestamp with time zone");

    /** All of them the start of the transaction. */
    private static final Set<String> NOW = Set.of("now()", "CURRENT_TIMESTAMP", "transaction_timestamp()");

    /** Reads one line of the table's definition, without the comma. */
    static ExpectedColumn parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("cannot read this line of schema.sql as a column: " + line);
        }
        return new ExpectedColumn(matcher.group(1), matcher.group(2), matcher.group(3) != null, matcher.group(4));
    }

    String catalogType() {
        return CATALOG_TYPES.getOrDefault(type, type);
    }

    /** Whether PostgreSQL can add the column with this default without touching a row: it is the same value for all of them. */
    boolean hasConstantDefault() {
        return defaultValue != null && !defaultValue.endsWith(")");
    }

    /** Whether the default of a column of this table does what this one does. */
    boolean hasItsDefault(TableShape.Column column, OutboxTable table) {
        String actual = column.defaultValue();
        if (defaultValue == null || actual == null) {
            return defaultValue == null && actual == null;
        }
        if (defaultValue.equals("now()")) {
            return NOW.contains(actual);
        }
        if (defaultValue.startsWith("nextval(")) {
            return actual.startsWith("nextval(") && table.quotedSequence().equals(column.sequence());
        }
        if (type.equals("uuid")) {
            // Any generator will do, uuidv7() for one. A constant would not.
            return actual.endsWith(")");
        }
        return actual.equals(defaultValue.startsWith("'") ? defaultValue + "::" + type : defaultValue);
    }

    /** Everything but the name, as {@code add column} wants it, with placeholders. */
    String definition() {
        return type + (notNull ? " not null" : "") + (defaultValue == null ? "" : " default " + defaultValue);
    }

    /** For messages: {@code bigint not null default 0}. */
    @Override
    public String toString() {
        return type + (notNull ? " not null" : "") + (defaultValue == null ? "" : " default " + shortDefault());
    }

    /** The default for messages. */
    String shortDefault() {
        return defaultValue == null ? "none" : defaultValue.replaceAll("\\$\\{.*}", "its sequence");
    }
}
