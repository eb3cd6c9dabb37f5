package org.jooqoutbox.bench;

/**
 * How long each part of a fault takes.
 *
 * @param rate messages per second
 * @param warmUp seconds of load before the first fault
 * @param before seconds whose rate is that before the fault
 * @param cutting seconds of a fault that lasts
 * @param after seconds to come back
 */
record FaultPlan(double rate, double warmUp, double before, double cutting, double after) {

    /** Seconds over which a rate is taken. */
    static final double WINDOW = 0.5;

    /** What was written within so many seconds may wait, and yet a worker has caught up. */
    static final double CALM_SECONDS = 0.2;

    /** How long is waited for that. */
    static final double PATIENCE_SECONDS = 60;

    static final LoadShape SHAPE = new LoadShape(8, 10);

    /** Part of the rate before. */
    static final double BACK = 0.95;

    /** A worker that handles less than this part of what is written does not keep up. */
    static final double KEPT_UP = 0.5;

    static FaultPlan of(BenchSettings settings) {
        return settings.full() ? new FaultPlan(2_000, 3, 4, 10, 9) : new FaultPlan(1_000, 1, 0.8, 1, 2);
    }

    /** Seconds of load that are enough for this many faults, though each takes some seconds more than planned. */
    double mostSeconds(int faults) {
        return warmUp + faults * (before + cutting + after + 2 * PATIENCE_SECONDS);
    }
}
