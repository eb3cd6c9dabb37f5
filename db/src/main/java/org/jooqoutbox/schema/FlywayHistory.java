package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

    private static final String MIGRATION = """
            insert into %1$s ("installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "execution_time", "success")
            values (1, '1', 'outbox', 'SQL', 'V1__outbox.sql', %3$d, current_user,
                    (extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000)::integer, true)
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

    /** The history itself, which is in the schema of the outbox. */
    static OutboxTable of(OutboxTable table) {
        return new OutboxTable(table.schema(), tableName(table));
    }

    /**
     * Which of them have a history that says so, with one query.
     *
     * @throws SQLException if only one of the histories cannot be read
     */
    static Set<OutboxTable> withFirstMigration(Connection connection, Collection<OutboxTable> tables)
            throws SQLException {
        Set<OutboxTable> histories = new CatalogReader(connection)
                .tables(tables.stream().map(FlywayHistory::of).toList());
        List<OutboxTable> candidates =
                tables.stream().filter(table -> histories.contains(of(table))).toList();
        if (candidates.isEmpty()) {
            return Set.of();
        }
        String query = IntStream.range(0, candidates.size())
                .mapToObj(i -> "select " + i + " where (" + named(FIRST_APPLIED, candidates.get(i)) + ")")
                .collect(Collectors.joining(" union all "));
        Set<OutboxTable> recorded = new HashSet<>();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    recorded.add(candidates.get(rows.getInt(1)));
                }
            }
        }
        return recorded;
    }

    /** The statements that begin a history with what Flyway records when it has applied the first migration. For one transaction. */
    static String scriptWithFirstMigration(OutboxTable table) {
        return Stream.of(CREATE, CREATE_INDEX, MIGRATION)
                .map(statement -> named(statement, table))
                .collect(Collectors.joining(";\n"));
    }

    void createIfMissing() throws SQLException {
        Jdbc.execute(connection, named(CREATE, table));
        Jdbc.execute(connection, named(CREATE_INDEX, table));
    }

    boolean hasFirstMigration() throws SQLException {
        return !withFirstMigration(connection, List.of(table)).isEmpty();
    }

    /** Records that the table is as the first migration would have made it. */
    void recordBaseline() throws SQLException {
        Jdbc.execute(connection, named(BASELINE, table));
    }

    private static String named(String template, OutboxTable table) {
        return String.format(template, of(table).quoted(), tableName(table), SchemaScript.checksum());
    }
}
