package org.jooqoutbox.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Directs a message whose first handler outlasts its lease, so that a stale replica reports while another handler is at work on the same
 * message. That report must change nothing.
 *
 * <p>The first handler waits until there is a second one, and is then told to succeed or to fail. The second waits until the outbox has
 * answered the first, and is then told to do the opposite: it fails where a success that is believed would delete the message under its hands,
 * and succeeds where a failure that is believed would have the message delivered a third time.
 */
final class LateMessage {

    private record Handling(int attempt, Consumer<String> replica) {

        void tell(UUID message, boolean deliver) {
            replica.accept((deliver ? "deliver " : "refuse ") + message + " " + attempt);
        }
    }

    private final UUID message;
    private final boolean firstSucceeds;
    private final Function<UUID, String> look;
    private final List<Handling> handlers = new ArrayList<>();
    private String before = "";
    private boolean firstAnswered;
    private boolean secondTold;
    private @Nullable StaleReport report;

    LateMessage(UUID message, boolean firstSucceeds, Function<UUID, String> look) {
        this.message = message;
        this.firstSucceeds = firstSucceeds;
        this.look = look;
    }

    /** A handler has it, and asks what to do. */
    void asked(int attempt, Consumer<String> replica) {
        Handling handling = new Handling(attempt, replica);
        handlers.add(handling);
        if (handlers.size() == 2) {
            before = look.apply(message);
            handlers.get(0).tell(message, firstSucceeds);
        } else if (handlers.size() > 2) {
            handling.tell(message, true);
        }
        tellSecond();
    }

    /** The outbox has answered the report about this attempt. */
    void outboxAnswered(int attempt) {
        firstAnswered |= !handlers.isEmpty() && handlers.get(0).attempt() == attempt;
        tellSecond();
    }

    private void tellSecond() {
        boolean hasThird = handlers.size() > 2;
        if (!secondTold && handlers.size() > 1 && (firstAnswered || hasThird)) {
            secondTold = true;
            report = new StaleReport(message, before, look.apply(message));
            handlers.get(1).tell(message, !firstSucceeds);
        }
    }

    /** Whether the second handler knows what to do. */
    boolean happened() {
        return secondTold;
    }

    /** What the late report of the first did; null until it has happened. */
    @Nullable
    StaleReport report() {
        return report;
    }
}
