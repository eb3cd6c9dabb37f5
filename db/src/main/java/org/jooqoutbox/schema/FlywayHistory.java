package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Flyway's history of one outbox table.
 *
 * <p>We make the table ourselves, in the form that Flyway has had since version 5 and has to understand for ever. Flyway would make it too,
 * but takes dollar with brace, {@code ?} and {@code %} in the schema's name for its own, and needs a baseline that is right for one of two cases
 * only: in a schema with tables of the user's it must not skip our first migration, for an adopted table it must.
 */
final class FlywayHistory {

    private static final String CREATE = """
            create table if not exists %1$s (
               "installed_rank" integer not null constraint "%2$s_pk" primary key,
               "version" varchar(50),
               "description" varchar(200) not null,
               "type" varchar(20) not null,
               "script" varchar(1000) not null,
               "checksum" integer,
               "installed_by" varchar(100) not null,
               "installed_on" timestamp not null default now(),
               "execution_time" integer not null,
               "success" boolean not null
            )
            """;

    private static final String CREATE_INDEX = "create index if not exists \"%2$s_s_idx\" on %1$s (\"success\")";

    private static final String FIRST_APPLIED =
            "select exists (select from %1$s where \"version\" = '1' and \"success\")";

    private static final String BASELINE = """
            insert into %1$s ("installed_rank", "version", "description", "type", "script", "installed_by", "execution_time", "success")
            select coalesce(max("installed_rank"), 0) + 1,
                   '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', current_user, 0, true from %1$s
            """;

    private final Connection connection;
    private final OutboxTable table;

    FlywayHistory(Connection connection, OutboxTable table) {
        this.connection = connection;
        this.table = table;
    }

    static String tableName(OutboxTable table) {
        return table.derivedPrefix() + "_history";
    }

    void createIfMissing() throws SQLException {
        Jdbc.execute(connection, named(CREATE));
        Jdbc.execute(connection, named(CREATE_INDEX));
    }

    boolean hasFirstMigration() throws SQLException {
        return exists() && Jdbc.isTrue(connection, named(FIRST_APPLIED));
    }

    /** Records that the table is as the first migration would have made it. */
    void recordBaseline() throws SQLException {
        Jdbc.execute(connection, named(BASELINE));
    }

    private boolean exists() throws SQLException {
        OutboxTable history = new OutboxTable(table.schema(), tableName(table));
        return new CatalogReader(connection).read(history).isPresent();
    }

    private String named(String template) {
        String name = tableName(table);
        return String.format(template, OutboxTable.quote(table.schema()) + "." + OutboxTable.quote(name), name);
    }
}
