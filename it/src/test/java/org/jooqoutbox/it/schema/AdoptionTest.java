package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooqoutbox.schema.InstallOption;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table that the Go library made becomes ours. */
class AdoptionTest {

    @Test
    void install_goTableWhileProducersWrite_completesItAndLosesNothing() throws Exception {
        OutboxTable table = GoTable.create(20_000);
        String file = fileOf(table);
        List<String> written;
        try (Producers producers = new Producers(table, 2)) {
            Database.await("select count(*) > 20100 from " + table.quoted());

            install(table);

            int then = producers.written();
            Database.await("select count(*) > " + (20_100 + then) + " from " + table.quoted());
            written = producers.stop();
        }

        assertThat(fileOf(table)).isEqualTo(file);
        assertLikeNew(table);
        assertThat(Database.strings("select id from " + table.quoted() + " where kind = 'new'"))
                .containsExactlyInAnyOrderElementsOf(written);
        assertThat(Database.number("select count(*) from " + table.quoted() + " where kind = 'old'"))
                .isEqualTo(20_000);
        assertNumbered(table);
    }

    /** Columns, defaults, comments, storage, sequence: all the same. The names of what Go made stay. */
    private static void assertLikeNew(OutboxTable table) throws SQLException {
        OutboxTable fresh = Database.newName();
        install(fresh);
        CatalogSnapshot expected = CatalogSnapshot.of(fresh);
        CatalogSnapshot actual = CatalogSnapshot.of(table);
        assertThat(actual.columns()).isEqualTo(expected.columns());
        assertThat(actual.table()).isEqualTo(expected.table());
        assertThat(actual.sequence()).isEqualTo(expected.sequence());
        assertThat(actual.indexes())
                .containsAll(withoutPrimaryKey(expected.indexes()))
                .contains("true true CREATE UNIQUE INDEX outbox_pkey ON it USING btree (id)")
                .contains("false true CREATE INDEX outbox_pending ON it USING btree (retry_at)"
                        + " WHERE (status = 'pending'::text)")
                .hasSize(expected.indexes().size() + 1);
        assertThat(actual.constraints())
                .containsAll(withoutPrimaryKey(expected.constraints()))
                .hasSameSizeAs(expected.constraints());
        assertSound(table);
    }

    private static List<String> withoutPrimaryKey(List<String> lines) {
        return lines.stream().filter(line -> !line.contains("_pkey ")).toList();
    }

    private static void assertNumbered(OutboxTable table) throws SQLException {
        assertThat(Database.strings("select (count(*) = count(distinct seq) and count(*) = count(seq))::text from "
                        + table.quoted()))
                .containsExactly("true");
    }

    @Test
    void install_goTableTwice_changesNothingTheSecondTime() throws SQLException {
        OutboxTable table = GoTable.create(10);
        install(table);
        CatalogSnapshot before = CatalogSnapshot.of(table);
        List<String> numbers = Database.strings("select seq from " + table.quoted() + " order by id");

        install(table);

        assertThat(CatalogSnapshot.of(table)).isEqualTo(before);
        assertThat(Database.strings("select seq from " + table.quoted() + " order by id"))
                .isEqualTo(numbers);
    }

    @Test
    void install_goTableConcurrently_bothSucceed() throws Exception {
        OutboxTable table = GoTable.create(5_000);
        Thread other = new Thread(() -> install(table));
        other.start();
        install(table);
        other.join();

        assertLikeNew(table);
        assertNumbered(table);
    }

    @Test
    void install_goTableThatBelongsToAnotherRole_givesThatRoleTheSequence() throws SQLException {
        OutboxTable table = GoTable.create(3);
        String owner = table.schema() + "_owner";
        Database.run(
                "create role " + owner,
                "grant usage, create on schema " + Database.quoted(table.schema()) + " to " + owner,
                "alter table " + table.quoted() + " owner to " + owner);

        install(table);

        assertThat(CatalogSnapshot.of(table).sequence()).first().asString().contains(" " + owner + " ");
        assertSound(table);
    }

    @Test
    void install_goTableWithGoWorkers_keepsTheIndexThatIsThere() throws SQLException {
        OutboxTable table = GoTable.create(3);

        OutboxSchema.install(Database.dataSource(), table, InstallOption.GO_WORKERS);

        assertLikeNew(table);
    }

    @Test
    void install_goTableWithColumnsThatMayBeNull_forbidsNull() throws SQLException {
        OutboxTable table = GoTable.create(100);
        alter(table, "alter column payload drop not null, alter column retry_at drop not null");

        install(table);

        assertLikeNew(table);
    }

    @Test
    void install_goTableWithNulls_isRefusedAndProducersGoOn() throws SQLException {
        OutboxTable table = GoTable.create(3);
        alter(table, "alter column last_error drop not null");
        Database.run("update " + table.quoted() + " set last_error = null");

        assertThatThrownBy(() -> install(table)).hasMessageContaining("column last_error holds nulls");
        enqueue(table);
        Database.run("update " + table.quoted() + " set last_error = ''");
        install(table);

        assertLikeNew(table);
    }

    @Test
    void install_rowsWithAnUnknownStatus_leavesTheConstraintForNewRows() throws SQLException {
        OutboxTable table = GoTable.create(3);
        Database.run("insert into " + table.quoted() + " (kind, payload, status) values ('odd', '1', 'done')");

        install(table);

        assertThat(CatalogSnapshot.of(table).constraints())
                .anyMatch(line -> line.startsWith(table.derivedPrefix() + "_status false "));
        assertSound(table);
    }

    @Test
    void install_leftOverOfAnInterruptedIndexBuild_isReplaced() throws SQLException {
        OutboxTable table = GoTable.create(3);
        install(table);
        String index = table.derivedPrefix() + "_due";
        Database.run("update pg_index set indisvalid = false where indexrelid = '" + table.schema() + "." + index
                + "'::regclass");
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, table))
                    .containsExactly("outbox " + table + ": index \"" + index + "\" is not valid, its building was"
                            + " interrupted: drop and build it again, or install the outbox again");
        }

        install(table);

        assertLikeNew(table);
    }

    @Test
    void install_otherIndexOfThatName_isRefused() throws SQLException {
        OutboxTable table = GoTable.create(3);
        Database.run("create index " + table.derivedPrefix() + "_due on " + table.quoted() + " (kind)");

        assertThatThrownBy(() -> install(table))
                .hasMessageContaining("index \"" + table.derivedPrefix() + "_due\" is on (kind)")
                .hasMessageContaining("drop or rename it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop column payload                            | column payload is missing, needs to be jsonb not null",
                "alter column payload type json                 | column payload has type json, needs jsonb",
                "alter column attempts type bigint              | column attempts has type bigint, needs integer",
                "alter column retry_at type timestamptz(3)      | column retry_at has type timestamp(3) with time zone, needs timestamp with time zone",
                "add column headers text                        | column headers has type text, needs jsonb",
                "drop constraint outbox_pkey                    | id is not the primary key",
            })
    void install_tableThatIsNoOutbox_isRefusedAndLeftAlone(String alteration, String difference) throws SQLException {
        OutboxTable table = GoTable.create(1);
        alter(table, alteration);
        CatalogSnapshot before = CatalogSnapshot.of(table);

        assertThatThrownBy(() -> install(table))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "cannot install outbox " + table + ": there is something of that name, and it is not an"
                                + " outbox that can be adopted (" + difference + ")");

        assertThat(CatalogSnapshot.of(table)).isEqualTo(before);
        assertThat(Database.strings("select relname from pg_class where relname like 'jo_%' and relnamespace = '"
                        + table.schema() + "'::regnamespace"))
                .isEmpty();
    }

    @Test
    void install_view_isRefused() throws SQLException {
        OutboxTable table = Database.newName();
        Database.run("create schema " + table.schema(), "create view " + table.quoted() + " as select 1 as id");

        assertThatThrownBy(() -> install(table)).hasMessageContaining("it is a view");
    }

    @Test
    @Timeout(60)
    void install_lockHeldForTooLong_givesUpWhileProducersWrite() throws SQLException {
        OutboxTable table = GoTable.create(100);
        try (Connection reader = Database.connect()) {
            reader.setAutoCommit(false);
            Database.run(reader, "select * from " + table.quoted());
            String pid = Database.strings(reader, "select pg_backend_pid()").get(0);

            assertThatThrownBy(() -> install(table))
                    .hasMessageStartingWith(
                            "cannot install outbox " + table + ": could not change the columns of the table:"
                                    + " waited 4 times 2 s for a lock that other sessions hold (now holding locks on the table: process "
                                    + pid + ")");

            enqueue(table);
        }
        install(table);

        assertLikeNew(table);
        assertNumbered(table);
    }

    private static void alter(OutboxTable table, String alteration) throws SQLException {
        Database.run("alter table " + table.quoted() + " " + alteration);
    }

    private static void enqueue(OutboxTable table) throws SQLException {
        try (Connection connection = Database.connect()) {
            GoTable.enqueue(connection, table, "between");
        }
    }

    private static String fileOf(OutboxTable table) throws SQLException {
        return Database.string("select pg_relation_filenode('" + table.quoted() + "'::regclass)");
    }

    private static void install(OutboxTable table) {
        OutboxSchema.install(Database.dataSource(), table);
    }

    private static void assertSound(OutboxTable table) throws SQLException {
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, table)).isEmpty();
        }
    }
}
