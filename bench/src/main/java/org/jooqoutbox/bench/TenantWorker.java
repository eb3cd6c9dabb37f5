package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import org.jooqoutbox.Handler;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxes;
import org.jooqoutbox.schema.OutboxTable;

/** One worker with the default settings for many outboxes, running until it is closed. */
final class TenantWorker implements AutoCloseable {

    /** What its connections are called. */
    static final String APPLICATION = "bench-worker";

    /** How often a worker looks for writes at least, unless told otherwise: the longest poll. */
    static final double LOOK_MILLIS = 1_000;

    /** Four for claims and settlements, one that looks, one to spare. */
    private static final int CONNECTIONS = 6;

    private final HikariDataSource pool;
    private final JooqOutboxes outboxes;
    private final Faults faults;
    private final Worker worker;

    TenantWorker(Database database, List<OutboxTable> tables, Handler<String> handler) {
        this(database, tables, handler, new Faults());
    }

    /** One that tells this listener of what it does. */
    TenantWorker(Database database, List<OutboxTable> tables, Handler<String> handler, Faults faults) {
        this.faults = faults;
        pool = database.pool(APPLICATION, CONNECTIONS);
        outboxes = JooqOutboxes.builder(pool).tables(() -> tables).build();
        worker = Worker.builder(outboxes)
                .handle(Producer.KIND, handler)
                .listener(faults)
                .build();
        worker.start();
    }

    JooqOutboxes outboxes() {
        return outboxes;
    }

    /** Stops it. Fails if something went wrong. */
    @Override
    public void close() {
        worker.close();
        pool.close();
        faults.requireNone();
    }
}
