package org.jooqoutbox.dispatch;

import java.time.Duration;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/** How the attempt to deliver a message ended. Made on the handler's thread: what an exception does when it is asked is the user's code too. */
sealed interface HandlerResult {

    /** The handler said that it was delivered. */
    record Delivered() implements HandlerResult {}

    /**
     * The handler threw, or was not even called because the payload could not be decoded.
     *
     * @param error the text to be stored
     * @param unreadable whether it is the message's own fault, or the handler's, and says nothing of the destination
     */
    record Failed(Throwable cause, String error, boolean unreadable) implements HandlerResult {

        static Failed of(Throwable cause) {
            return new Failed(cause, ErrorText.of(cause), false);
        }

        static Failed ofUnreadable(Throwable cause) {
            return new Failed(cause, ErrorText.of(cause), true);
        }
    }

    /** The handler said that it failed, and when to try again. */
    record Retry(Duration pause, String reason) implements HandlerResult {}

    /** The handler said that it is to be tried later, and nothing counted. */
    record Postponed(Duration pause, String reason) implements HandlerResult {}

    /** The handler gave it up. */
    record Dead(String reason) implements HandlerResult {}

    /** It was delivered and removed, in one transaction. */
    record Committed() implements HandlerResult {}

    /** The handler was not called, because the message was not ours any more, or somebody had its row locked. */
    record NotHeld(Verdict verdict) implements HandlerResult {}

    /** The executor never began it. */
    record NotStarted(String reason) implements HandlerResult {}

    /** What a handler answered. */
    static HandlerResult of(@Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            return new Delivered();
        }
        if (outcome instanceof Outcome.Retry retry) {
            return new Retry(retry.pause(), cut(retry.reason()));
        }
        if (outcome instanceof Outcome.Postpone postpone) {
            return new Postponed(postpone.pause(), cut(postpone.reason()));
        }
        if (outcome instanceof Outcome.Dead dead) {
            return new Dead(cut(dead.reason()));
        }
        return outcome instanceof Outcome.Failed failed
                ? Failed.of(failed.cause())
                : Failed.ofUnreadable(new OutboxException("the handler returned null instead of an outcome"));
    }

    private static String cut(String reason) {
        return ErrorText.cut(reason, ErrorText.MAX_LENGTH);
    }
}
