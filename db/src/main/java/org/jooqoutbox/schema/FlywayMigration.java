package org.jooqoutbox.schema;

import java.sql.Connection;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Lets Flyway apply the migrations. The only class that knows Flyway, which may be absent. */
final class FlywayMigration {

    private static final String MIGRATIONS = "classpath:org/jooqoutbox/migration";

    private FlywayMigration() {}

    /** Whether there was something to apply. */
    static boolean migrate(Connection connection, OutboxTable table) {
        try {
            return flyway(connection, table).migrate().migrationsExecuted > 0;
        } catch (FlywayException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Flyway flyway(Connection connection, OutboxTable table) {
        return Flyway.configure(FlywayMigration.class.getClassLoader())
                .dataSource(new OneConnection(connection))
                .locations(MIGRATIONS)
                .createSchemas(false)
                .defaultSchema(table.schema())
                .schemas(table.schema())
                .table(FlywayHistory.tableName(table))
                .placeholders(SchemaScript.placeholders(table))
                .load();
    }
}
