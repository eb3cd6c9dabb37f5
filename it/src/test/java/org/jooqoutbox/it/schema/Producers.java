package org.jooqoutbox.it.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.schema.OutboxTable;

/** Go producers that enqueue one message per transaction, as fast as they can, until they are stopped. */
final class Producers implements AutoCloseable {

    private final ExecutorService threads;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger written = new AtomicInteger();
    private final List<Future<List<String>>> running = new ArrayList<>();

    Producers(OutboxTable table, int count) {
        threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(() -> produce(table)));
        }
    }

    /** How many messages are committed. */
    int written() {
        return written.get();
    }

    /** Ends them and returns the ids of all messages they have written; throws what a producer met. */
    List<String> stop() throws InterruptedException, ExecutionException {
        stopped.set(true);
        List<String> ids = new ArrayList<>();
        for (Future<List<String>> producer : running) {
            ids.addAll(producer.get());
        }
        return ids;
    }

    @Override
    public void close() {
        stopped.set(true);
        threads.shutdown();
    }

    private List<String> produce(OutboxTable table) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = Database.connect()) {
            connection.setAutoCommit(false);
            while (!stopped.get()) {
                ids.add(GoTable.enqueue(connection, table, "new"));
                connection.commit();
                written.incrementAndGet();
            }
        }
        return ids;
    }
}
