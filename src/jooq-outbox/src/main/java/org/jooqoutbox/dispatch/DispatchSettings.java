package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher was built with. The builder has checked it.
 *
 * @param batch how many messages are claimed at once
 * @param settleBatch how many outcomes are recorded at once
 * @param settlesAndClaimsAtOnce whether the outbox is better off when asked for both at once
 * @param looksAhead whether the outbox is asked when something is due, before an idle one is claimed from
 * @param isOneOfMany whether its worker has other outboxes, too
 * @param overlaps whether the outbox is called on threads of its own, so that handlers are started and come back meanwhile
 * @param timeLimit after which it stops by itself
 */
record DispatchSettings(
        String outbox,
        Map<String, Route> routes,
        Duration lease,
        Duration renewal,
        Duration handlerDeadline,
        BatchSize batch,
        int maxWaiting,
        int concurrency,
        Duration shortestPoll,
        Duration longestPoll,
        BatchSize settleBatch,
        Duration settleWithin,
        int maxDeaths,
        Duration shutdownTimeout,
        boolean settlesAndClaimsAtOnce,
        boolean looksAhead,
        boolean isOneOfMany,
        boolean overlaps,
        @Nullable Duration timeLimit) {

    static final int UNLIMITED_DEATHS = Integer.MAX_VALUE;

    DispatchSettings {
        routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    }

    /**
     * The same for one of several outboxes of a worker.
     *
     * @param most how many of its handlers may run at once
     * @param sweep after which pause it is looked at itself, when nobody says that something may be due
     */
    DispatchSettings asOneOfMany(int most, Duration sweep) {
        return with(most, sweep, true, overlaps);
    }

    /** The same, with calls of the outbox that nothing waits for. */
    DispatchSettings overlapping() {
        return with(concurrency, longestPoll, isOneOfMany, true);
    }

    private DispatchSettings with(int most, Duration sweep, boolean many, boolean overlapping) {
        return new DispatchSettings(
                outbox,
                routes,
                lease,
                renewal,
                handlerDeadline,
                batch,
                maxWaiting,
                most,
                shortestPoll,
                sweep,
                settleBatch,
                settleWithin,
                maxDeaths,
                shutdownTimeout,
                settlesAndClaimsAtOnce,
                looksAhead,
                many,
                overlapping,
                timeLimit);
    }

    /** Whether it ends when nothing is due. */
    boolean isOnePass() {
        return timeLimit != null;
    }

    /** Everything on one line. */
    String describe() {
        return "outbox " + outbox + ": " + describeAll();
    }

    /** Everything but the outbox. */
    String describeAll() {
        return "kinds " + describeRoutes() + ", lease " + lease + " renewed every " + renewal
                + ", handler deadline " + handlerDeadline + ", batch " + batch + ", max waiting " + maxWaiting
                + ", concurrency " + concurrency
                + ", poll " + shortestPoll + " to " + longestPoll + ", settle batch " + settleBatch + " within "
                + settleWithin + ", max deaths " + (maxDeaths == UNLIMITED_DEATHS ? "off" : maxDeaths)
                + ", shutdown timeout " + shutdownTimeout
                + (timeLimit == null ? "" : ", time limit " + timeLimit);
    }

    private String describeRoutes() {
        return routes.values().stream().map(Route::describe).collect(Collectors.joining(", ", "[", "]"));
    }
}
