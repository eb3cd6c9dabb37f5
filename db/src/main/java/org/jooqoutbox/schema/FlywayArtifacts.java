package org.jooqoutbox.schema;

import java.util.List;

/** Whether Flyway is there: it is an optional dependency. */
final class FlywayArtifacts {

    private static final List<String> NEEDED =
            List.of("org.flywaydb.core.Flyway", "org.flywaydb.database.postgresql.PostgreSQLDatabaseType");

    private FlywayArtifacts() {}

    static void require(String installed) {
        for (String type : NEEDED) {
            try {
                Class.forName(type, false, FlywayArtifacts.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(
                        "cannot install " + installed + ": Flyway is not on the class path (" + type
                                + " is missing). Add org.flywaydb:flyway-core and org.flywaydb:flyway-database-postgresql,"
                                + " or put OutboxSchema.ddl(table) into migrations of your own",
                        e);
            }
        }
    }
}
