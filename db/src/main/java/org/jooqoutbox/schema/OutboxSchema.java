package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Installs outbox tables, hands out their definition, and checks what is really there.
 *
 * <p>Without state, safe for use by many threads. Nothing here depends on {@code search_path}.
 */
public final class OutboxSchema {

    private OutboxSchema() {}

    /**
     * Creates the table, and its schema where that is missing, or brings it up to date. Does nothing when it is.
     *
     * <p>A table that the Go library made is adopted while producers and dispatchers use it: missing columns, defaults, storage parameters
     * and comments are added, rows get their {@code seq}, indexes are built concurrently. The table is never rewritten, indexes and columns
     * of its own stay. A lock that stops others is waited for 2 seconds at a time, four times. Whatever interrupts an adoption, the next call
     * goes on from there; so does a call after somebody dropped an index.
     *
     * <p>Everything happens on one connection, which goes back as it came. Calls for the same table wait for each other, also from several
     * processes. This takes session-level locks, so connect to PostgreSQL itself, not through a pooler that shares sessions.
     *
     * <p>Needs Flyway ({@code org.flywaydb:flyway-core} and {@code flyway-database-postgresql}, 11 to 13), whose history goes into a table of
     * its own in the same schema and meets no other. Without Flyway put {@link #ddl} into migrations of your own.
     *
     * @param dataSource connects to PostgreSQL 14 or newer, database encoding UTF8, as a role that owns the table or may create it. Must not
     *     give out the connection of an open transaction: that would be committed
     * @param table the table to install
     * @param options what the table should have beyond the usual
     * @throws IllegalStateException if the server cannot hold an outbox, Flyway is missing, what has this name is not an outbox that can be
     *     adopted, a lock is not to be had, or PostgreSQL refuses a statement (the cause says which)
     */
    public static void install(DataSource dataSource, OutboxTable table, InstallOption... options) {
        Installation.run(dataSource, table, asSet(options));
    }

    /**
     * Does what {@link #install} does for many tables, for instance one in the schema of each tenant, and reports what it did to each.
     *
     * <p>A table that cannot be installed, because it is locked, something else, or not the role's, is reported and stops no other. Whatever
     * interrupts the call, the next one goes on where it stopped: each table is committed for itself, and one that is up to date costs a share
     * of a few queries. Fit for thousands: tables that are not there are created without a start of Flyway for each, with the same result,
     * history included.
     *
     * <p>Calls may run at the same time, in one or many processes and on whichever tables: they pass by what others are at, so they share
     * the work, and each reports all of its tables. A table that another call made is {@link InstallReport.Outcome#UNCHANGED}.
     *
     * <p>Takes one connection at a time. If it is lost, one table may fail with it, and the next one gets another connection. If there is none
     * to be had, all tables that are left fail. No transaction comprises more than one table.
     *
     * <p>Waits for locks as {@code install} does, but never without a limit: where that has none, 2 seconds. A table that another call is
     * installing comes last, and that call is waited for.
     *
     * <p>Example:
     *
     * <pre>{@code
     * InstallReport report = OutboxSchema.installAll(dataSource, outboxes);
     * report.failed().forEach(failed -> log.error(failed.reason(), failed.cause()));
     * }</pre>
     *
     * @param dataSource as for {@code install}: connects to PostgreSQL itself, as a role that owns the tables or may create them
     * @param tables the tables to install, in this order; one that occurs twice is installed and reported once
     * @param options what each of the tables should have beyond the usual
     * @return one result for each table, in the order of {@code tables}
     * @throws IllegalStateException if nothing could be begun: there is no connection, the server cannot hold an outbox, or Flyway is missing
     */
    public static InstallReport installAll(
            DataSource dataSource, Collection<OutboxTable> tables, InstallOption... options) {
        return BulkInstallation.run(dataSource, tables, asSet(options));
    }

    /**
     * What {@link #installAll} did.
     *
     * @param results one for each table, in the order in which they were asked for
     */
    public record InstallReport(List<Result> results) {

        private static final int REASONS = 10;

        /** Copies the list. */
        public InstallReport {
            results = List.copyOf(results);
        }

        /** What became of one table. */
        public enum Outcome {
            /** It was not there. */
            CREATED,
            /** It was there, of an older version or made by the Go library, or lacked something, and is up to date now. */
            UPGRADED,
            /** It was up to date. */
            UNCHANGED,
            /** It is not up to date, or that could not be found out. What was done to it until then stays, and the next call goes on from there. */
            FAILED
        }

        /**
         * One table.
         *
         * @param table which one
         * @param outcome what became of it
         * @param reason why it failed, as {@link OutboxSchema#install} would say it; empty if it did not
         * @param cause the exception with that message, whose cause is PostgreSQL's; null if it did not fail
         */
        public record Result(
                OutboxTable table,
                Outcome outcome,
                String reason,
                @Nullable Exception cause) {}

        /** Those with this outcome, in their order. */
        public List<OutboxTable> tables(Outcome outcome) {
            return results.stream()
                    .filter(result -> result.outcome() == outcome)
                    .map(Result::table)
                    .toList();
        }

        /** The results of those that failed, in their order; empty if all is well. */
        public List<Result> failed() {
            return results.stream()
                    .filter(result -> result.outcome() == Outcome.FAILED)
                    .toList();
        }

        /** The numbers on one line, and one more for each of the first failures. */
        @Override
        public String toString() {
            String numbers = Arrays.stream(Outcome.values())
                    .map(outcome ->
                            tables(outcome).size() + " " + outcome.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", results.size() + " outboxes: ", ""));
            return Stream.concat(
                            Stream.of(numbers),
                            failed().stream().map(Result::reason).limit(REASONS))
                    .collect(Collectors.joining("\n"));
        }
    }

    /**
     * The statements that create the table, for migrations of one's own (Flyway, Liquibase, plain SQL). The schema has to exist.
     *
     * <p>Names stand in it as they are, quoted. If one contains what a migration tool replaces (Flyway: a dollar sign and a brace), switch the tool's
     * replacement off for this script.
     *
     * @param table the table to create
     * @param options what the table should have beyond the usual
     * @return several statements, each ended by a semicolon and a line break
     */
    public static String ddl(OutboxTable table, InstallOption... options) {
        return SchemaScript.whole(table, asSet(options));
    }

    /**
     * Compares the table with what a dispatcher needs: columns with their types and defaults, the primary key, indexes (by what they are on,
     * not by name), encoding and version of the server, the rights of the current role (SELECT, UPDATE, DELETE), and that row level security
     * hides nothing from it. Columns and indexes beyond that are fine.
     *
     * <p>Only reads, changes nothing about the connection, and is part of the transaction that is open on it, if any.
     *
     * @param connection to the database of the table, as the role that the dispatcher has
     * @param table the table to look at
     * @return a sentence for each thing that is missing or different; empty if all is well
     * @throws SQLException if the catalog cannot be read
     */
    public static List<String> check(Connection connection, OutboxTable table) throws SQLException {
        return new ShapeCheck(connection, table).problems();
    }

    /**
     * The outboxes of many schemas, one for each tenant: all tables of one name whose schema's name matches a pattern.
     *
     * <p>A table counts as an outbox if it is an ordinary table with at least the columns {@code id, kind, payload, created_at, updated_at,
     * attempts, retry_at, last_error} and {@code status}, so one that waits to be adopted does, too. Whether a dispatcher could work with it
     * is for {@link #check} to say.
     *
     * <p>Seen are only schemas on which the current role has the right USAGE: a tenant without it is left out, not reported. What other
     * sessions have not committed yet is left out as well. So is a schema whose name is nothing but blanks.
     *
     * <p>One query, which reads the catalog only, changes nothing about the connection, and is part of the transaction that is open on it, if
     * any. Cheap enough to be asked every few seconds: 3,000 tables take some 40 milliseconds.
     *
     * @param connection to the database of the tables
     * @param schemaLike what the name of the schema has to match, as in SQL's {@code LIKE}: {@code %} stands for any characters, {@code _} for
     *     any one, and a backslash before either of them, or before a backslash, for itself, so it is {@code "tenant\_%"} in Java that finds
     *     {@code tenant_1} but not {@code tenants}. Upper and lower case differ. {@code "%"} is all schemas
     * @param tableName the name of the table in each of them, unquoted; this one is no pattern
     * @return the tables, ordered by the name of the schema, by bytes
     * @throws IllegalArgumentException if {@code tableName} cannot be the name of a table
     * @throws SQLException if the catalog cannot be read, or the pattern ends in a backslash that stands before nothing
     */
    public static List<OutboxTable> tables(Connection connection, String schemaLike, String tableName)
            throws SQLException {
        return new TableSearch(connection).run(schemaLike, tableName);
    }

    private static Set<InstallOption> asSet(InstallOption... options) {
        Set<InstallOption> set = EnumSet.noneOf(InstallOption.class);
        set.addAll(List.of(options));
        return set;
    }
}
