package org.jooqoutbox.bench.steadystate;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Waits for a server that is not there yet, but not for one that says no. */
final class Patience {

    private static final Logger LOG = System.getLogger(Patience.class.getName());
    private static final long PAUSE_MILLIS = 500;

    private Patience() {}

    /**
     * What this returns, as soon as it does.
     *
     * @throws RuntimeException what it threw, if that has nothing to do with the server's not being there, or it was not there for so long
     */
    static <T> T until(Duration limit, Supplier<T> attempt) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Troubles troubles = new Troubles("reaching the server");
        while (true) {
            try {
                return attempt.get();
            } catch (RuntimeException e) {
                if (!isAbsence(e) || System.nanoTime() - end > 0) {
                    throw e;
                }
                troubles.failed(e);
                LOG.log(Level.DEBUG, "not yet", e);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static boolean isAbsence(Throwable error) {
        return Stream.iterate(error, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof SQLException sql && (isAbsence(sql.getSQLState()) || isLate(sql)));
    }

    // A pool that had no answer from the server yet, neither good nor bad.
    private static boolean isLate(SQLException error) {
        return error instanceof SQLTransientConnectionException && error.getSQLState() == null;
    }

    // No connection; shut down, crashed, starting.
    private static boolean isAbsence(String state) {
        return state != null && (state.startsWith("08") || state.startsWith("57P0"));
    }
}
