package org.jooqoutbox.bench;

/**
 * A part of a load, at one rate.
 *
 * @param perSecond messages
 * @param seconds how long
 */
record Leg(double perSecond, double seconds) {

    long messages() {
        return Math.round(perSecond * seconds);
    }
}
