package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import org.jooq.exception.DataAccessException;
import org.jooqoutbox.bench.Course.Sample;
import org.jooqoutbox.bench.systems.QueueSystem;

/** Looks at a load every now and then, on a thread of its own. */
final class Recorder implements AutoCloseable {

    private static final long EVERY_MICROS = 20_000;
    private static final int LOOKS_PER_QUESTION = 50;

    private final NumberedJourneys journeys;
    private final Database database;
    private final QueueSystem system;
    private final long begin = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread = new Thread(this::record, "bench-recorder");
    private volatile boolean stopped;

    /** Begins, as the load does. */
    Recorder(NumberedJourneys journeys, Database database, QueueSystem system) {
        this.journeys = journeys;
        this.database = database;
        this.system = system;
        thread.setDaemon(true);
        thread.start();
    }

    /** Seconds since the begin. */
    double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void record() {
        for (int looks = 0; !stopped; looks++) {
            // In this order, what is committed and handed over between the two looks counts as backlog, not as less
            // than none.
            long deliveries = journeys.deliveries();
            long commits = journeys.commits();
            double dead = looks % LOOKS_PER_QUESTION == 0 ? dead() : Double.NaN;
            samples.add(new Sample(seconds(), commits, deliveries, dead));
            Clock.pass(EVERY_MICROS);
        }
    }

    private double dead() {
        try {
            return database.deadRows(system.tables());
        } catch (DataAccessException e) {
            return Double.NaN; // the server is away, which may be what is being looked at
        }
    }

    /** Ends, and returns what was seen. */
    Course finish() throws InterruptedException {
        stopped = true;
        thread.join();
        return new Course(samples);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
