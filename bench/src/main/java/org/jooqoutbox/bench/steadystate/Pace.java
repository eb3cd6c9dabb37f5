package org.jooqoutbox.bench.steadystate;

/** Says when how many messages are to be written. For one thread. */
@FunctionalInterface
interface Pace {

    /** Waits until some are due, and returns how many of them go into one transaction: at least one. */
    int next() throws InterruptedException;
}
