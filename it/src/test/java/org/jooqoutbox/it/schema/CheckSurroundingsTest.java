package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Roles, rights, transactions and search_path around the table. */
class CheckSurroundingsTest {

    private static final OutboxTable TABLE = Database.newName();
    private static final String PRODUCER = TABLE.schema() + "_producer";
    private static final String DISPATCHER = TABLE.schema() + "_dispatcher";

    @BeforeAll
    static void install() throws SQLException {
        OutboxSchema.install(Database.dataSource(), TABLE);
        Database.run(
                "create role " + PRODUCER,
                "create role " + DISPATCHER,
                "grant usage on schema " + TABLE.schema() + " to " + PRODUCER + ", " + DISPATCHER,
                "grant insert, select (id) on " + TABLE.quoted() + " to " + PRODUCER,
                "grant select, update, delete on " + TABLE.quoted() + " to " + DISPATCHER);
    }

    @AfterAll
    static void dropRoles() throws SQLException {
        Database.run("drop schema " + TABLE.schema() + " cascade", "drop role " + PRODUCER, "drop role " + DISPATCHER);
    }

    @Test
    void goInsert_byARoleThatMayInsertOnly_works() throws SQLException {
        try (Connection connection = Database.connect()) {
            Database.run(connection, "set role " + PRODUCER);
            String id = GoTable.enqueue(connection, TABLE, "from go");
            Database.run(connection, "reset role");

            assertThat(Database.strings(
                            connection,
                            "select kind || ' ' || status || ' ' || headers || ' ' || failures || ' ' || (seq > 0) from "
                                    + TABLE.quoted() + " where id = ?::uuid",
                            id))
                    .containsExactly("from go pending {} 0 true");
        }
    }

    @Test
    void goInsert_intoAnAdoptedTable_needsNoRightOnTheSequence() throws SQLException {
        OutboxTable adopted = GoTable.create(1);
        String producer = adopted.schema() + "_producer";
        Database.run(
                "create role " + producer,
                "grant usage on schema " + adopted.schema() + " to " + producer,
                "grant insert, select (id) on " + adopted.quoted() + " to " + producer);
        OutboxSchema.install(Database.dataSource(), adopted);

        try (Connection connection = Database.connect()) {
            Database.run(connection, "set role " + producer);
            assertThat(GoTable.enqueue(connection, adopted, "from go")).isNotEmpty();
        } finally {
            Database.run("drop schema " + adopted.schema() + " cascade", "drop role " + producer);
        }
    }

    @Test
    void check_roleOfADispatcher_isFine() throws SQLException {
        assertThat(checkAs(DISPATCHER)).isEmpty();
    }

    @Test
    void check_roleOfAProducer_listsTheRightsItLacks() throws SQLException {
        assertThat(checkAs(PRODUCER))
                .containsExactly("outbox " + TABLE + ": role \"" + PRODUCER
                        + "\" has no right SELECT, UPDATE, DELETE on the table,"
                        + " a dispatcher needs SELECT, UPDATE and DELETE");
    }

    @Test
    void check_roleWithoutOneRight_namesThatOne() throws SQLException {
        assertThat(checkAs(DISPATCHER, "revoke delete on " + TABLE.quoted() + " from " + DISPATCHER))
                .containsExactly("outbox " + TABLE + ": role \"" + DISPATCHER + "\" has no right DELETE on the table,"
                        + " a dispatcher needs SELECT, UPDATE and DELETE");
    }

    @Test
    void check_roleWithoutTheSchema_isNamed() throws SQLException {
        assertThat(checkAs(DISPATCHER, "revoke usage on schema " + TABLE.schema() + " from " + DISPATCHER))
                .containsExactly("outbox " + TABLE + ": role \"" + DISPATCHER + "\" has no right USAGE on the schema,"
                        + " a dispatcher needs it");
    }

    @Test
    void check_rowLevelSecurity_isLoud() throws SQLException {
        assertThat(checkAs(DISPATCHER, "alter table " + TABLE.quoted() + " enable row level security"))
                .singleElement()
                .asString()
                .contains("row level security is active for role \"" + DISPATCHER + "\"");
        assertThat(checkAs(
                        DISPATCHER,
                        "alter table " + TABLE.quoted() + " enable row level security",
                        "alter role " + DISPATCHER + " bypassrls"))
                .isEmpty();
    }

    private static List<String> checkAs(String role, String... before) throws SQLException {
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            Database.run(connection, before);
            Database.run(connection, "set local role " + role);
            List<String> problems = OutboxSchema.check(connection, TABLE);
            connection.rollback();
            return problems;
        }
    }

    @Test
    void check_anySearchPath_findsTheSame() throws SQLException {
        String evil = "evil_" + TABLE.schema();
        Database.run(
                "create schema " + evil,
                "create table " + evil
                        + ".pg_class (oid oid, relname name, relnamespace oid, relkind \"char\", reloptions text[])",
                "create function " + evil + ".always(name, name) returns boolean language sql as 'select false'",
                "create operator " + evil + ".= (leftarg = name, rightarg = name, function = " + evil + ".always)",
                "create function " + evil + ".always(oid, oid) returns boolean language sql as 'select false'",
                "create operator " + evil + ".= (leftarg = oid, rightarg = oid, function = " + evil + ".always)",
                "create function " + evil + ".current_setting(text) returns text language sql as $$ select '1' $$",
                "create function " + evil
                        + ".pg_get_expr(pg_node_tree, oid) returns text language sql as $$ select 'x' $$",
                "create function " + evil + ".now() returns timestamptz language sql as 'select null::timestamptz'",
                "create domain " + evil + ".text as pg_catalog.text",
                "create domain " + evil + ".jsonb as pg_catalog.jsonb",
                "create domain " + evil + ".name as pg_catalog.name");
        for (String path : List.of("''", "pg_catalog", TABLE.schema(), evil + ", pg_catalog, " + TABLE.schema())) {
            try (Connection connection = Database.connect()) {
                Database.run(connection, "create temp table outbox (id int)", "set search_path to " + path);

                assertThat(OutboxSchema.check(connection, TABLE)).as(path).isEmpty();

                connection.setAutoCommit(false);
                assertThat(OutboxSchema.check(connection, TABLE)).as(path).isEmpty();
                Database.run(
                        connection,
                        "alter table " + TABLE.quoted() + " alter column retry_at set default " + evil + ".now()");
                assertThat(OutboxSchema.check(connection, TABLE))
                        .as(path)
                        .containsExactly("outbox " + TABLE + ": column retry_at has default " + evil
                                + ".now(), needs default now()");
                connection.rollback();
            }
        }
    }

    @Test
    void check_autoCommit_leavesNothingBehind() throws SQLException {
        try (Connection connection = Database.connect()) {
            Database.run(connection, "set search_path to public");

            OutboxSchema.check(connection, TABLE);

            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(stateSeenFromOutside(connection)).isEqualTo("idle");
            assertThat(Database.strings(connection, "show search_path")).containsExactly("public");
        }
    }

    @Test
    void check_openTransaction_takesPartInItAndLeavesItOpen() throws SQLException {
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            Database.run(connection, "set local search_path to public", "set local lock_timeout to '3s'");
            List<String> before = Database.strings(
                    connection, "select pg_current_snapshot()::text || now() || current_setting('search_path')");

            OutboxSchema.check(connection, TABLE);

            assertThat(Database.strings(
                            connection,
                            "select pg_current_snapshot()::text || now() || current_setting('search_path')"))
                    .isEqualTo(before);
            assertThat(stateSeenFromOutside(connection)).isEqualTo("idle in transaction");
            connection.rollback();
        }
    }

    @Test
    void check_brokenTransaction_throwsWhatPostgresSays() throws SQLException {
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> Database.run(connection, "select 1 / 0")).hasMessageContaining("division by zero");

            assertThatThrownBy(() -> OutboxSchema.check(connection, TABLE))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("current transaction is aborted");
        }
    }

    private static String stateSeenFromOutside(Connection connection) throws SQLException {
        int pid = connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
        return Database.string("select state from pg_stat_activity where pid = " + pid);
    }
}
