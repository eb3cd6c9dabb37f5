package org.jooqoutbox.demo;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Stops handlers where a crash hurts most: before they deliver; after that, but before the outbox hears of it; and in transactional mode after
 * they wrote, but before that is committed. A few at each place. For the replica that is about to be killed.
 */
final class Freezer {

    private enum Place {
        BEFORE_DELIVERY,
        AFTER_DELIVERY,
        BEFORE_COMMIT
    }

    /** Not all, or those of one place would take the room of the others. */
    private static final int MOST_AT_A_PLACE = 2;

    private final Runnable whenFrozen;
    private final Map<Place, Integer> stopped = new EnumMap<>(Place.class);
    private volatile boolean freezing;

    /**
     * A freezer that is off.
     *
     * @param whenFrozen is run each time a handler stops, once there is one at each place
     */
    Freezer(Runnable whenFrozen) {
        this.whenFrozen = whenFrozen;
    }

    void freeze() {
        freezing = true;
    }

    void beforeDelivery() {
        stopAt(Place.BEFORE_DELIVERY);
    }

    void afterDelivery() {
        stopAt(Place.AFTER_DELIVERY);
    }

    void beforeCommit() {
        stopAt(Place.BEFORE_COMMIT);
    }

    private void stopAt(Place place) {
        if (freezing && isRoomAt(place)) {
            new CompletableFuture<Void>().join(); // for good, and no interrupt ends it
        }
    }

    private synchronized boolean isRoomAt(Place place) {
        if (stopped.getOrDefault(place, 0) == MOST_AT_A_PLACE) {
            return false;
        }
        stopped.merge(place, 1, Integer::sum);
        if (stopped.size() == Place.values().length) {
            whenFrozen.run();
        }
        return true;
    }
}
