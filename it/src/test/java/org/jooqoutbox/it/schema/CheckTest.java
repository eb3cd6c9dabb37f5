package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooqoutbox.schema.InstallOption;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every deviation is named, one sentence each. Each is tried in a transaction that is rolled back. */
class CheckTest {

    private static final OutboxTable TABLE = Database.newName();

    /** For each type a wrong one that the column can be changed to. */
    private static final Map<String, String> WRONG_TYPES = Map.of(
            "uuid", "text",
            "text", "varchar",
            "jsonb", "json",
            "timestamp with time zone", "timestamp",
            "integer", "bigint",
            "bigint", "integer");

    @BeforeAll
    static void install() {
        OutboxSchema.install(Database.dataSource(), TABLE, InstallOption.GO_WORKERS);
    }

    static List<String> columns() throws SQLException {
        install();
        return Database.strings("select attname from pg_attribute where attrelid = '" + TABLE.quoted()
                + "'::regclass and attnum > 0 order by attnum");
    }

    @ParameterizedTest
    @MethodSource("columns")
    void check_columnMissing_namesThatColumnOnly(String column) throws SQLException {
        assertThat(problemsAfter("alter table it drop column " + column))
                .singleElement()
                .asString()
                .startsWith("outbox " + TABLE + ": column " + column + " is missing, needs to be ");
    }

    @ParameterizedTest
    @MethodSource("columns")
    void check_columnOfAnotherType_namesThatColumnOnly(String column) throws SQLException {
        String right = Database.string(
                "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '" + TABLE.quoted()
                        + "'::regclass and attname = ?",
                column);
        String wrong = WRONG_TYPES.get(right);

        assertThat(problemsAfter(
                        // Indexes and constraints with an expression on it could not follow.
                        "alter table it alter column " + column + " drop default",
                        "alter table it drop constraint " + TABLE.derivedPrefix() + "_status",
                        "alter table it alter column " + column + " type " + wrong + " using null"))
                .singleElement()
                .asString()
                .startsWith("outbox " + TABLE + ": column " + column + " has type ")
                .endsWith(", needs " + right);
    }

    @ParameterizedTest
    @MethodSource("columns")
    void check_defaultMissing_namesThatColumn(String column) throws SQLException {
        List<String> defaults = Database.strings(
                "select column_default from information_schema.columns where table_schema = ? and column_name = ?"
                        + " and column_default is not null",
                TABLE.schema(),
                column);
        List<String> problems = problemsAfter("alter table it alter column " + column + " drop default");

        if (defaults.isEmpty()) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .startsWith("outbox " + TABLE + ": column " + column + " has default none, needs default ");
        }
    }

    @ParameterizedTest
    @MethodSource("columns")
    void check_nullabilityOtherwise_namesThatColumn(String column) throws SQLException {
        boolean notNull = Database.string(
                        "select attnotnull from pg_attribute where attrelid = '" + TABLE.quoted()
                                + "'::regclass and attname = ?",
                        column)
                .equals("t");
        if (column.equals("id")) {
            return;
        }
        assertThat(problemsAfter("alter table it alter column " + column + (notNull ? " drop" : " set") + " not null"))
                .containsExactly("outbox " + TABLE + ": column " + column
                        + (notNull ? " may be null, needs not null" : " refuses null, needs null allowed"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "id         | '00000000-0000-0000-0000-000000000000'",
                "created_at | clock_timestamp()",
                "retry_at   | now() + interval '1 s'",
                "attempts   | 1",
                "status     | 'new'",
                "last_error | 'x'",
                "headers    | '[]'",
                "seq        | 1",
                "dedup_key  | 'x'",
            })
    void check_anotherDefault_namesThatColumn(String column, String value) throws SQLException {
        assertThat(problemsAfter("alter table it alter column " + column + " set default " + value))
                .singleElement()
                .asString()
                .startsWith("outbox " + TABLE + ": column " + column + " has default ");
    }

    @Test
    void check_defaultFromAnotherSequence_isNamed() throws SQLException {
        assertThat(problemsAfter(
                        "create sequence " + TABLE.schema() + ".other",
                        "alter table it alter column seq set default nextval('" + TABLE.schema() + ".other')"))
                .singleElement()
                .asString()
                .contains("column seq has default nextval('" + TABLE.schema() + ".other'::regclass)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "created_at | CURRENT_TIMESTAMP",
                "retry_at   | transaction_timestamp()",
                "id         | my_uuid()",
            })
    void check_defaultThatDoesTheSame_isFine(String column, String value) throws SQLException {
        assertThat(problemsAfter(
                        "create function my_uuid() returns uuid language sql as 'select gen_random_uuid()'",
                        "alter table it alter column " + column + " set default " + value))
                .isEmpty();
    }

    static List<String> indexes() throws SQLException {
        install();
        return Database.strings("select relname from pg_index join pg_class on oid = indexrelid where indrelid = '"
                + TABLE.quoted() + "'::regclass and not indisprimary and relname not like '%_retry_at' order by 1");
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void check_indexMissing_saysWhatItShouldBeOn(String index) throws SQLException {
        assertThat(problemsAfter("drop index " + TABLE.schema() + "." + index))
                .singleElement()
                .asString()
                .startsWith("outbox " + TABLE + ": there is no index on ");
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void check_indexOfAnotherName_isFine(String index) throws SQLException {
        assertThat(problemsAfter("alter index " + TABLE.schema() + "." + index + " rename to \"(kind) WHERE x\""))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "due   | create index on it (kind, retry_at) where status = 'pending'",
                "due   | create index on it (retry_at, kind) where status = 'pending' and ordering_key is null",
                "due   | create index on it (kind, retry_at desc) where status = 'pending' and ordering_key is null",
                "due   | create index on it (kind collate \"C\", retry_at) where status = 'pending' and ordering_key is null",
                "due   | create index on it (kind text_pattern_ops, retry_at) where status = 'pending' and ordering_key is null",
                "due   | create index on it (kind, retry_at) where status = 'PENDING' and ordering_key is null",
                "due   | create index on it (kind, retry_at) where status = 'pending' or ordering_key is null",
                "dedup | create index on it (kind, dedup_key) where status = 'pending' and attempts = 0 and dedup_key is not null",
                "keyed | create index on it using brin (ordering_key, seq) where status = 'pending' and ordering_key is not null",
            })
    void check_indexThatIsNearlyRight_isNotEnough(String index, String instead) throws SQLException {
        assertThat(problemsAfter("drop index " + TABLE.schema() + "." + TABLE.derivedPrefix() + "_" + index, instead))
                .singleElement()
                .asString()
                .startsWith("outbox " + TABLE + ": there is no index on ");
    }

    @Test
    void check_indexThatDoesTheSame_isFine() throws SQLException {
        assertThat(problemsAfter(
                        "drop index " + TABLE.schema() + "." + TABLE.derivedPrefix() + "_due",
                        "create index on it (kind, retry_at) include (id) with (fillfactor = 70)"
                                + " where ordering_key is null and (status = 'pending')"))
                .isEmpty();
    }

    @Test
    void check_primaryKeyMissing_isNamed() throws SQLException {
        assertThat(problemsAfter("alter table it drop constraint " + TABLE.derivedPrefix() + "_pkey"))
                .containsExactly("outbox " + TABLE + ": id is not the primary key, needs to be");
    }

    @Test
    void check_columnsAndIndexesOfTheUser_areFine() throws SQLException {
        assertThat(problemsAfter("alter table it add column tenant text", "create index on it (tenant)"))
                .isEmpty();
    }

    @Test
    void check_severalProblems_listsAll() throws SQLException {
        assertThat(problemsAfter(
                        "alter table it drop column headers",
                        "alter table it alter column attempts drop default",
                        "drop index " + TABLE.schema() + "." + TABLE.derivedPrefix() + "_dead"))
                .hasSize(3);
    }

    @Test
    void check_nothingThere_saysWhetherSchemaOrTableIsMissing() throws SQLException {
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, OutboxTable.of("no such schema", "outbox")))
                    .containsExactly(
                            "outbox no such schema.outbox: there is no such schema: install the outbox, or correct the name");
            assertThat(OutboxSchema.check(connection, OutboxTable.of(TABLE.schema(), "Outbox")))
                    .containsExactly("outbox " + TABLE.schema()
                            + ".Outbox: there is no such table: install the outbox, or correct the name");
        }
    }

    @Test
    void check_view_isNoOutbox() throws SQLException {
        assertThat(problemsAfter(
                        "alter table it rename to was", "create view it as select * from " + TABLE.schema() + ".was"))
                .containsExactly("outbox " + TABLE + ": it is a view, needs to be an ordinary table");
    }

    /** The statements see the table as {@code it}. */
    private static List<String> problemsAfter(String... changes) throws SQLException {
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            List<String> statements = new ArrayList<>(List.of("set local search_path to " + TABLE.schema()));
            for (String change : changes) {
                statements.add(change.replaceAll("\\bit\\b", "outbox"));
            }
            Database.run(connection, statements.toArray(String[]::new));
            List<String> problems = OutboxSchema.check(connection, TABLE);
            connection.rollback();
            return problems;
        }
    }

    @AfterAll
    static void nothingWasChanged() throws SQLException {
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, TABLE)).isEmpty();
        }
    }
}
