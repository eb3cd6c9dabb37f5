package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The outboxes of many schemas. */
class TablesTest {

    private static final String COLUMNS = "id int, kind int, payload int, created_at int, updated_at int, attempts int,"
            + " retry_at int, last_error int, status int";

    /** Begins the name of every schema here: letters, digits and underscores. */
    private final String prefix = Database.newName().schema();

    private final String pattern = prefix.replace("_", "\\_") + "%";

    @AfterEach
    void dropSchemas() throws SQLException {
        for (String schema :
                Database.strings("select nspname from pg_namespace where starts_with(nspname, ?)", prefix)) {
            Database.run("drop schema " + Database.quoted(schema) + " cascade");
        }
    }

    @Test
    void tables_installedAndGoMade_areFoundInOrder() throws SQLException {
        OutboxTable installed = OutboxTable.of(prefix + "b", "outbox");
        OutboxSchema.install(Database.dataSource(), installed);
        OutboxSchema.install(Database.dataSource(), OutboxTable.of(prefix + "b", "second"));
        create(prefix + "a", "outbox", COLUMNS + ", more int");
        create(prefix + "C", "outbox", COLUMNS);

        assertThat(tables(pattern))
                .containsExactly(
                        OutboxTable.of(prefix + "C", "outbox"), OutboxTable.of(prefix + "a", "outbox"), installed);
    }

    @Test
    void tables_somethingElseOfThatName_isNoOutbox() throws SQLException {
        create(prefix + "1", "outbox", COLUMNS.replace("retry_at int, ", ""));
        create(prefix + "2", "outbox", COLUMNS);
        create(prefix + "3", "OUTBOX", COLUMNS);
        Database.run(
                "alter table " + prefix + "2.outbox drop column status",
                "create schema " + prefix + "4",
                "create view " + prefix + "4.outbox as table " + prefix + "2.outbox",
                "create schema " + prefix + "5",
                "create table " + prefix + "5.outbox (" + COLUMNS + ") partition by hash (id)");

        assertThat(tables(pattern)).isEmpty();
    }

    @Test
    void tables_pattern_isThatOfLike() throws SQLException {
        create(prefix + "x_1", "outbox", COLUMNS);
        create(prefix + "xy1", "outbox", COLUMNS);
        create(prefix + "x%1", "outbox", COLUMNS);

        assertThat(schemas(prefix + "x_1")).containsExactly(prefix + "x%1", prefix + "x_1", prefix + "xy1");
        assertThat(schemas(prefix + "x\\_1")).containsExactly(prefix + "x_1");
        assertThat(schemas(prefix + "x\\%%")).containsExactly(prefix + "x%1");
        assertThat(schemas(prefix.replace("schema", "SCHEMA") + "%")).isEmpty();
        assertThat(schemas(prefix + "x' or 'a' like '%")).isEmpty();
        assertThatThrownBy(() -> schemas(prefix + "%\\")).isInstanceOf(SQLException.class);
    }

    @Test
    void tables_hostileNames_areFoundAsTheyAre() throws SQLException {
        List<String> hostile =
                List.of("do\"t.s", "semi;colon -- x", "a${b", "what? %s $1", "back\\slash'quote", "new\nline", "日本語");
        for (String name : hostile) {
            create(prefix + name, "out'b\"x? {" + name, COLUMNS);

            assertThat(tables(pattern, "out'b\"x? {" + name))
                    .containsExactly(OutboxTable.of(prefix + name, "out'b\"x? {" + name));
        }
    }

    @Test
    void tables_nameTooLong_isRefusedAndNotCutOff() throws SQLException {
        create(prefix, "o".repeat(63), COLUMNS);

        assertThat(tables(pattern, "o".repeat(63))).hasSize(1);
        assertThatThrownBy(() -> tables("no such schema", "o".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 64 bytes");
    }

    @Test
    void tables_blankSchemaAndTemporaryTable_areLeftOut() throws SQLException {
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            Database.run(
                    connection,
                    "create schema \" \"",
                    "create table \" \"." + prefix + " (" + COLUMNS + ")",
                    "create temp table " + prefix + " (" + COLUMNS + ")",
                    "create schema " + prefix,
                    "create table " + prefix + "." + prefix + " (" + COLUMNS + ")");

            assertThat(OutboxSchema.tables(connection, "%", prefix)).containsExactly(OutboxTable.of(prefix, prefix));
            connection.rollback();
        }
    }

    @Test
    void tables_roleWithoutUsage_doesNotSeeThatSchema() throws SQLException {
        create(prefix + "1", "outbox", COLUMNS);
        create(prefix + "2", "outbox", COLUMNS);
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            Database.run(
                    connection,
                    "create role " + prefix + "_dispatcher",
                    "grant usage on schema " + prefix + "2 to " + prefix + "_dispatcher",
                    "set local role " + prefix + "_dispatcher");

            assertThat(OutboxSchema.tables(connection, pattern, "outbox"))
                    .containsExactly(OutboxTable.of(prefix + "2", "outbox"));
            connection.rollback();
        }
    }

    @Test
    void tables_hostileSearchPath_findsTheSame() throws SQLException {
        create(prefix + "1", "outbox", COLUMNS);
        String evil = prefix + "_evil";
        Database.run(
                "create schema " + evil,
                "create table " + evil + ".pg_class (oid oid, relname name, relnamespace oid, relkind \"char\")",
                "create function " + evil + ".never(name, name) returns boolean language sql as 'select false'",
                "create operator " + evil + ".= (leftarg = name, rightarg = name, function = " + evil + ".never)",
                "create function " + evil + ".never(name, text) returns boolean language sql as 'select false'",
                "create operator " + evil + ".~~ (leftarg = name, rightarg = text, function = " + evil + ".never)",
                "create function " + evil + ".never(bigint, bigint) returns boolean language sql as 'select false'",
                "create operator " + evil + ".= (leftarg = bigint, rightarg = bigint, function = " + evil + ".never)",
                "create domain " + evil + ".text as pg_catalog.text",
                "create domain " + evil + ".name as pg_catalog.name");
        for (String path : List.of("''", "pg_catalog", evil + ", pg_catalog")) {
            try (Connection connection = Database.connect()) {
                Database.run(connection, "set search_path to " + path);

                assertThat(OutboxSchema.tables(connection, pattern, "outbox")).hasSize(1);
                assertThat(Database.strings(connection, "select current_setting('search_path')"))
                        .containsExactly(path.equals("''") ? "\"\"" : path);
            }
        }
    }

    private static void create(String schema, String table, String columns) throws SQLException {
        Database.run(
                "create schema " + Database.quoted(schema),
                "create table " + Database.quoted(schema) + "." + Database.quoted(table) + " (" + columns + ")");
    }

    private static List<String> schemas(String pattern) throws SQLException {
        return tables(pattern).stream().map(OutboxTable::schema).toList();
    }

    private static List<OutboxTable> tables(String pattern) throws SQLException {
        return tables(pattern, "outbox");
    }

    private static List<OutboxTable> tables(String pattern, String tableName) throws SQLException {
        try (Connection connection = Database.connect()) {
            return OutboxSchema.tables(connection, pattern, tableName);
        }
    }
}
