package org.jooqoutbox.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Somebody who works out sums over the messages and the business, again and again, each time for a while from one snapshot. */
final class AnalyticalReader implements AutoCloseable {

    private final Connection connection;
    private final List<String> tables;
    private final long nanosPerSnapshot;
    private final Thread thread = new Thread(this::read, "bench-analyst");
    private volatile @Nullable SQLException failure;
    private volatile boolean stopped;

    /**
     * Begins.
     *
     * @param tables of the messages
     */
    AnalyticalReader(Database database, List<String> tables, double secondsPerSnapshot) throws SQLException {
        this.connection = database.dataSource("bench-analyst").getConnection();
        this.tables =
                Stream.concat(Stream.of("public.business"), tables.stream()).toList();
        this.nanosPerSnapshot = Math.round(secondsPerSnapshot * 1e9);
        thread.start();
    }

    private void read() {
        try {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                while (!stopped) {
                    readFromOneSnapshot(statement);
                    connection.commit();
                }
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    private void readFromOneSnapshot(Statement statement) throws SQLException {
        long end = System.nanoTime() + nanosPerSnapshot;
        do {
            for (String table : tables) {
                statement.execute("select count(*), sum(length(one::text)) from " + table + " as one");
            }
        } while (!stopped && System.nanoTime() < end);
    }

    /**
     * Ends.
     *
     * @throws SQLException if it could not read to the end
     */
    @Override
    public void close() throws SQLException {
        stopped = true;
        try (connection) {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SQLException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }
}
