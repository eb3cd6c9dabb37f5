package org.jooqoutbox.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.conf.Settings;
import org.jooq.conf.SettingsTools;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.DefaultExecuteListenerProvider;
import org.jspecify.annotations.Nullable;

/**
 * Runs single statements, each in a short transaction of its own, READ COMMITTED, and never in one of the caller's.
 *
 * <p>Where READ COMMITTED is the database's default, which is asked once, a statement is sent with auto-commit on: one round trip, and nothing
 * is left behind in the session, so that poolers do not matter. Elsewhere a transaction is begun and its isolation level and lock timeout set. A
 * statement that PostgreSQL gave up because of others (40001, 40P01) changed nothing and is sent again.
 */
final class OwnTransactions {

    private static final int TRIES = 5;
    private static final String READ_COMMITTED = "set transaction isolation level read committed";

    private final String outbox;
    private final OwnConnections connections;
    private final Configuration base;
    private final Configuration unprepared;
    private final @Nullable LocalSettings locks;
    private final LocalSettings plans;
    private final String settings;
    private final String planSettings;
    private final boolean mayPrepare;
    private volatile Isolation isolation = Isolation.UNKNOWN;

    private enum Isolation {
        UNKNOWN,
        READ_COMMITTED,
        OTHER
    }

    /**
     * Transactions on connections of their own.
     *
     * @param outbox for messages
     * @param lockTimeout how long a lock on the table is waited for; null: as long as the connection says
     */
    OwnTransactions(String outbox, DataSource dataSource, Configuration base, @Nullable Duration lockTimeout) {
        this.mayPrepare = lockTimeout == null;
        this.locks = lockTimeout == null ? null : LocalSettings.ofLocks(lockTimeout);
        this.plans = lockTimeout == null ? LocalSettings.ofIndexPlans() : LocalSettings.ofIndexPlans(lockTimeout);
        this.settings = lockTimeout == null
                ? READ_COMMITTED
                : READ_COMMITTED + "; set local lock_timeout = " + lockTimeout.toMillis();
        this.planSettings = settings + "; select " + LocalSettings.SET;
        this.outbox = outbox;
        this.connections = new OwnConnections(outbox, dataSource);
        // jOOQ's own log would print payloads and error texts.
        Settings unlogged = SettingsTools.clone(base.settings()).withMaxRows(0).withExecuteLogging(false);
        this.base = base.derive(unlogged);
        this.unprepared = this.base.deriveAppending(new DefaultExecuteListenerProvider(new UnpreparedStatements()));
    }

    /** A statement that is planned anew each time. */
    <R> R run(Function<Configuration, R> statement) {
        return retrying(() -> runOnce(statement, settings, this::planningAnew));
    }

    /**
     * A statement that is sent over and over, with plans that use indexes only, see {@link LocalSettings}. With auto-commit on, PostgreSQL may
     * keep its plan, unless there is a limit for locks.
     */
    <R> R runOften(Function<Configuration, R> statement) {
        return retrying(() -> runOnce(statement, planSettings, connection -> on(plans.on(connection))));
    }

    private Configuration planningAnew(Connection connection) {
        return unprepared(locks == null ? connection : locks.on(connection));
    }

    private <R> R retrying(Supplier<R> work) {
        for (int tries = 1; ; tries++) {
            try {
                return work.get();
            } catch (DataAccessException e) {
                if (tries == TRIES || !gaveWay(e)) {
                    throw e;
                }
                isolation = Isolation.UNKNOWN;
            }
        }
    }

    private static boolean gaveWay(DataAccessException e) {
        return "40001".equals(e.sqlState()) || "40P01".equals(e.sqlState());
    }

    private <R> R runOnce(
            Function<Configuration, R> statement, String settings, Function<Connection, Configuration> autoCommitting) {
        try {
            return connections.use(connection -> {
                connection.setAutoCommit(true);
                return isReadCommitted(connection)
                        ? statement.apply(autoCommitting.apply(connection))
                        : runReadCommitted(connection, settings, statement);
            });
        } catch (SQLException e) {
            throw new DataAccessException("outbox " + outbox + ": " + e.getMessage(), e);
        }
    }

    /** Whether transactions on such connections are READ COMMITTED unless something else is said. Asked once, with auto-commit on. */
    boolean isReadCommitted(Connection connection) {
        if (isolation == Isolation.UNKNOWN) {
            Object level = DSL.using(unprepared(connection))
                    .fetchValue("select pg_catalog.current_setting('transaction_isolation')");
            isolation = "read committed".equals(level) ? Isolation.READ_COMMITTED : Isolation.OTHER;
        }
        return isolation == Isolation.READ_COMMITTED;
    }

    private <R> R runReadCommitted(Connection connection, String settings, Function<Configuration, R> statement)
            throws SQLException {
        try {
            Configuration configuration = beginOn(connection, settings);
            R result = statement.apply(configuration);
            connection.commit();
            return result;
        } catch (Throwable e) {
            OwnConnections.rollback(connection);
            throw e;
        }
    }

    private Configuration beginOn(Connection connection, String settings) throws SQLException {
        connection.setAutoCommit(false);
        Configuration configuration = unprepared(connection);
        DSL.using(configuration).execute(settings);
        return configuration;
    }

    OwnConnections connections() {
        return connections;
    }

    /**
     * For statements on this connection, which is one of {@link #connections} or stands for one. The driver may prepare them, unless there is a
     * limit for locks.
     */
    Configuration on(Connection connection) {
        return mayPrepare ? base.derive(new DefaultConnectionProvider(connection)) : unprepared(connection);
    }

    private Configuration unprepared(Connection connection) {
        return unprepared.derive(new DefaultConnectionProvider(connection));
    }
}
