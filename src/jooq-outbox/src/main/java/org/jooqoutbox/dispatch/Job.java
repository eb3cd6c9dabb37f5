package org.jooqoutbox.dispatch;

import java.util.List;

/** Messages that a handler has been given: one, unless it takes batches. They run, are interrupted and are abandoned together. */
final class Job {

    private final Lane lane;
    private final List<Held> messages;
    private final long number;
    private final long deadlineAt;

    Job(Lane lane, List<Held> messages, long number, long deadlineAt) {
        this.lane = lane;
        this.messages = List.copyOf(messages);
        this.number = number;
        this.deadlineAt = deadlineAt;
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
