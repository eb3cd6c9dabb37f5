package org.jooqoutbox.bench.systems;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jooq.tools.jdbc.JDBCUtils;

/**
 * The Go library whose tables this one can take over, put into Java word by word: a claim in two statements, handlers one after the other however many
 * might run at once, and a deletion for each message. Its claims take no lease: several workers handle the same messages.
 */
public final class GoPort implements QueueSystem {

    private static final String APPLICATION = "bench-go";
    private static final int BATCH = 50;
    private static final long POLL_MILLIS = 5_000;

    @Override
    public String title() {
        return "Go port";
    }

    @Override
    public String version() {
        return "by hand";
    }

    @Override
    public String settings() {
        return "its defaults: batch " + BATCH
                + ", one handler at a time, polls every 5 s after a batch that was not full";
    }

    @Override
    public void install(Connections connections) throws SQLException {
        try (Connection connection = connections.dataSource(APPLICATION).getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : GoTable.DDL) {
                statement.execute(each);
            }
        }
    }

    @Override
    public List<String> tables() {
        return List.of(GoTable.NAME);
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return Counted.rows(connections.dataSource(APPLICATION), GoTable.NAME);
    }

    @Override
    public Sender sender(Connections connections) throws SQLException {
        return new GoSender(connections.dataSource(APPLICATION).getConnection());
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) {
        return PollingLoop.start(APPLICATION, new Dispatcher(connections.pool(APPLICATION, 2), handler), POLL_MILLIS);
    }

    /** One claim, its handlers in sequence, and again at once if the batch was full. */
    private record Dispatcher(HikariDataSource pool, Handler handler) implements PollingLoop.Work {

        @Override
        public boolean round() throws Exception {
            List<GoTable.Claimed> claimed = claim();
            for (GoTable.Claimed message : claimed) {
                handler.handle(message.payload());
                try (Connection connection = pool.getConnection()) {
                    GoTable.markDone(connection, message.id());
                }
            }
            return claimed.size() == BATCH;
        }

        private List<GoTable.Claimed> claim() throws SQLException {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                List<GoTable.Claimed> claimed = GoTable.claim(connection, BATCH);
                connection.commit();
                return claimed;
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** Writes in a transaction of plain JDBC. */
    private static final class GoSender implements Sender {

        private final Connection connection;

        GoSender(Connection connection) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
        }

        @Override
        public void send(List<String> payloads) throws SQLException {
            Business.insert(connection);
            GoTable.enqueue(connection, OwnTable.KIND, payloads);
            connection.commit();
        }

        @Override
        public void close() {
            JDBCUtils.safeClose(connection);
        }
    }

    @Override
    public String toString() {
        return title();
    }
}
