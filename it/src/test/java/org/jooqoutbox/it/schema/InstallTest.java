package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.InstallOption;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A table where there was none. */
class InstallTest {

    private final OutboxTable table = Database.newName();

    @Test
    void install_missingSchema_createsBoth() throws SQLException {
        install(table);

        assertSound(table);
        assertThat(historyOf(table)).containsExactly("1 SQL true");
    }

    @Test
    void install_twice_changesNothing() throws SQLException {
        install(table);
        var before = CatalogSnapshot.of(table);

        install(table);

        assertThat(CatalogSnapshot.of(table)).isEqualTo(before);
        assertThat(historyOf(table)).containsExactly("1 SQL true");
    }

    @Test
    void install_concurrently_allSucceed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Void>> calls = IntStream.range(0, 6)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        install(i % 2 == 0 ? table : OutboxTable.of(table.schema(), "other"));
                        return null;
                    })
                    .toList();
            for (Future<Void> call : threads.invokeAll(calls)) {
                call.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertSound(table);
        assertSound(OutboxTable.of(table.schema(), "other"));
        assertThat(historyOf(table)).containsExactly("1 SQL true");
    }

    @Test
    void install_besideTablesAndFlywayHistoryOfTheUser_leavesTheseAlone() throws SQLException {
        String schema = Database.quoted(table.schema());
        Database.run(
                "create schema " + schema,
                "create table " + schema + ".invoice (id int)",
                "create table " + schema + ".flyway_schema_history (installed_rank int, version text)",
                "insert into " + schema + ".flyway_schema_history values (1, '1')");

        install(table);
        install(OutboxTable.of(table.schema(), "second"));

        assertSound(table);
        assertSound(OutboxTable.of(table.schema(), "second"));
        assertThat(Database.strings("select version from " + schema + ".flyway_schema_history"))
                .containsExactly("1");
    }

    static Stream<OutboxTable> hostileNames() {
        return Stream.of(
                        "Mixed Case",
                        "do\"t.s",
                        "semi;colon -- x",
                        "/* ${outbox} */",
                        "a${unknown}b${",
                        "what? %s %1$s ?? $1",
                        "$$body$$",
                        "back\\slash'quote",
                        "new\nline",
                        "select",
                        " blanks ",
                        "comma,{fn now()}",
                        "日本語日本語日本語日本語日本語日本語日本語")
                .map(name -> OutboxTable.of(name, name));
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void install_hostileName_makesExactlyThatTable(OutboxTable hostile) throws SQLException {
        Database.run("drop schema if exists " + Database.quoted(hostile.schema()) + " cascade");
        OutboxTable plain = Database.newName();
        install(plain);
        install(hostile);
        install(hostile);

        assertSound(hostile);
        var expected = CatalogSnapshot.of(plain);
        var actual = CatalogSnapshot.of(hostile);
        assertThat(actual.columns()).hasSameSizeAs(expected.columns());
        assertThat(actual.table()).isEqualTo(expected.table());
        assertThat(historyOf(hostile)).containsExactly("1 SQL true");
    }

    @Test
    void install_reservedPrefix_isRefusedByPostgres() {
        assertThatThrownBy(() -> install(OutboxTable.of("pg_mine", "outbox")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("cannot install outbox pg_mine.outbox: ")
                .hasMessageContaining("unacceptable schema name");
    }

    @Test
    void install_goWorkers_addsTheirIndexOnce() throws SQLException {
        OutboxSchema.install(Database.dataSource(), table, InstallOption.GO_WORKERS);
        OutboxSchema.install(Database.dataSource(), table, InstallOption.GO_WORKERS);

        assertThat(CatalogSnapshot.of(table).indexes())
                .filteredOn(index -> index.endsWith("(retry_at) WHERE (status = 'pending'::text)"))
                .hasSize(1);
        assertSound(table);
    }

    @Test
    void install_poolOfOneWithAutoCommitOff_givesTheConnectionBackAsItWas() throws SQLException {
        try (HikariDataSource pool = poolOfOne()) {
            List<String> before = stateOf(pool);

            OutboxSchema.install(pool, table);

            assertThat(stateOf(pool)).isEqualTo(before);
        }
        assertSound(table);
    }

    /** With settings that an installation has to change. */
    static HikariDataSource poolOfOne() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(Postgres.jdbcUrl());
        config.setUsername(Postgres.user());
        config.setPassword(Postgres.password());
        config.setMaximumPoolSize(1);
        config.setAutoCommit(false);
        config.setConnectionTimeout(5_000);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        config.setConnectionInitSql(
                "set search_path to public; set lock_timeout to '7s'; set statement_timeout to '8s'");
        return new HikariDataSource(config);
    }

    static List<String> stateOf(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            List<String> state = Database.strings(
                    connection,
                    "select name || '=' || setting from pg_settings"
                            + " where context in ('user', 'superuser') union all select 'role=' || current_setting('role')"
                            + " union all select 'locks=' || count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
                            + " union all select 'backend=' || pg_backend_pid() order by 1");
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(connection.isReadOnly()).isFalse();
            connection.commit();
            return state;
        }
    }

    @Test
    void install_hostileSearchPath_usesPostgresOwnFunctions() throws SQLException {
        String evil = Database.quoted(table.schema() + "_evil");
        Database.run(
                "create schema " + evil,
                "create function " + evil + ".gen_random_uuid() returns uuid language sql as $$ select null::uuid $$",
                "create function " + evil + ".now() returns timestamptz language sql as $$ select null::timestamptz $$",
                "create domain " + evil + ".text as pg_catalog.text",
                "create domain " + evil + ".uuid as pg_catalog.uuid");
        PGSimpleDataSource dataSource = (PGSimpleDataSource) Database.dataSource();
        dataSource.setOptions("-c search_path=" + table.schema() + "_evil,pg_catalog");

        OutboxSchema.install(dataSource, table);

        assertSound(table);
    }

    @Test
    void install_otherEncoding_isRefused() throws SQLException {
        String latin1 = table.schema() + "_latin1";
        Database.run("create database " + latin1 + " encoding 'LATIN1' locale 'C' template template0");
        PGSimpleDataSource dataSource = (PGSimpleDataSource) Database.dataSource();
        dataSource.setDatabaseName(latin1);

        assertThatThrownBy(() -> OutboxSchema.install(dataSource, table))
                .hasMessage("cannot install outbox " + table + ": the database has encoding LATIN1, needs UTF8:"
                        + " another one refuses characters that a message may contain");
        try (Connection connection = dataSource.getConnection()) {
            assertThat(OutboxSchema.check(connection, table))
                    .first()
                    .asString()
                    .contains("encoding LATIN1, needs UTF8");
        }
        Database.run("drop database " + latin1);
    }

    @Test
    void install_indexDroppedSince_buildsItAgain() throws SQLException {
        install(table);
        var before = CatalogSnapshot.of(table);
        Database.run("drop index " + Database.quoted(table.schema()) + "."
                + Database.quoted(table.derivedPrefix() + "_due"));

        install(table);

        assertThat(CatalogSnapshot.of(table)).isEqualTo(before);
    }

    @Test
    void install_tableDroppedSince_saysWhatToDo() throws SQLException {
        install(table);
        Database.run("drop table " + table.quoted());

        assertThatThrownBy(() -> install(table))
                .hasMessageContaining("the table is gone")
                .hasMessageContaining(table.derivedPrefix() + "_history");
    }

    private static void install(OutboxTable table) {
        OutboxSchema.install(Database.dataSource(), table);
    }

    static List<String> historyOf(OutboxTable table) throws SQLException {
        return Database.strings("select version || ' ' || type || ' ' || success from "
                + Database.quoted(table.schema()) + "." + table.derivedPrefix() + "_history order by installed_rank");
    }

    static void assertSound(OutboxTable table) throws SQLException {
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, table)).isEmpty();
            GoTable.enqueue(connection, table, "any");
        }
    }
}
