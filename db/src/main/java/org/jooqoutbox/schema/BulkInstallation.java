package org.jooqoutbox.schema;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jooqoutbox.schema.OutboxSchema.InstallReport;
import org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome;
import org.jooqoutbox.schema.OutboxSchema.InstallReport.Result;
import org.jooqoutbox.schema.TableStates.State;

/**
 * Installs many tables one after the other, each in transactions of its own.
 *
 * <ol>
 *   <li>A few queries find those that are up to date, and those that are not there.
 *   <li>The latter are created, each in one short transaction.
 *   <li>What is left is something else, or failed, or is in another session's hands. It goes through a whole {@link Installation}, which
 *       finds out what is wrong with it; what other sessions are installing comes last.
 * </ol>
 *
 * <p>No more than one table is locked at a time, so callers cannot wait for each other in a circle. They pass by what others are at, and so
 * share the work.
 */
final class BulkInstallation {

    private static final Logger LOG = System.getLogger("org.jooqoutbox.schema");

    /** Tables looked at together. One statement locks as many histories with two indexes each, of some 6,000 locks that a server has. */
    private static final int BATCH = 50;

    /** For what locks many. Shorter than deadlock_timeout (1 s by default): who drops many schemas at once must not have to give way. */
    private static final Duration SHORT_WAIT = Duration.ofMillis(500);

    /** For what has no limit of its own in the installation of one table. Whoever is locked out of that long is not there for others. */
    private static final Duration LONG_WAIT = Duration.ofSeconds(2);

    private final RenewedSession session;
    private final Set<OutboxTable> tables;
    private final Set<InstallOption> options;
    private final Map<OutboxTable, Result> results = new HashMap<>();

    private BulkInstallation(DataSource dataSource, Set<OutboxTable> tables, Set<InstallOption> options) {
        this.session = new RenewedSession(dataSource);
        this.tables = tables;
        this.options = options;
    }

    static InstallReport run(DataSource dataSource, Collection<OutboxTable> tables, Set<InstallOption> options) {
        Set<OutboxTable> distinct = new LinkedHashSet<>(List.copyOf(tables));
        String what = distinct.size() + " outboxes";
        FlywayArtifacts.require(what);
        BulkInstallation installation = new BulkInstallation(dataSource, distinct, options);
        try {
            return installation.run();
        } catch (SQLException | IllegalStateException e) {
            throw new IllegalStateException("cannot install " + what + ": " + e.getMessage(), e);
        } finally {
            installation.session.close();
        }
    }

    private InstallReport run() throws SQLException {
        requireServer();
        findUpToDate().forEach(this::createQuickly);
        left().forEach(this::installUnlessBusy);
        findUpToDate();
        left().forEach(this::install);
        InstallReport report = new InstallReport(tables.stream()
                .map(table -> Objects.requireNonNull(results.get(table)))
                .toList());
        LOG.log(report.failed().isEmpty() ? Level.INFO : Level.WARNING, "{0}", report);
        return report;
    }

    private void requireServer() throws SQLException {
        session.attempt(SHORT_WAIT, current -> {
            Server.require(current.connection());
            return true;
        });
    }

    private List<OutboxTable> left() {
        return tables.stream().filter(table -> !results.containsKey(table)).toList();
    }

    /** Looks at all that are left, and returns those that are not there. */
    private List<OutboxTable> findUpToDate() {
        List<OutboxTable> absent = new ArrayList<>();
        List<OutboxTable> left = left();
        for (int from = 0; from < left.size(); from += BATCH) {
            states(left.subList(from, Math.min(from + BATCH, left.size()))).forEach((table, state) -> {
                switch (state) {
                    case UP_TO_DATE -> record(table, Outcome.UNCHANGED);
                    case ABSENT -> absent.add(table);
                    case UNCLEAR -> {}
                }
            });
        }
        return absent;
    }

    private Map<OutboxTable, State> states(List<OutboxTable> batch) {
        try {
            return session.attempt(SHORT_WAIT, current -> new TableStates(current.connection(), options).of(batch));
        } catch (SQLException | RuntimeException e) {
            Map<OutboxTable, State> states = new HashMap<>();
            batch.forEach(table -> states.put(table, batch.size() == 1 ? State.UNCLEAR : state(table)));
            return states;
        }
    }

    /** Alone: something about one of them has failed for all. */
    private State state(OutboxTable table) {
        return Objects.requireNonNull(states(List.of(table)).get(table));
    }

    private void createQuickly(OutboxTable table) {
        try {
            if (session.attempt(SHORT_WAIT, current -> new QuickCreation(current.connection(), options).run(table))) {
                record(table, Outcome.CREATED);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.log(
                    Level.DEBUG,
                    () -> "outbox " + table + ": could not be created at once, tried again by all means",
                    e);
        }
    }

    private void installUnlessBusy(OutboxTable table) {
        install(table, current -> current.tryLock(table));
    }

    private void install(OutboxTable table) {
        install(table, current -> {
            current.lock(table);
            return true;
        });
    }

    private void install(OutboxTable table, RenewedSession.Step<Boolean> lock) {
        try {
            session.attempt(LONG_WAIT, current -> {
                if (lock.run(current)) {
                    record(table, Installation.run(current.connection(), table, options, this::migrate));
                    current.reset();
                }
                return true;
            });
        } catch (SQLException | RuntimeException e) {
            String reason = Installation.reason(table, e);
            Exception cause = new IllegalStateException(reason, e);
            results.putIfAbsent(table, new Result(table, Outcome.FAILED, reason, cause));
        }
    }

    /** Starts Flyway only if it has something to do. */
    private boolean migrate(Connection connection, OutboxTable table) throws SQLException {
        return !new FlywayHistory(connection, table).hasFirstMigration() && FlywayMigration.migrate(connection, table);
    }

    private void record(OutboxTable table, Outcome outcome) {
        results.put(table, new Result(table, outcome, "", null));
    }
}
