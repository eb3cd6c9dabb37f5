package org.jooqoutbox.dispatch;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Messages that a handler has been given: one, unless it takes batches. They run, are interrupted and are abandoned together. */
final class Job {

    private final Lane lane;
    private final List<Held> messages;
    private final long number;
    private final long deadlineAt;
    private final int places;
    private final Share share;
    private final AtomicBoolean gaveBack = new AtomicBoolean();

    /**
     * A job that begins.
     *
     * @param places how many it has of this share: one, unless nothing may be at work beside it
     */
    Job(Lane lane, List<Held> messages, long number, long deadlineAt, int places, Share share) {
        this.lane = lane;
        this.messages = List.copyOf(messages);
        this.number = number;
        this.deadlineAt = deadlineAt;
        this.places = places;
        this.share = share;
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

    /** Its handler has returned, or does not count any more, so that others may begin. From any thread; a second time means nothing. */
    void giveBackPlaces() {
        if (!gaveBack.getAndSet(true)) {
            share.giveBack(places);
        }
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
