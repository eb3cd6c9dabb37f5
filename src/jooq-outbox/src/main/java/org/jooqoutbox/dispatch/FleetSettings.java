package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a worker of several outboxes was built with, beside the settings of each of them. The builder has checked it.
 *
 * @param name for messages and logs
 * @param ofEach the settings of each outbox, on one line
 * @param executor where handlers run; threads of the worker's own where it is null
 * @param concurrency how many handlers run at once, in all
 * @param mostOfOne how many of them may be of one outbox
 * @param maxWaiting how many claimed messages may wait, in all
 * @param callers how many threads call the database
 * @param lookEvery how often it is looked where something was written, at least
 * @param sweepEvery how long an idle outbox is left alone, at most
 * @param refreshEvery how often it is asked which outboxes there are
 * @param listens whether outboxes say when messages may have become due
 */
record FleetSettings(
        String name,
        String ofEach,
        @Nullable Executor executor,
        int concurrency,
        int mostOfOne,
        int maxWaiting,
        int callers,
        Duration lookEvery,
        Duration sweepEvery,
        Duration refreshEvery,
        boolean listens) {

    /** Everything on one line. */
    String describe() {
        return "outboxes " + name + ": asked for every " + refreshEvery + ", writes looked for every " + lookEvery
                + ", sweep every " + sweepEvery + ", callers " + callers + ", concurrency " + concurrency + ", at most "
                + mostOfOne + " for one outbox, max waiting " + maxWaiting + "; each with " + ofEach;
    }
}
