package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a {@link Worker} or {@link Drainer} does: for metrics, audits, tests. Every method does nothing unless overridden.
 *
 * <p>All calls about one outbox come one after the other, from a thread of the dispatcher's, so a slow listener slows down the dispatcher. Where a
 * worker has several outboxes, it may be told about two of them at the same time. What a listener
 * throws is logged and has no other effect. The log lines of this library are written whether or not there are listeners.
 *
 * <p>{@link #delivered}, {@link #failed}, {@link #deadLettered}, {@link #postponed} and {@link #released} are told when the outbox has recorded it, not before.
 */
public interface DispatchListener {

    /**
     * Who is to be told about one of several outboxes. Default: this listener itself, which tells them apart by {@link Message#outbox} where
     * there is a message.
     *
     * @param outbox the name of the outbox
     */
    default DispatchListener forOutbox(String outbox) {
        return this;
    }

    /**
     * A dispatcher begins.
     *
     * @param description outbox and all settings, on one line
     */
    default void started(String description) {}

    /** A claim came back, perhaps empty. */
    default void claimed(Claim claim) {}

    /**
     * A claim failed and will be tried again.
     *
     * @param retryAfter after this pause
     */
    default void claimFailed(Throwable error, Duration retryAfter) {}

    /** A message was delivered, and is gone from the outbox. */
    default void delivered(Message message) {}

    /**
     * A delivery failed and will be tried again.
     *
     * @param error the text, before it was redacted to be stored
     * @param cause what the handler threw; null when there is no exception
     * @param retryAfter the pause until the message is due again
     */
    default void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {}

    /**
     * A message was given up: it failed too often or for too long, with an exception that is never retried, or its handler said so; or its process
     * ended too often while it was the only one at work.
     *
     * @param error why
     * @param cause what the handler threw; null when nothing was thrown
     */
    default void deadLettered(Message message, String error, @Nullable Throwable cause) {}

    /**
     * A delivery came to nothing through no fault of the message: its handler said so, or the circuit breaker of its kind is open. It is tried
     * again, and nothing was counted.
     *
     * @param reason the text, before it was redacted to be stored
     * @param retryAfter the pause until the message is due again
     */
    default void postponed(Message message, String reason, Duration retryAfter) {}

    /** The time to live of a message had passed when it was to be claimed: it was set aside. */
    default void expired(Message message) {}

    /** A message was given back, and nothing counted against it: it was not started, or was interrupted by a shutdown. */
    default void released(Message message) {}

    /** The lease of a message ended before its outcome was recorded: it is or will be delivered again. Its handler may still be at work. */
    default void leaseLost(Message message) {}

    /**
     * The reply to a settlement was lost, and when it was sent again the message was not ours any more: most likely because the first one had
     * taken effect.
     */
    default void unconfirmed(Message message) {}

    /** The outcomes of these messages could not be recorded. That is tried again while their leases last. */
    default void settleFailed(List<Message> messages, Throwable error) {}

    /** The lease of a message was renewed, because it waits or its handler is at work. */
    default void renewed(Message message) {}

    /** The leases of these messages could not be renewed. That is tried again. */
    default void renewFailed(List<Message> messages, Throwable error) {}

    /** A message is being handed to its handler. */
    default void handlerStarted(Message message) {}

    /**
     * The executor did not begin a handler: it refused it, or had not come to it by the handler's deadline. The message is given back.
     *
     * @param reason why
     */
    default void notStarted(Message message, String reason) {}

    /** A handler was interrupted because its deadline had passed. */
    default void handlerOverdue(Message message) {}

    /** A handler did not return when it was interrupted. Its message is left to its lease, and its place given to another. */
    default void handlerAbandoned(Message message) {}

    /**
     * The destination of a kind seems to be down: nothing of it is claimed but single probes.
     *
     * @param failures how many there were in a row
     * @param probeAfter the pause before the first probe
     */
    default void breakerOpened(String kind, int failures, Duration probeAfter) {}

    /** The destination of a kind answered again. */
    default void breakerClosed(String kind) {}

    /**
     * As many handlers as may run at once have been abandoned. Nothing is claimed until one of them returns.
     *
     * @param abandoned how many
     */
    default void stalled(int abandoned) {}

    /** A worker of several outboxes has found this one, and delivers its messages from now on. */
    default void outboxAdded(String outbox) {}

    /** An outbox is not among those of its worker any more, or the worker stops. What it held of it was given back, or is left to its leases. */
    default void outboxRemoved(String outbox) {}

    /** It could not be found out which outboxes there are. The worker goes on with those that it knows, and asks again. */
    default void outboxesUnknown(Throwable error) {}

    /** A worker has stopped. A drainer returns its result instead. */
    default void stopped(Worker.StopReport report) {}
}
