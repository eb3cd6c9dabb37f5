package org.jooqoutbox.bench;

/**
 * How hard is looked at systems that drain a backlog.
 *
 * @param messages of this library's table, which its rulers share, and the most of any
 * @param first messages that a system with tables of its own has to warm up with
 * @param resized whether it then gets a backlog of a size that suits its rate
 * @param warmUp seconds that the warm-up lasts at most, of systems on this library's table
 * @param otherWarmUp likewise, of systems with tables of their own
 * @param seconds that each turn lasts at most
 * @param rounds how often each system has its turn in the usual shape
 */
record DrainEffort(
        int messages, int first, boolean resized, double warmUp, double otherWarmUp, double seconds, int rounds) {

    /** Of what was drained in the warm-up, with code that was not yet compiled, and by one worker. */
    private static final double MARGIN = 3;

    private static final int STEP = 1_000;

    static DrainEffort of(BenchSettings settings) {
        return settings.full()
                ? new DrainEffort(200_000, 20_000, true, 5, 5, 5, 3)
                : new DrainEffort(25_000, 3_000, false, 0.6, 0.3, 0.5, 1);
    }

    /** Messages that last for a turn with some to spare, for a system that handled so many per second when it was cold. */
    int enough(double perSecond) {
        double wanted = Math.ceil(perSecond * seconds * MARGIN / STEP) * STEP;
        return (int) Math.min(messages, Math.max(STEP, wanted));
    }
}
