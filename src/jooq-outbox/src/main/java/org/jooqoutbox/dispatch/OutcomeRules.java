package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.dispatch.RunningHandlers.End;

/** What follows from the way a handler ended. */
final class OutcomeRules {

    private final DispatchSettings settings;
    private final RandomGenerator random;

    OutcomeRules(DispatchSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** Done, however late; given back if it was not begun, or failed because a shutdown interrupted it; else a failure. */
    Outcome outcomeOf(Held held, End end, HandlerResult result) {
        if (result instanceof HandlerResult.Delivered) {
            return new Outcome(held, Settlement.done(held.message()), null);
        }
        return result instanceof HandlerResult.Failed failed && end != End.AFTER_STOP
                ? failure(held, end, failed)
                : Outcome.released(held);
    }

    private Outcome failure(Held held, End end, HandlerResult.Failed failed) {
        Message message = held.message();
        String error = end == End.IN_TIME ? failed.error() : afterDeadline(failed.error());
        Settlement settlement = retryAfter(message)
                .map(after -> Settlement.failed(message, error, after))
                .orElseGet(() -> Settlement.dead(message, error));
        return new Outcome(held, settlement, failed.cause());
    }

    private Optional<Duration> retryAfter(Message message) {
        Route<?> route = Objects.requireNonNull(settings.routes().get(message.kind()));
        int before = message.failures();
        return route.policy().retryAfter(before == Integer.MAX_VALUE ? before : before + 1, random);
    }

    private String afterDeadline(String error) {
        String text = "the handler's deadline of " + settings.handlerDeadline() + " passed; then " + error;
        return ErrorText.cut(text, ErrorText.MAX_LENGTH);
    }
}
