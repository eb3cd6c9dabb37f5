package org.jooqoutbox.it.crash;

import java.time.Duration;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jspecify.annotations.Nullable;

/** Tells the test what became of messages. */
final class TellingListener implements DispatchListener {

    @Override
    public void delivered(Message message) {
        tell("DELIVERED", message);
    }

    @Override
    public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
        tell("FAILED", message);
    }

    @Override
    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
        tell("DEAD", message);
    }

    @Override
    public void leaseLost(Message message) {
        tell("LEASE_LOST", message);
    }

    private static void tell(String event, Message message) {
        TestTalk.tell(event + " " + message.id() + " " + message.attempts());
    }
}
