package org.jooqoutbox.it.schema;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome.CREATED;
import static org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome.FAILED;
import static org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome.UNCHANGED;
import static org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome.UPGRADED;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooqoutbox.schema.InstallOption;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxSchema.InstallReport;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The tables of many tenants in one call. */
@Timeout(60)
class InstallManyTest {

    /** A process that is killed does nothing more, so no {@code catch} of ours may see it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void installAll_newTables_areWhatInstallMakes() throws SQLException {
        for (InstallOption[] options : new InstallOption[][] {{}, {InstallOption.GO_WORKERS}}) {
            OutboxTable alone = Database.newName();
            OutboxTable together = Database.newName();
            OutboxSchema.install(Database.dataSource(), alone, options);

            InstallReport report = OutboxSchema.installAll(Database.dataSource(), List.of(together), options);

            assertThat(report.tables(CREATED)).containsExactly(together);
            assertThat(CatalogSnapshot.of(together)).isEqualTo(CatalogSnapshot.of(alone));
            assertThat(CatalogSnapshot.of(history(together))).isEqualTo(CatalogSnapshot.of(history(alone)));
            assertThat(rowsOf(history(together))).hasSize(1).isEqualTo(rowsOf(history(alone)));
            assertUpToDateForFlyway(together, options);
        }
    }

    /** Flyway refuses a history with another checksum than its own. */
    private static void assertUpToDateForFlyway(OutboxTable table, InstallOption... options) throws SQLException {
        List<String> before = traces(List.of(table));
        OutboxSchema.install(Database.dataSource(), table, options);
        assertThat(traces(List.of(table))).isEqualTo(before);
    }

    private static OutboxTable history(OutboxTable table) {
        return OutboxTable.of(table.schema(), table.derivedPrefix() + "_history");
    }

    private static List<String> rowsOf(OutboxTable history) throws SQLException {
        return Database.strings("select (to_jsonb(h) - 'installed_on' - 'execution_time')::text from "
                + history.quoted() + " h order by installed_rank");
    }

    @Test
    void installAll_hostileNames_makesExactlyThese() throws SQLException {
        List<OutboxTable> hostile = InstallTest.hostileNames()
                .map(OutboxTable::name)
                .map(name -> OutboxTable.of("many " + name.substring(0, Math.min(name.length(), 16)), name))
                .toList();
        List<OutboxTable> tables = Stream.concat(
                        hostile.stream(), hostile.stream().map(table -> OutboxTable.of(table.schema(), "second")))
                .toList();
        for (OutboxTable table : tables) {
            Database.run("drop schema if exists " + Database.quoted(table.schema()) + " cascade");
        }

        List<String> statements = new ArrayList<>();

        InstallReport report =
                OutboxSchema.installAll(HookedDataSource.of((connection, sql) -> statements.add(sql)), tables);

        assertThat(report.tables(CREATED)).isEqualTo(tables);
        assertThat(statements).as("left to Flyway").noneMatch(sql -> sql.startsWith("create table if not exists"));
        for (OutboxTable table : tables) {
            InstallTest.assertSound(table);
        }
        for (OutboxTable table : hostile) {
            assertUpToDateForFlyway(table);
        }
        assertThat(installAll(tables).tables(UNCHANGED)).isEqualTo(tables);
    }

    @Test
    void installAll_everyKindOfTenant_getsItsOutcome() throws SQLException {
        List<OutboxTable> created = List.of(Database.newName(), inASchemaThatIsThere());
        List<OutboxTable> unchanged = List.of(installed(), installed());
        List<OutboxTable> upgraded = List.of(GoTable.create(20), withoutAnIndex(), withAnEmptyHistory(), madeByHand());
        List<OutboxTable> failed = List.of(aView(), gone(), withNulls(), OutboxTable.of("pg_mine", "outbox"));
        List<OutboxTable> all = Stream.of(failed, upgraded, unchanged, created)
                .flatMap(List::stream)
                .toList();

        InstallReport report = installAll(all);

        assertThat(report.results()).extracting(InstallReport.Result::table).isEqualTo(all);
        assertThat(report.tables(CREATED)).isEqualTo(created);
        assertThat(report.tables(UPGRADED)).isEqualTo(upgraded);
        assertThat(report.tables(UNCHANGED)).isEqualTo(unchanged);
        assertThat(report.tables(FAILED)).isEqualTo(failed);
        assertThat(report.failed()).allSatisfy(result -> {
            assertThat(result.reason()).startsWith("cannot install outbox " + result.table() + ": ");
            assertThat(result.cause()).hasMessage(result.reason()).hasCauseInstanceOf(Exception.class);
        });
        assertThat(report.failed())
                .extracting(InstallReport.Result::reason)
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("it is a view"),
                        reason -> assertThat(reason).contains("the table is gone"),
                        reason -> assertThat(reason).contains("column kind holds nulls"),
                        reason -> assertThat(reason).contains("unacceptable schema name"));
        for (OutboxTable table : all.subList(failed.size(), all.size())) {
            InstallTest.assertSound(table);
            assertUpToDateForFlyway(table);
        }
        assertThat(installAll(all).tables(UNCHANGED)).isEqualTo(all.subList(failed.size(), all.size()));
    }

    private static OutboxTable inASchemaThatIsThere() throws SQLException {
        OutboxTable table = Database.newName();
        Database.run("create schema " + table.schema(), "create table " + table.schema() + ".invoice (id int)");
        return table;
    }

    private static OutboxTable installed() {
        OutboxTable table = Database.newName();
        OutboxSchema.install(Database.dataSource(), table);
        return table;
    }

    private static OutboxTable withoutAnIndex() throws SQLException {
        OutboxTable table = installed();
        Database.run("drop index " + table.schema() + "." + table.derivedPrefix() + "_due");
        return table;
    }

    private static OutboxTable withAnEmptyHistory() throws SQLException {
        OutboxTable table = installed();
        Database.run("delete from " + history(table).quoted());
        return table;
    }

    private static OutboxTable madeByHand() throws SQLException {
        OutboxTable table = Database.newName();
        Database.run("create schema " + table.schema(), OutboxSchema.ddl(table));
        return table;
    }

    private static OutboxTable aView() throws SQLException {
        OutboxTable table = Database.newName();
        Database.run("create schema " + table.schema(), "create view " + table.quoted() + " as select 1 as id");
        return table;
    }

    private static OutboxTable gone() throws SQLException {
        OutboxTable table = installed();
        Database.run("drop table " + table.quoted());
        return table;
    }

    private static OutboxTable withNulls() throws SQLException {
        OutboxTable table = GoTable.create(1);
        Database.run(
                "alter table " + table.quoted() + " alter column kind drop not null",
                "update " + table.quoted() + " set kind = null");
        return table;
    }

    @Test
    void installAll_goWorkers_addsTheIndexWhereItIsMissing() throws SQLException {
        OutboxTable with = Database.newName();
        OutboxTable without = installed();
        OutboxSchema.install(Database.dataSource(), with, InstallOption.GO_WORKERS);

        InstallReport report =
                OutboxSchema.installAll(Database.dataSource(), List.of(with, without), InstallOption.GO_WORKERS);

        assertThat(report.tables(UNCHANGED)).containsExactly(with);
        assertThat(report.tables(UPGRADED)).containsExactly(without);
        assertThat(CatalogSnapshot.of(without)).isEqualTo(CatalogSnapshot.of(with));
    }

    @Test
    void installAll_lockedTable_failsAndStopsNoOther() throws SQLException {
        OutboxTable locked = installed();
        List<OutboxTable> all = List.of(locked, installed(), Database.newName(), GoTable.create(5));
        try (Connection holder = Database.connect()) {
            holder.setAutoCommit(false);
            Database.run(holder, "lock table " + history(locked).quoted() + " in access exclusive mode");

            InstallReport report = installAll(all);

            assertThat(report.tables(FAILED)).containsExactly(locked);
            assertThat(report.failed().get(0).reason()).contains("lock timeout");
            holder.rollback();
        }
        assertThat(installAll(all).tables(UNCHANGED)).isEqualTo(all);
    }

    @Test
    void installAll_roleWithFewRights_createsWhereItMay() throws SQLException {
        OutboxTable mine = Database.newName();
        OutboxTable new1 = Database.newName();
        OutboxTable notMine = installed();
        OutboxTable goTableNotMine = GoTable.create(1);
        String role = mine.schema() + "_owner";
        Database.run("create role " + role, "create schema " + mine.schema() + " authorization " + role);
        PGSimpleDataSource dataSource = (PGSimpleDataSource) Database.dataSource();
        dataSource.setOptions("-c role=" + role);

        InstallReport report = OutboxSchema.installAll(dataSource, List.of(new1, notMine, goTableNotMine, mine));

        assertThat(report.tables(CREATED)).containsExactly(mine);
        assertThat(report.failed())
                .extracting(InstallReport.Result::table)
                .containsExactly(new1, notMine, goTableNotMine);
        assertThat(report.failed())
                .extracting(InstallReport.Result::reason)
                .allMatch(reason -> reason.contains("permission denied"));
        assertThat(Database.string(
                        "select tableowner from pg_tables where schemaname = ? and tablename = ?",
                        mine.schema(),
                        mine.name()))
                .isEqualTo(role);
        Database.run("drop schema " + mine.schema() + " cascade", "drop role " + role);
    }

    @Test
    void installAll_again_touchesNothing() throws SQLException {
        List<OutboxTable> tables = Stream.concat(
                        IntStream.range(0, 55).mapToObj(i -> Database.newName()), Stream.of(GoTable.create(3)))
                .toList();
        installAll(tables);
        CatalogSnapshot snapshot = CatalogSnapshot.of(tables.get(0));
        List<String> before = traces(tables);
        List<String> statements = new ArrayList<>();

        InstallReport report =
                OutboxSchema.installAll(HookedDataSource.of((connection, sql) -> statements.add(sql)), tables);

        assertThat(report.tables(UNCHANGED)).isEqualTo(tables);
        assertThat(report.failed()).isEmpty();
        assertThat(traces(tables)).isEqualTo(before);
        assertThat(CatalogSnapshot.of(tables.get(0))).isEqualTo(snapshot);
        assertThat(statements).hasSize(2).allMatch(sql -> sql.startsWith("select"));
    }

    private static final String TRACES = "with c as (select oid, xmin, ctid from pg_class"
            + " where relnamespace = (select oid from pg_namespace where nspname = ?))"
            + " select 'class ' || xmin || ctid from c"
            + " union all select 'column ' || xmin || ctid from pg_attribute where attrelid in (select oid from c)"
            + " union all select 'index ' || xmin || ctid from pg_index where indexrelid in (select oid from c)"
            + " union all select 'comment ' || xmin || ctid from pg_description where objoid in (select oid from c)"
            + " union all select 'history ' || xmin || ctid from ";

    /** The versions of everything in the catalog and in the history that belongs to these schemas. */
    private static List<String> traces(List<OutboxTable> tables) throws SQLException {
        List<String> traces = new ArrayList<>();
        try (Connection connection = Database.connect()) {
            for (OutboxTable table : tables) {
                traces.addAll(
                        Database.strings(connection, TRACES + history(table).quoted(), table.schema()));
            }
        }
        return traces;
    }

    @Test
    void installAll_concurrently_sharesTheWork() throws Exception {
        List<OutboxTable> tables = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tables.add(i % 10 == 0 ? GoTable.create(2) : Database.newName());
        }
        tables.add(OutboxTable.of(tables.get(1).schema(), "second"));
        List<InstallReport> reports = inParallel(IntStream.range(0, 3)
                .<Callable<InstallReport>>mapToObj(i -> () -> installAll(i == 0 ? tables : shuffled(tables, i)))
                .toList());

        assertThat(reports).allSatisfy(report -> assertThat(report.failed()).isEmpty());
        assertThat(reports).allSatisfy(report -> assertThat(report.results()).hasSize(101));
        assertThat(reports.stream().flatMap(report -> report.tables(CREATED).stream()))
                .hasSize(91)
                .doesNotHaveDuplicates();
        assertThat(reports.stream().flatMap(report -> report.tables(UPGRADED).stream()))
                .hasSize(10)
                .doesNotHaveDuplicates();
        try (Connection connection = Database.connect()) {
            for (OutboxTable table : tables) {
                assertThat(OutboxSchema.check(connection, table)).isEmpty();
                assertThat(Database.strings(
                                connection,
                                "select version from " + history(table).quoted()))
                        .containsExactly("1");
            }
        }
    }

    private static List<OutboxTable> shuffled(List<OutboxTable> tables, long seed) {
        List<OutboxTable> shuffled = new ArrayList<>(tables);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    private static List<InstallReport> inParallel(List<Callable<InstallReport>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<InstallReport> reports = new ArrayList<>();
            for (Future<InstallReport> call : threads.invokeAll(calls)) {
                reports.add(call.get());
            }
            return reports;
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void installAll_tableThatAnotherSessionInstalls_comesLastAndIsWaitedFor(boolean all) throws Exception {
        OutboxTable busy = Database.newName();
        List<OutboxTable> tables = List.of(busy, Database.newName(), GoTable.create(2));
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            DataSource slow = HookedDataSource.of((connection, sql) -> {
                if (sql.contains("create table " + busy.quoted())) {
                    arrived.countDown();
                    await(goOn);
                }
            });
            Future<?> first = threads.submit(() -> {
                if (all) {
                    OutboxSchema.installAll(slow, List.of(busy));
                } else {
                    OutboxSchema.install(slow, busy);
                }
            });
            await(arrived);
            List<String> statements = Collections.synchronizedList(new ArrayList<>());
            DataSource recording = HookedDataSource.of((connection, sql) -> statements.add(sql));
            Future<InstallReport> second = threads.submit(() -> OutboxSchema.installAll(recording, tables));
            Database.await(
                    "select count(*) = 2 from pg_indexes where schemaname = any (?::text[]) and indexname like '%\\_dead'",
                    "{" + tables.get(1).schema() + "," + tables.get(2).schema() + "}");
            goOn.countDown();

            first.get();
            assertThat(second.get().tables(UNCHANGED)).containsExactly(busy);
            assertThat(second.get().failed()).isEmpty();
            assertThat(statements)
                    .noneMatch(sql -> sql.startsWith("create") && sql.contains(Database.quoted(busy.schema())));
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void installAll_processDiesBeforeAnyStatement_nextCallGoesOn() throws SQLException {
        for (int fatal = 1; ; fatal++) {
            List<OutboxTable> tables = List.of(Database.newName(), Database.newName());
            boolean died = dies(tables, fatal);
            List<OutboxTable> there =
                    tables.stream().filter(InstallManyTest::exists).toList();

            InstallReport report = installAll(tables);

            assertThat(report.tables(UNCHANGED)).as("died before %s", fatal).isEqualTo(there);
            assertThat(report.tables(CREATED))
                    .isEqualTo(tables.stream().filter(not(there::contains)).toList());
            for (OutboxTable table : tables) {
                InstallTest.assertSound(table);
                assertThat(InstallTest.historyOf(table)).containsExactly("1 SQL true");
            }
            if (!died) {
                // Schema, script and commit of each table.
                assertThat(fatal).isEqualTo(7);
                return;
            }
        }
    }

    private static boolean dies(List<OutboxTable> tables, int fatal) {
        AtomicInteger count = new AtomicInteger();
        try {
            OutboxSchema.installAll(
                    HookedDataSource.of((connection, sql) -> {
                        if (count.incrementAndGet() == fatal) {
                            connection.abort(Runnable::run);
                            throw new Killed();
                        }
                    }),
                    tables);
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    private static boolean exists(OutboxTable table) {
        try {
            return Database.number("select count(*) from pg_tables where schemaname = ?", table.schema()) == 2;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void installAll_connectionLostOnce_goesOnWithAnother() throws SQLException {
        List<OutboxTable> tables =
                List.of(Database.newName(), Database.newName(), GoTable.create(2), GoTable.create(2));
        for (String fatal : List.of("create sequence", "create sequence if not exists")) {
            AtomicInteger lost = new AtomicInteger();
            DataSource dataSource = HookedDataSource.of((connection, sql) -> {
                if (sql.startsWith(fatal) && lost.incrementAndGet() == 1) {
                    terminate(connection);
                }
            });

            InstallReport report = OutboxSchema.installAll(dataSource, tables);

            // A new table is tried a second time, by a whole installation; one that is adopted is not.
            assertThat(report.failed()).hasSizeLessThanOrEqualTo(1);
            assertThat(report.tables(CREATED).size()
                            + report.tables(UPGRADED).size()
                            + report.tables(UNCHANGED).size())
                    .isGreaterThanOrEqualTo(3);
        }
        assertThat(installAll(tables).failed()).isEmpty();
        assertThat(installAll(tables).tables(UNCHANGED)).isEqualTo(tables);
    }

    /** The server ends it, so that the next statement on it fails. */
    private static void terminate(Connection connection) throws SQLException {
        String process = Database.strings(connection, "select pg_backend_pid()").get(0);
        Database.string("select pg_terminate_backend(?::int)", process);
        Database.await("select not exists (select from pg_stat_activity where pid = ?::int)", process);
    }

    @Test
    void installAll_serverUnreachable_failsTheRestAndAsksOnlyOnceMore() throws SQLException {
        List<OutboxTable> tables = List.of(Database.newName(), Database.newName(), Database.newName());
        AtomicInteger connections = new AtomicInteger();
        AtomicInteger scripts = new AtomicInteger();
        DataSource hooked = HookedDataSource.of((connection, sql) -> {
            if (sql.startsWith("create sequence") && scripts.incrementAndGet() == 2) {
                connection.abort(Runnable::run);
            }
        });
        PGSimpleDataSource dataSource = new PGSimpleDataSource() {
            private static final long serialVersionUID = 1;

            @Override
            public Connection getConnection() throws SQLException {
                if (connections.incrementAndGet() > 1) {
                    throw new SQLException("nobody there");
                }
                return hooked.getConnection();
            }
        };

        InstallReport report = OutboxSchema.installAll(dataSource, tables);

        assertThat(report.tables(CREATED)).containsExactly(tables.get(0));
        assertThat(report.failed())
                .extracting(InstallReport.Result::reason)
                .hasSize(2)
                .allMatch(reason -> reason.endsWith("nobody there"));
        assertThat(connections).hasValue(2);
        assertThat(installAll(tables).results())
                .extracting(InstallReport.Result::outcome)
                .containsExactly(UNCHANGED, CREATED, CREATED);
    }

    @Test
    void installAll_noConnectionFromTheBeginning_throws() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource() {
            private static final long serialVersionUID = 1;

            @Override
            public Connection getConnection() throws SQLException {
                throw new SQLException("nobody there");
            }
        };

        assertThatThrownBy(() -> OutboxSchema.installAll(dataSource, List.of(Database.newName())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot install 1 outboxes: no connection to be had: nobody there");
    }

    @Test
    void installAll_poolOfOneWithAutoCommitOff_givesTheConnectionBackAsItWas() throws SQLException {
        List<OutboxTable> tables = List.of(aView(), Database.newName(), GoTable.create(2), installed());
        try (HikariDataSource pool = InstallTest.poolOfOne()) {
            List<String> before = InstallTest.stateOf(pool);

            InstallReport report = OutboxSchema.installAll(pool, tables);

            assertThat(InstallTest.stateOf(pool)).isEqualTo(before);
            assertThat(report.results())
                    .extracting(InstallReport.Result::outcome)
                    .containsExactly(FAILED, CREATED, UPGRADED, UNCHANGED);
        }
    }

    @Test
    void installAll_tableNamedTwiceOrNone_isReportedOnceOrNot() {
        OutboxTable table = Database.newName();
        OutboxTable same = OutboxTable.of(table.schema(), table.name());

        assertThat(installAll(Arrays.asList(table, same)).results())
                .extracting(InstallReport.Result::table, InstallReport.Result::outcome)
                .containsExactly(tuple(table, CREATED));
        assertThat(installAll(List.of()).results()).isEmpty();
    }

    private static InstallReport installAll(List<OutboxTable> tables) {
        return OutboxSchema.installAll(Database.dataSource(), tables);
    }
}
