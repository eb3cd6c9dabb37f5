package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.dispatch.RunningHandlers.End;

/** What is to be recorded of the way a handler ended. */
final class SettlementRules {

    private final RandomGenerator random;

    SettlementRules(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Done, however late; given back if it was not begun, or failed because a shutdown interrupted it; else what the handler said, or what the
     * retry policy makes of its failure.
     *
     * @param counted whether a failure counts against the message
     */
    PendingSettlement of(Held held, Route route, End end, HandlerResult result, boolean counted, long now) {
        Message message = held.message();
        if (result instanceof HandlerResult.Delivered) {
            return new PendingSettlement(held, Settlement.done(message), null);
        }
        if (result instanceof HandlerResult.Postponed postponed) {
            return later(held, postponed.reason(), postponed.pause());
        }
        if (result instanceof HandlerResult.Dead dead) {
            return new PendingSettlement(held, Settlement.dead(message, dead.reason()), null);
        }
        if (result instanceof HandlerResult.Retry retry) {
            return retry(held, route, retry, now);
        }
        return result instanceof HandlerResult.Failed failed && end != End.AFTER_STOP
                ? failure(held, route, end, failed, counted, now)
                : PendingSettlement.released(held);
    }

    private PendingSettlement retry(Held held, Route route, HandlerResult.Retry retry, long now) {
        Message message = held.message();
        boolean ends = route.retry().givesUp(failures(message), held.age(now));
        Settlement settlement = ends
                ? Settlement.dead(message, retry.reason())
                : Settlement.failed(message, retry.reason(), retry.pause());
        return new PendingSettlement(held, settlement, null);
    }

    private PendingSettlement failure(
            Held held, Route route, End end, HandlerResult.Failed failed, boolean counted, long now) {
        Message message = held.message();
        String error = end == End.AFTER_DEADLINE || end == End.ABANDONED
                ? afterDeadline(route, failed.error())
                : failed.error();
        RetryPolicy policy = route.retry();
        if (!counted && !failed.unreadable() && !policy.neverRetries(failed.cause())) {
            return later(held, error, policy.pause(failures(message), random));
        }
        Optional<Duration> after = policy.retryAfter(failures(message), held.age(now), failed.cause(), random);
        Settlement settlement = after.map(pause -> Settlement.failed(message, error, pause))
                .orElseGet(() -> Settlement.dead(message, error));
        return new PendingSettlement(held, settlement, failed.cause());
    }

    private static PendingSettlement later(Held held, String reason, Duration pause) {
        return new PendingSettlement(held, Settlement.postponed(held.message(), reason, pause), null);
    }

    private static int failures(Message message) {
        int before = message.failures();
        return before == Integer.MAX_VALUE ? before : before + 1;
    }

    private static String afterDeadline(Route route, String error) {
        String text = "the handler's deadline of " + route.deadline() + " passed; then " + error;
        return ErrorText.cut(text, ErrorText.MAX_LENGTH);
    }
}
