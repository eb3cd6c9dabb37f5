package org.jooqoutbox.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** The text of {@code schema.sql}, with its placeholders and with them filled in. */
final class SchemaScript {

    /** The index that {@link InstallOption#GO_WORKERS} adds. */
    static final String GO_WORKERS_INDEX =
            "create index \"${names}_retry_at\" on ${outbox} (retry_at) where status = 'pending'";

    private static final String RESOURCE = "/org/jooqoutbox/migration/V1__outbox.sql";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*\\R");
    private static final String TEMPLATE = read();

    private SchemaScript() {}

    /** The statements whose text begins so, without comments, in the order of the file, placeholders not filled in. */
    static List<String> statements(String beginning) {
        // Cut before names are filled in: whatever these contain, it cannot end a statement.
        return Arrays.stream(COMMENT.matcher(TEMPLATE).replaceAll("").split(";\\s*(?:\\R|$)", -1))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty() && statement.startsWith(beginning))
                .toList();
    }

    /** The one statement whose text begins so. */
    static String statement(String beginning) {
        List<String> found = statements(beginning);
        if (found.size() != 1) {
            throw new IllegalStateException(
                    found.size() + " statements of schema.sql begin with \"" + beginning + "\", one should");
        }
        return found.get(0);
    }

    /** The whole script for one table, without the remarks about placeholders. */
    static String whole(OutboxTable table, Set<InstallOption> options) {
        String optional = options.contains(InstallOption.GO_WORKERS)
                ? "\n-- Serves the claim of the Go library.\n" + GO_WORKERS_INDEX + ";\n"
                : "";
        return fill(TEMPLATE.substring(TEMPLATE.indexOf("create sequence")) + optional, table);
    }

    /** What Flyway records to notice a migration that was changed later: a checksum over the lines, placeholders not filled in. */
    static int checksum() {
        CRC32 checksum = new CRC32();
        TEMPLATE.lines().forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) checksum.getValue();
    }

    /** Fills in the placeholders, each once: what a name contains is not looked at again. */
    static String fill(String template, OutboxTable table) {
        Map<String, String> values = placeholders(table);
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(found -> Matcher.quoteReplacement(
                        Objects.requireNonNull(values.get(found.group(1)), () -> "no value for " + found.group())));
    }

    static Map<String, String> placeholders(OutboxTable table) {
        String sequence = table.quotedSequence();
        return Map.of(
                "outbox",
                table.quoted(),
                "seq",
                sequence,
                "seq_literal",
                literal(sequence),
                "names",
                table.derivedPrefix());
    }

    /** A string constant that means the same whatever {@code standard_conforming_strings} says. */
    private static String literal(String text) {
        String quoted = "'" + text.replace("'", "''") + "'";
        return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }

    private static String read() {
        try (InputStream in = SchemaScript.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar of jooq-outbox-db");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }
}
