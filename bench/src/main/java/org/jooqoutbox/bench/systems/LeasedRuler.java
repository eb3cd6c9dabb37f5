package org.jooqoutbox.bench.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jooqoutbox.bench.systems.QueueSystem.Handler;

/** Claims a batch under a lease, handles it, and removes it with the next claim: a statement, a round trip and a commit per batch. */
final class LeasedRuler implements PollingLoop.Work {

    private static final String DEADLOCK = "40P01";

    private final int most;
    private final Handler handler;
    private final HandlerThreads threads;
    private final Connection connection;
    private final PreparedStatement settleAndClaim;
    private Batch handled = Batch.EMPTY;

    LeasedRuler(DataSource dataSource, int most, HandlerThreads threads, Handler handler) throws SQLException {
        this.most = most;
        this.handler = handler;
        this.threads = threads;
        this.connection = RulerStatements.connect(dataSource);
        this.settleAndClaim = connection.prepareStatement(RulerStatements.settleAndClaim(most));
    }

    @Override
    public boolean round() throws Exception {
        RulerStatements.setSettled(settleAndClaim, handled);
        Batch batch;
        try {
            batch = Batch.of(settleAndClaim, most);
        } catch (SQLException e) {
            // Of several that delete and claim in no order. It has done nothing, and is sent again.
            if (DEADLOCK.equals(e.getSQLState())) {
                return true;
            }
            throw e;
        }
        handled = Batch.EMPTY;
        threads.forAll(batch.size(), (thread, message) -> handler.handle(batch.payloads[message]));
        handled = batch;
        return batch.size() > 0;
    }

    @Override
    public void close() throws SQLException {
        try (connection;
                threads;
                PreparedStatement settle = connection.prepareStatement(RulerStatements.settle())) {
            RulerStatements.setSettled(settle, handled);
            settle.executeUpdate();
        }
    }
}
