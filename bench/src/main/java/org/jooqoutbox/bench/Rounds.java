package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Lets variants take turns, in another order each round, so that whatever else goes on meets all of them alike. */
final class Rounds {

    private Rounds() {}

    /** Measures one variant once. */
    @FunctionalInterface
    interface Turn<V> {

        void run(V variant) throws Exception;
    }

    static <V> void run(int rounds, List<V> variants, Random random, Turn<V> turn) throws Exception {
        for (int round = 0; round < rounds; round++) {
            List<V> order = new ArrayList<>(variants);
            Collections.shuffle(order, random);
            for (V variant : order) {
                turn.run(variant);
            }
        }
    }
}
