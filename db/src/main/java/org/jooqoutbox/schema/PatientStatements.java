package org.jooqoutbox.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Runs statements that need a lock which producers and dispatchers would have to wait behind: gives up soon, lets them through, tries again,
 * and gives up for good after a few attempts.
 */
final class PatientStatements {

    /** Longer than deadlock_timeout (1 s by default): only a waiter that old makes an autovacuum worker let go of the table. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** For statements that nobody waits behind, but which wait for every transaction that is older than they are. */
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final int ATTEMPTS = 4;

    /** lock_not_available, deadlock_detected. */
    private static final Set<String> WORTH_ANOTHER_ATTEMPT = Set.of("55P03", "40P01");

    private static final String HOLDERS = """
            select coalesce(string_agg(distinct pid::text, ', '), 'none any more') from pg_locks
             where relation = ?::oid and granted and pid <> pg_backend_pid()
            """;

    private final Connection connection;
    private final long tableOid;

    PatientStatements(Connection connection, long tableOid) {
        this.connection = connection;
        this.tableOid = tableOid;
    }

    /** What is tried, each time from its beginning; it may tell how many rows it changed. */
    interface Work {
        int run() throws SQLException;
    }

    /** Runs all of them in one transaction. */
    void inOneTransaction(String purpose, List<String> statements) throws SQLException {
        patiently(purpose, SHORT, () -> {
            connection.setAutoCommit(false);
            try {
                for (String statement : statements) {
                    Jdbc.execute(connection, statement);
                }
                connection.commit();
                connection.setAutoCommit(true);
                return statements.size();
            } catch (SQLException e) {
                undo(e);
                throw e;
            }
        });
    }

    private void undo(SQLException cause) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** Runs what needs no transaction around it and stops nobody while it waits. */
    int alone(String purpose, Work work) throws SQLException {
        return patiently(purpose, LONG, work);
    }

    private int patiently(String purpose, Duration lockTimeout, Work work) throws SQLException {
        Jdbc.text(connection, "select set_config('lock_timeout', ?, false)", lockTimeout.toMillis() + "ms");
        for (int attempt = 1; ; attempt++) {
            try {
                return work.run();
            } catch (SQLException e) {
                if (!WORTH_ANOTHER_ATTEMPT.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    throw new IllegalStateException(gaveUp(purpose, lockTimeout), e);
                }
            }
            Jdbc.text(connection, "select pg_sleep(0.5)");
        }
    }

    private String gaveUp(String purpose, Duration lockTimeout) throws SQLException {
        return "could not " + purpose + ": waited " + ATTEMPTS + " times " + lockTimeout.toSeconds()
                + " s for a lock that other sessions hold (now holding locks on the table: process "
                + Jdbc.text(connection, HOLDERS, Long.toString(tableOid))
                + "). Nothing is lost, what was done stays: end their transactions, or try again when they are through";
    }
}
