package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jooqoutbox.bench.Course.Sample;

/** Looks at a load every now and then, on a thread of its own. */
final class Recorder implements AutoCloseable {

    private static final long EVERY_MICROS = 20_000;
    private static final int LOOKS_PER_QUESTION = 50;

    private final NumberedJourneys journeys;
    private final DoubleSupplier deadRows;
    private final long begin = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread = new Thread(this::record, "bench-recorder");
    private volatile boolean stopped;

    /**
     * Begins, as the load does.
     *
     * @param deadRows asked once a second
     */
    Recorder(NumberedJourneys journeys, DoubleSupplier deadRows) {
        this.journeys = journeys;
        this.deadRows = deadRows;
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
            double dead = looks % LOOKS_PER_QUESTION == 0 ? deadRows.getAsDouble() : Double.NaN;
            samples.add(new Sample(seconds(), commits, deliveries, dead));
            Clock.pass(EVERY_MICROS);
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
