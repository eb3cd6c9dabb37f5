package org.jooqoutbox.bench;

/**
 * How a load is written.
 *
 * @param producers how many write at once, each with a connection
 * @param perTransaction how many messages each of their transactions has
 */
record LoadShape(int producers, int perTransaction) {

    @Override
    public String toString() {
        return perTransaction + (perTransaction == 1 ? " message" : " messages") + " per transaction";
    }
}
