package org.jooqoutbox.bench.steadystate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;

/**
 * An outbox that is there.
 *
 * @param libraryVersion version of the library; {@code unknown} where classes are not from its jar
 * @param schemaVersion version of the table, as its migration history has it
 * @param databaseName as the server calls it
 */
record Installation(String libraryVersion, String schemaVersion, String databaseName) {

    static final OutboxTable TABLE = OutboxTable.of("outbox_bench", "outbox");

    private static final String POM = "/META-INF/maven/org.jooqoutbox/jooq-outbox/pom.properties";

    /** Creates the outbox, or brings it up to date. Messages that are there from another run stay, and are delivered. */
    static Installation on(DataSource dataSource) {
        OutboxSchema.install(dataSource, TABLE);
        DSLContext dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        String schemaVersion = dsl.resultQuery(
                        "select max(version) from {0} where success",
                        DSL.name(TABLE.schema(), TABLE.derivedPrefix() + "_history"))
                .fetchSingle()
                .get(0, String.class);
        return new Installation(
                version(),
                schemaVersion,
                dsl.fetchSingle("select current_database()").get(0, String.class));
    }

    /** Where messages are. */
    List<String> tables() {
        return List.of(TABLE.toString());
    }

    /** Extensions of PostgreSQL that are needed: none. */
    List<String> extensions() {
        return List.of();
    }

    private static String version() {
        try (InputStream pom = JooqOutboxRepository.class.getResourceAsStream(POM)) {
            Properties properties = new Properties();
            if (pom != null) {
                properties.load(pom);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException("the jar of the library cannot be read", e);
        }
    }
}
