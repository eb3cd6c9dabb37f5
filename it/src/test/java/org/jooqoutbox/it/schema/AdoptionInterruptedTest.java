package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An adoption that does not get through, and the next one. */
class AdoptionInterruptedTest {

    @Test
    void install_processDiesBeforeAnyStatement_nextCallGoesOn() throws SQLException {
        List<String> statements = statementsOfAnAdoption();
        assertThat(statements).anyMatch(sql -> sql.startsWith("update")).hasSizeGreaterThan(15);
        @Nullable CatalogSnapshot expected = null;

        for (int fatal = 1; fatal <= statements.size() + 1; fatal++) {
            OutboxTable table = GoTable.create(30);
            boolean died = !survives(table, fatal);
            assertThat(died).isEqualTo(fatal <= statements.size());
            enqueue(table);
            OutboxSchema.install(Database.dataSource(), table);

            CatalogSnapshot actual = CatalogSnapshot.of(table);
            expected = expected == null ? actual : expected;
            assertThat(actual)
                    .as(
                            "died before statement %s: %s",
                            fatal, fatal > statements.size() ? "none" : statements.get(fatal - 1))
                    .isEqualTo(expected);
            assertComplete(table);
        }
    }

    /** What changes something, without the comments: these belong to one transaction. */
    private static List<String> statementsOfAnAdoption() throws SQLException {
        List<String> statements = new ArrayList<>();
        OutboxSchema.install(
                HookedDataSource.of((connection, sql) -> {
                    if (!sql.startsWith("comment")) {
                        statements.add(sql);
                    }
                }),
                GoTable.create(30));
        return statements;
    }

    private static boolean survives(OutboxTable table, int fatal) {
        AtomicInteger count = new AtomicInteger();
        try {
            OutboxSchema.install(
                    HookedDataSource.of((connection, sql) -> {
                        if (!sql.startsWith("comment") && count.incrementAndGet() == fatal) {
                            connection.abort(Runnable::run);
                            throw new SQLException("the process is gone");
                        }
                    }),
                    table);
            return true;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageStartingWith("cannot install outbox " + table + ": ");
            return false;
        }
    }

    @Test
    @Timeout(60)
    void install_rowLockedByAnotherSession_numbersTheOthersAndThenThatOne() throws SQLException {
        OutboxTable table = GoTable.create(100);
        try (Connection holder = Database.connect()) {
            holder.setAutoCommit(false);
            AtomicInteger rounds = new AtomicInteger();

            OutboxSchema.install(
                    HookedDataSource.of((connection, sql) -> {
                        if (sql.startsWith("update") && rounds.incrementAndGet() == 1) {
                            Database.run(holder, "update " + table.quoted() + " set attempts = 1 where payload = '50'");
                        } else if (sql.startsWith("update") && sql.endsWith("where seq is null")) {
                            assertThat(Database.number("select count(*) from " + table.quoted() + " where seq is null"))
                                    .isEqualTo(1);
                            holder.commit();
                        }
                    }),
                    table);
        }
        assertComplete(table);
    }

    @Test
    @Timeout(60)
    void install_rowLockedForTooLong_givesUpAndNextCallGoesOn() throws SQLException {
        OutboxTable table = GoTable.create(100);
        try (Connection holder = Database.connect()) {
            holder.setAutoCommit(false);
            AtomicInteger rounds = new AtomicInteger();

            assertThatThrownBy(() -> OutboxSchema.install(
                            HookedDataSource.of((connection, sql) -> {
                                if (sql.startsWith("update") && rounds.incrementAndGet() == 1) {
                                    Database.run(
                                            holder,
                                            "update " + table.quoted() + " set attempts = 1 where payload = '50'");
                                }
                            }),
                            table))
                    .hasMessageContaining(
                            "could not number the rows that other sessions have locked: waited 4 times 2 s");

            assertThatCode(() -> enqueue(table)).doesNotThrowAnyException();
            holder.rollback();
        }
        OutboxSchema.install(Database.dataSource(), table);
        assertComplete(table);
    }

    private static void enqueue(OutboxTable table) throws SQLException {
        try (Connection connection = Database.connect()) {
            GoTable.enqueue(connection, table, "between");
        }
    }

    private static void assertComplete(OutboxTable table) throws SQLException {
        try (Connection connection = Database.connect()) {
            assertThat(OutboxSchema.check(connection, table)).isEmpty();
        }
        assertThat(Database.string("select (count(*) = count(distinct seq))::text from " + table.quoted()))
                .isEqualTo("true");
    }
}
