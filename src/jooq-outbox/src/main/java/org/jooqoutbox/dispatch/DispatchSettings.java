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
 * @param settlesAndClaimsAtOnce whether the outbox is better off when asked for both at once
 * @param timeLimit after which it stops by itself
 */
record DispatchSettings(
        String outbox,
        Map<String, Route> routes,
        Duration lease,
        Duration renewal,
        Duration handlerDeadline,
        int batch,
        int maxWaiting,
        int concurrency,
        Duration shortestPoll,
        Duration longestPoll,
        int settleBatch,
        Duration settleWithin,
        int maxDeaths,
        Duration shutdownTimeout,
        boolean settlesAndClaimsAtOnce,
        @Nullable Duration timeLimit) {

    static final int UNLIMITED_DEATHS = Integer.MAX_VALUE;

    DispatchSettings {
        routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    }

    /** Whether it ends when nothing is due. */
    boolean isOnePass() {
        return timeLimit != null;
    }

    /** Everything on one line. */
    String describe() {
        return "outbox " + outbox + ": kinds " + describeRoutes() + ", lease " + lease + " renewed every " + renewal
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
