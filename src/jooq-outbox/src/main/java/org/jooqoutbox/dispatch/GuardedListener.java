package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells several listeners, each of which may throw whatever it likes. The first time is logged as a warning, later ones for debugging. */
final class GuardedListener implements DispatchListener {

    private final List<DispatchListener> listeners;
    private final Logger log;
    private final Set<String> blamed;

    GuardedListener(List<DispatchListener> listeners, Logger log) {
        this(listeners, new HashSet<>(), log);
    }

    /**
     * Tells these listeners.
     *
     * @param blamed the classes of listeners that have thrown
     */
    GuardedListener(List<DispatchListener> listeners, Set<String> blamed, Logger log) {
        this.blamed = blamed;
        this.listeners = List.copyOf(listeners);
        this.log = log;
    }

    private void tell(Consumer<DispatchListener> event) {
        for (DispatchListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable t) {
                tryToBlame(listener, t);
            }
        }
    }

    private void tryToBlame(DispatchListener listener, Throwable error) {
        try {
            blame(listener, error);
        } catch (Throwable t) {
            // The logger is the user's as well. Without it there is nobody left to tell.
        }
    }

    // By the name of its class: equals, hashCode and toString are the user's, too.
    private void blame(DispatchListener listener, Throwable error) {
        String name = listener.getClass().getName();
        if (blamed.add(name)) {
            log.warn("listener {} threw {}: ignored, now and later", name, ErrorText.line(ErrorText.of(error)));
        } else {
            log.debug("listener {} threw", name, error);
        }
    }

    @Override
    public void started(String description) {
        tell(listener -> listener.started(description));
    }

    @Override
    public void claimed(Claim claim) {
        tell(listener -> listener.claimed(claim));
    }

    @Override
    public void claimFailed(Throwable error, Duration retryAfter) {
        tell(listener -> listener.claimFailed(error, retryAfter));
    }

    @Override
    public void delivered(Message message) {
        tell(listener -> listener.delivered(message));
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        tell(listener -> listener.failed(message, error, cause, retryAfter));
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        tell(listener -> listener.deadLettered(message, error, cause));
    }

    @Override
    public void postponed(Message message, String reason, Duration retryAfter) {
        tell(listener -> listener.postponed(message, reason, retryAfter));
    }

    @Override
    public void expired(Message message) {
        tell(listener -> listener.expired(message));
    }

    @Override
    public void released(Message message) {
        tell(listener -> listener.released(message));
    }

    @Override
    public void leaseLost(Message message) {
        tell(listener -> listener.leaseLost(message));
    }

    @Override
    public void unconfirmed(Message message) {
        tell(listener -> listener.unconfirmed(message));
    }

    @Override
    public void settleFailed(List<Message> messages, Throwable error) {
        tell(listener -> listener.settleFailed(messages, error));
    }

    @Override
    public void renewed(Message message) {
        tell(listener -> listener.renewed(message));
    }

    @Override
    public void renewFailed(List<Message> messages, Throwable error) {
        tell(listener -> listener.renewFailed(messages, error));
    }

    @Override
    public void handlerStarted(Message message) {
        tell(listener -> listener.handlerStarted(message));
    }

    @Override
    public void notStarted(Message message, String reason) {
        tell(listener -> listener.notStarted(message, reason));
    }

    @Override
    public void handlerOverdue(Message message) {
        tell(listener -> listener.handlerOverdue(message));
    }

    @Override
    public void handlerAbandoned(Message message) {
        tell(listener -> listener.handlerAbandoned(message));
    }

    @Override
    public void breakerOpened(String kind, int failures, Duration probeAfter) {
        tell(listener -> listener.breakerOpened(kind, failures, probeAfter));
    }

    @Override
    public void breakerClosed(String kind) {
        tell(listener -> listener.breakerClosed(kind));
    }

    @Override
    public void stalled(int abandoned) {
        tell(listener -> listener.stalled(abandoned));
    }

    @Override
    public void outboxAdded(String outbox) {
        tell(listener -> listener.outboxAdded(outbox));
    }

    @Override
    public void outboxRemoved(String outbox) {
        tell(listener -> listener.outboxRemoved(outbox));
    }

    @Override
    public void outboxesUnknown(Throwable error) {
        tell(listener -> listener.outboxesUnknown(error));
    }

    @Override
    public void stopped(Worker.StopReport report) {
        tell(listener -> listener.stopped(report));
    }
}
