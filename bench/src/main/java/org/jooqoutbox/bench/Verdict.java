package org.jooqoutbox.bench;

/**
 * Whether a system kept up with a load.
 *
 * @param rate messages per second that were written
 * @param limit what held it up
 */
record Verdict(double rate, Limit limit) {

    /** By more of the offered messages than this, a backlog has grown. */
    private static final double GROWTH = 0.05;

    /** Producers that need longer than this, in times of what was asked for, do not keep up. */
    private static final double LATE = 1.1;

    enum Limit {
        NONE("nothing"),
        BACKLOG("the backlog"),
        PRODUCERS("the producers");

        final String words;

        Limit(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * Of what was seen.
     *
     * @param offered messages that were to be written
     * @param asked within how many seconds
     * @param taken how many seconds that took
     * @param growth by how many messages the backlog grew meanwhile
     */
    static Verdict of(long offered, double asked, double taken, long growth) {
        double rate = offered / Math.max(asked, taken);
        if (growth > offered * GROWTH) {
            return new Verdict(rate, Limit.BACKLOG);
        }
        return new Verdict(rate, taken > asked * LATE ? Limit.PRODUCERS : Limit.NONE);
    }

    boolean sustained() {
        return limit == Limit.NONE;
    }
}
