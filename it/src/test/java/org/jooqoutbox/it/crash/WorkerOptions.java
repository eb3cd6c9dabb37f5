package org.jooqoutbox.it.crash;

import java.time.Duration;
import java.util.Map;

/**
 * How a worker in a forked JVM is built.
 *
 * @param lease of a message; a handler has three quarters of it
 * @param maxDeaths zero for no limit
 * @param acknowledgesFirst a bug, planted to see whether it is found: messages are acknowledged before they are handed out
 */
record WorkerOptions(Duration lease, int batch, int concurrency, int maxDeaths, boolean acknowledgesFirst) {

    static WorkerOptions withLease(Duration lease) {
        return new WorkerOptions(lease, 20, 4, 3, false);
    }

    WorkerOptions batch(int batch) {
        return new WorkerOptions(lease, batch, concurrency, maxDeaths, acknowledgesFirst);
    }

    WorkerOptions maxDeaths(int maxDeaths) {
        return new WorkerOptions(lease, batch, concurrency, maxDeaths, acknowledgesFirst);
    }

    WorkerOptions acknowledgingFirst() {
        return new WorkerOptions(lease, batch, concurrency, maxDeaths, true);
    }

    Map<String, String> properties() {
        return Map.of(
                "test.lease", lease.toString(),
                "test.batch", Integer.toString(batch),
                "test.concurrency", Integer.toString(concurrency),
                "test.deaths", Integer.toString(maxDeaths),
                "test.acknowledges.first", Boolean.toString(acknowledgesFirst));
    }

    /** Those that the process was started with. */
    static WorkerOptions ofThisProcess() {
        return new WorkerOptions(
                Duration.parse(System.getProperty("test.lease")),
                Integer.getInteger("test.batch"),
                Integer.getInteger("test.concurrency"),
                Integer.getInteger("test.deaths"),
                Boolean.getBoolean("test.acknowledges.first"));
    }
}
