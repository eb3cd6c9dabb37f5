package org.jooqoutbox.dispatch;

import static org.jooqoutbox.dispatch.RunningHandlers.End;

import java.time.Duration;

/** What the ends of handlers say about where they deliver to: the circuit breakers learn of it, and who listens. */
final class Destinations {

    private final Lanes lanes;
    private final Gauges gauges;
    private final DispatchListener listener;

    Destinations(Lanes lanes, Gauges gauges, DispatchListener listener) {
        this.lanes = lanes;
        this.gauges = gauges;
        this.listener = listener;
    }

    /**
     * A handler of this lane has ended. A failure that the policy would not retry is the message's own, and what follows a shutdown or a lost lease
     * is ours. Only a delivery shows that the destination works.
     *
     * @return whether its breaker has opened now
     */
    boolean answered(Lane lane, End end, HandlerResult result, long now) {
        boolean ours = end == End.AFTER_STOP || end == End.AFTER_LOSS || end == End.ABANDONED;
        if (result instanceof HandlerResult.Delivered || result instanceof HandlerResult.Committed) {
            delivered(lane);
        } else if (!ours && result instanceof HandlerResult.Failed failed && isOfTheDestination(lane, failed)) {
            return failed(lane, now);
        } else if (!ours && !(result instanceof HandlerResult.NotHeld)) {
            lane.breaker().noteNothing(now);
        }
        return false;
    }

    private static boolean isOfTheDestination(Lane lane, HandlerResult.Failed failed) {
        return !failed.unreadable() && !lane.route().retry().neverRetries(failed.cause());
    }

    private void delivered(Lane lane) {
        if (lane.breaker().delivered()) {
            gauges.broken(lanes.broken());
            listener.breakerClosed(lane.route().kind());
        }
    }

    /**
     * A handler of this lane has failed, or does not return in time.
     *
     * @return whether its breaker has opened now
     */
    boolean failed(Lane lane, long now) {
        boolean opened = lane.breaker().failed(now);
        if (opened) {
            Duration pause = Duration.ofNanos(lane.breaker().untilProbe(now));
            gauges.broken(lanes.broken());
            listener.breakerOpened(lane.route().kind(), lane.breaker().failures(), pause);
        }
        return opened;
    }
}
