package org.jooqoutbox.dispatch;

/**
 * How many messages of one kind may wait to be started: a batch, of which no more is claimed while all its handlers could start at once.
 *
 * <p>Where claims hold up nothing else, the next one is sent early: while so many messages wait as were started during the last claims. They may
 * wait on top of the batch. So quick handlers need not wait for a claim, and those that take longer than one hold no more messages for it.
 *
 * <p>Where more than a usual batch is started during a claim, batches grow as well: one claim of many costs less than many of a few.
 */
final class ReadAhead {

    private final int room;
    private final int usual;
    private final int enough;
    private final int most;
    private int ahead;
    private int waitedWhenAsked;

    /**
     * Begins with none.
     *
     * @param room how many messages of the kind may wait at the very most
     */
    ReadAhead(DispatchSettings settings, Route route, int room) {
        this.room = room;
        BatchSize batch = settings.batch().within(room);
        this.usual = batch.usual();
        this.enough = (int)
                Math.min(usual, (long) route.concurrency() * route.delivery().most());
        this.most = settings.overlaps() ? Math.min(batch.most(), room / 2) : 0;
    }

    /** How many to claim at most, however few wait. */
    int batch() {
        return Math.max(usual, ahead);
    }

    /** How many to claim while so many wait. */
    int wanted(int waiting) {
        return waiting < Math.max(enough, ahead) ? Math.min(batch(), Math.min(room, batch() + ahead) - waiting) : 0;
    }

    /** A claim was sent while so many waited. */
    void asked(int waiting) {
        waitedWhenAsked = waiting;
    }

    /**
     * It was answered.
     *
     * @param waiting how many of those are left that waited before
     * @param more whether it left some behind
     */
    void answered(int waiting, boolean more) {
        if (more && waiting == 0 && waitedWhenAsked > 0) {
            ahead = Math.min(most, Math.max(enough, 2 * ahead));
        } else if (waiting > ahead / 2) {
            int started = waitedWhenAsked - waiting;
            ahead = Math.max(ahead / 4, Math.min(ahead * 3 / 4, 3 * started));
        }
    }
}
