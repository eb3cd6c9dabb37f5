package org.jooqoutbox.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jspecify.annotations.Nullable;

/** Notes what must not happen while something is measured. */
class Faults implements DispatchListener {

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    final void note(String fault) {
        faults.add(fault);
    }

    /**
     * Says what went wrong, if anything did.
     *
     * @throws BenchException if something did
     */
    final void requireNone() {
        if (!faults.isEmpty()) {
            List<String> all = new ArrayList<>(faults);
            throw new BenchException(
                    all.size() + " faults, the first of them: " + all.subList(0, Math.min(5, all.size())));
        }
    }

    @Override
    public void claimFailed(Throwable error, Duration retryAfter) {
        note("claim failed: " + error);
    }

    @Override
    public void settleFailed(List<Message> messages, Throwable error) {
        note("settlement failed: " + error);
    }

    @Override
    public void renewFailed(List<Message> messages, Throwable error) {
        note("renewal failed: " + error);
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        note("handler failed: " + message + ": " + error);
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        note("dead letter: " + message + ": " + error);
    }

    @Override
    public void leaseLost(Message message) {
        note("lease lost: " + message);
    }

    @Override
    public void unconfirmed(Message message) {
        note("unconfirmed: " + message);
    }

    @Override
    public void handlerAbandoned(Message message) {
        note("handler abandoned: " + message);
    }

    @Override
    public void outboxesUnknown(Throwable error) {
        note("outboxes unknown: " + error);
    }
}
