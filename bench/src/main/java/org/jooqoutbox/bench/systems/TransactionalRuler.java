package org.jooqoutbox.bench.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooqoutbox.bench.systems.QueueSystem.Handler;

/** Claims a batch under a lease, then gives each message a transaction that removes it and calls its handler. */
final class TransactionalRuler implements PollingLoop.Work {

    private final int most;
    private final Handler handler;
    private final HandlerThreads threads;
    private final Connection claiming;
    private final PreparedStatement claim;
    private final List<Delivery> deliveries = new ArrayList<>();

    /** The transactions of one thread. */
    private static final class Delivery {

        final Connection connection;
        final PreparedStatement removal;

        Delivery(DataSource dataSource) throws SQLException {
            connection = RulerStatements.connect(dataSource);
            connection.setAutoCommit(false);
            removal = connection.prepareStatement("delete from " + OwnTable.name()
                    + " where id = ? and attempts = ? and status = 'pending' and unsettled > 0");
        }
    }

    TransactionalRuler(DataSource dataSource, int most, int count, HandlerThreads threads, Handler handler)
            throws SQLException {
        this.most = most;
        this.handler = handler;
        this.threads = threads;
        this.claiming = RulerStatements.connect(dataSource);
        this.claim = claiming.prepareStatement(RulerStatements.claim(most));
        for (int i = 0; i < count; i++) {
            deliveries.add(new Delivery(dataSource));
        }
    }

    @Override
    public boolean round() throws Exception {
        Batch batch = Batch.of(claim, most);
        threads.forAll(batch.size(), (thread, message) -> deliver(deliveries.get(thread), batch, message));
        return batch.size() > 0;
    }

    private void deliver(Delivery delivery, Batch batch, int message) throws Exception {
        delivery.removal.setObject(1, batch.ids[message]);
        delivery.removal.setInt(2, batch.attempts[message]);
        // Whose lease is lost is somebody else's by now.
        if (delivery.removal.executeUpdate() == 1) {
            handler.handle(batch.payloads[message]);
        }
        delivery.connection.commit();
    }

    @Override
    public void close() throws SQLException {
        threads.close();
        for (Delivery each : deliveries) {
            each.connection.close();
        }
        claiming.close();
    }
}
