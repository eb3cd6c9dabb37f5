package org.jooqoutbox.schema;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The schema-qualified name of one outbox table, checked at construction.
 *
 * <p>Names are exact: case is kept, and whatever they contain is quoted, never interpreted. Refused is what PostgreSQL would refuse, cut off
 * or resolve through {@code search_path}: an empty part, a part of more than 63 bytes in UTF-8, a NUL, a lone surrogate, a missing schema.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param schema the schema, unquoted
 * @param name the table, unquoted
 */
public record OutboxTable(String schema, String name) {

    /** PostgreSQL keeps this many bytes of a name and drops the rest without an error. */
    private static final int MAX_NAME_BYTES = 63;

    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException if a part cannot be the name of a schema or table
     */
    public OutboxTable {
        requireName("schema", schema);
        requireName("table", name);
    }

    /**
     * The table with this name, written as {@code schema.table}.
     *
     * @param qualifiedName schema and table with one dot between them, for instance {@code accounting.outbox}
     * @throws IllegalArgumentException if there is not exactly one dot, or a part cannot be a name
     */
    public static OutboxTable of(String qualifiedName) {
        int dot = qualifiedName.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("outbox table \"" + qualifiedName
                    + "\" has no schema, so it would be looked up in search_path: write it as schema.table");
        }
        if (qualifiedName.indexOf('.', dot + 1) >= 0) {
            throw new IllegalArgumentException("outbox table \"" + qualifiedName
                    + "\" has more than one dot: say which part is which with OutboxTable.of(schema, table)");
        }
        return new OutboxTable(qualifiedName.substring(0, dot), qualifiedName.substring(dot + 1));
    }

    /**
     * The table with this schema and name. Dots and quotes are part of the names.
     *
     * @throws IllegalArgumentException if a part cannot be a name
     */
    public static OutboxTable of(String schema, String table) {
        return new OutboxTable(schema, table);
    }

    /** Schema and table, each quoted, ready to be put into an SQL text: {@code "accounting"."outbox"}. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /**
     * The prefix of every name derived from this table's: sequence, constraints, indexes, migration history. The same for tables of the same
     * name in different schemas.
     */
    public String derivedPrefix() {
        byte[] digest = sha256(name.getBytes(StandardCharsets.UTF_8));
        return "jo_" + String.format("%010x", new BigInteger(1, Arrays.copyOf(digest, 5)));
    }

    /**
     * The channel of {@code LISTEN} and {@code NOTIFY} on which others are told that messages of this table may have become due. Another one for
     * each schema and table: {@code jo_}, the first 16 hexadecimal digits of the SHA-256 of schema, a zero byte and name in UTF-8, {@code _due}.
     * It needs no quotes.
     */
    public String notificationChannel() {
        byte[] digest = sha256((schema + '\0' + name).getBytes(StandardCharsets.UTF_8));
        return "jo_" + String.format("%016x", new BigInteger(1, Arrays.copyOf(digest, 8))) + "_due";
    }

    /** The table's sequence, schema-qualified and quoted. */
    public String quotedSequence() {
        return quote(schema) + "." + quote(derivedPrefix() + "_seq");
    }

    /** Schema and table as they are, for messages: {@code accounting.outbox}. */
    @Override
    public String toString() {
        return schema + "." + name;
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    static void requireName(String what, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the " + what + " of an outbox table must not be blank");
        }
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the " + what + " of an outbox table must not contain a NUL character");
        }
        int bytes = utf8Length(what, name);
        if (bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "the " + what + " \"" + name + "\" has " + bytes + " bytes in UTF-8, PostgreSQL keeps "
                            + MAX_NAME_BYTES + ": two such names could mean the same table");
        }
    }

    private static int utf8Length(String what, String name) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            return bytes.remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "the " + what + " of an outbox table is not valid text: it holds half a surrogate pair", e);
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
