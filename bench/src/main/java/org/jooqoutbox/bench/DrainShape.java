package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.bench.systems.QueueSystem;

/**
 * What is to be done with a backlog.
 *
 * @param workMicros how long a handler takes
 * @param rounds how often it is measured
 * @param systems that are measured
 */
record DrainShape(int workMicros, int workers, int rounds, List<QueueSystem> systems) {

    /** How many handlers of a worker may run at once. */
    static final int THREADS = 10;

    DrainTurn.Job job(QueueSystem system, int messages, double seconds) {
        return new DrainTurn.Job(system, messages, workers, THREADS, workMicros, seconds);
    }

    /** The same in few words. */
    String brief() {
        return (workMicros == 0 ? "no-op" : workMicros / 1_000 + " ms") + " × " + workers;
    }

    @Override
    public String toString() {
        String handler = workMicros == 0 ? "no-op handler" : "handler of " + workMicros / 1_000 + " ms";
        return handler + ", " + workers + (workers == 1 ? " worker" : " workers");
    }
}
