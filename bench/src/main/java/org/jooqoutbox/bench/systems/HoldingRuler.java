package org.jooqoutbox.bench.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooqoutbox.bench.systems.QueueSystem.Handler;

/** Locks a batch, handles it and removes it, all in one transaction, which is open while handlers run. */
final class HoldingRuler implements PollingLoop.Work {

    private final Handler handler;
    private final HandlerThreads threads;
    private final Connection connection;
    private final PreparedStatement lock;
    private final PreparedStatement removal;

    HoldingRuler(DataSource dataSource, int most, HandlerThreads threads, Handler handler) throws SQLException {
        this.handler = handler;
        this.threads = threads;
        this.connection = RulerStatements.connect(dataSource);
        connection.setAutoCommit(false);
        this.lock = connection.prepareStatement(RulerStatements.lock(most));
        // While a row is locked, nothing moves it.
        this.removal = connection.prepareStatement("delete from " + OwnTable.name() + " where ctid = any(?::tid[])");
    }

    @Override
    public boolean round() throws Exception {
        List<String> places = new ArrayList<>();
        List<String> payloads = new ArrayList<>();
        try (ResultSet rows = lock.executeQuery()) {
            while (rows.next()) {
                places.add(rows.getString("tid"));
                payloads.add(rows.getString("payload"));
            }
        }
        threads.forAll(payloads.size(), (thread, message) -> handler.handle(payloads.get(message)));
        if (!places.isEmpty()) {
            removal.setArray(1, connection.createArrayOf("text", places.toArray()));
            removal.executeUpdate();
        }
        connection.commit();
        return !places.isEmpty();
    }

    @Override
    public void close() throws SQLException {
        threads.close();
        connection.close();
    }
}
