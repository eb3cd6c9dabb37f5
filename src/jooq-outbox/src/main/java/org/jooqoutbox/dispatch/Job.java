package org.jooqoutbox.dispatch;

import java.util.List;

/** Messages that a handler has been given: one, unless it takes batches. They run, are interrupted and are abandoned together. */
final class Job {

    private final Lane lane;
    private final List<Held> messages;
    private final long number;
    private final long deadlineAt;
    private final int places;

    Job(Lane lane, List<Held> messages, long number, long deadlineAt, int places) {
        this.lane = lane;
        this.messages = List.copyOf(messages);
        this.number = number;
        this.deadlineAt = deadlineAt;
        this.places = places;
    }

    Lane lane() {
        return lane;
    }

    List<Held> messages() {
        return messages;
    }

    /** Counts up from job to job. */
    long number() {
        return number;
    }

    long deadlineAt() {
        return deadlineAt;
    }

    /** How many places it has in the worker: one, unless nothing may be at work beside it. */
    int places() {
        return places;
    }

    /** When the first of its leases ends. */
    long leaseEnd() {
        return messages.stream()
                .map(Held::leaseEnd)
                .reduce((a, b) -> Nanos.reached(a, b) ? a : b)
                .orElseThrow();
    }

    boolean isLost() {
        return messages.stream().allMatch(Held::isLost);
    }
}
