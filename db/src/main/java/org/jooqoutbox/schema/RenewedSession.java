package org.jooqoutbox.schema;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** An {@link InstallSession} for many steps: one that fails, or loses the connection, leaves a sound one to the next. */
final class RenewedSession implements AutoCloseable {

    private static final Logger LOG = System.getLogger("org.jooqoutbox.schema");

    private final DataSource dataSource;
    private @Nullable InstallSession session;
    private @Nullable SQLException unreachable;

    RenewedSession(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    interface Step<T> {
        T run(InstallSession session) throws SQLException;
    }

    /**
     * Runs it once.
     *
     * @param lockTimeout how long its statements wait for a lock unless they say something else
     */
    <T> T attempt(Duration lockTimeout, Step<T> step) throws SQLException {
        InstallSession current = open();
        try {
            current.limitLockWaits(lockTimeout);
            return step.run(current);
        } catch (SQLException | RuntimeException e) {
            recover(current);
            throw e;
        }
    }

    /** Gives the connection back. All work is done, so nothing can go wrong that the caller should hear of. */
    @Override
    public void close() {
        if (session != null) {
            close(session);
            session = null;
        }
    }

    private InstallSession open() throws SQLException {
        if (unreachable != null) {
            // A pool may wait half a minute for each attempt, and there may be thousands.
            throw unreachable;
        }
        if (session == null) {
            try {
                session = InstallSession.open(dataSource);
            } catch (SQLException | RuntimeException e) {
                unreachable = new SQLException("no connection to be had: " + e.getMessage(), e);
                throw unreachable;
            }
        }
        return session;
    }

    private void recover(InstallSession failed) {
        try {
            failed.reset();
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the connection is lost, the next step gets another one", e);
            close(failed);
            session = null;
        }
    }

    private static void close(InstallSession session) {
        try {
            session.close();
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the connection could not be given back as it came, so it was closed", e);
        }
    }
}
