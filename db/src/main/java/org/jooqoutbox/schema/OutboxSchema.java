package org.jooqoutbox.schema;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Installs outbox tables. */
public final class OutboxSchema {

    private static final String MIGRATIONS = "classpath:org/jooqoutbox/migration";

    private OutboxSchema() {}

    /**
     * Creates the table, and its schema where that is missing, or brings it up to date. Does nothing when it is.
     *
     * @param dataSource connects as a role that may create the table
     * @param table the table to install
     */
    public static void install(DataSource dataSource, OutboxTable table) {
        Flyway.configure(OutboxSchema.class.getClassLoader())
                .dataSource(dataSource)
                .locations(MIGRATIONS)
                .defaultSchema(table.schema())
                .schemas(table.schema())
                .table(table.derivedPrefix() + "_history")
                .placeholders(placeholders(table))
                .load()
                .migrate();
    }

    /** Temporary. */
    public static java.util.List<String> check(java.sql.Connection c, OutboxTable table) {
        return java.util.List.of();
    }

    private static Map<String, String> placeholders(OutboxTable table) {
        String sequence = table.quotedSequence();
        return Map.of(
                "outbox",
                table.quoted(),
                "seq",
                sequence,
                "seq_literal",
                "'" + sequence.replace("'", "''") + "'",
                "names",
                table.derivedPrefix());
    }
}
