package org.jooqoutbox.dispatch;

import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jspecify.annotations.Nullable;

/** What is to be written about a message, and what is known of the tries to write it. */
final class PendingSettlement {

    private final Held held;
    private final Settlement settlement;
    private final @Nullable Throwable cause;
    private boolean sent;
    private boolean uncertain;

    PendingSettlement(Held held, Settlement settlement, @Nullable Throwable cause) {
        this.held = held;
        this.settlement = settlement;
        this.cause = cause;
    }

    static PendingSettlement released(Held held) {
        return new PendingSettlement(held, Settlement.released(held.message()), null);
    }

    Held held() {
        return held;
    }

    Message message() {
        return held.message();
    }

    Settlement settlement() {
        return settlement;
    }

    boolean isRelease() {
        return settlement instanceof Settlement.Released;
    }

    /** Whether another message of its ordering key may be the first when this is recorded. */
    boolean freesKey() {
        return held.message().orderingKey() != null
                && (settlement instanceof Settlement.Done || settlement instanceof Settlement.Dead);
    }

    void sent() {
        sent = true;
    }

    /** A try to write it threw: the reply may be what was lost, and the outcome written. */
    void unanswered() {
        uncertain = true;
    }

    boolean uncertain() {
        return uncertain;
    }

    /** Tried, and the lease is over: not worth another try. */
    boolean lapsed(long now) {
        return sent && Nanos.reached(held.leaseEnd(), now);
    }

    /** Tells the listener what took effect. */
    void applied(DispatchListener listener) {
        Message message = held.message();
        if (settlement instanceof Settlement.Failed failed) {
            listener.failed(message, failed.error(), cause, failed.retryAfter());
        } else if (settlement instanceof Settlement.Dead dead) {
            listener.deadLettered(message, dead.error(), cause);
        } else if (settlement instanceof Settlement.Postponed postponed) {
            listener.postponed(message, postponed.reason(), postponed.retryAfter());
        } else if (settlement instanceof Settlement.Released) {
            listener.released(message);
        } else {
            listener.delivered(message);
        }
    }
}
