package org.jooqoutbox.demo;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooqoutbox.demo.Entry.Event;

/** The messages whose first handlers outlast their leases. Safe for use by many threads. */
final class LateMessages {

    private final Map<UUID, LateMessage> messages;

    /**
     * These two.
     *
     * @param succeeds the first handler of this message succeeds too late
     * @param fails the first handler of this message fails too late
     * @param look tells what a message looks like in its table
     */
    LateMessages(UUID succeeds, UUID fails, Function<UUID, String> look) {
        this.messages =
                Map.of(succeeds, new LateMessage(succeeds, true, look), fails, new LateMessage(fails, false, look));
    }

    /**
     * A replica wrote this.
     *
     * @param tell takes commands for this replica
     */
    synchronized void heard(Entry entry, Consumer<String> tell) {
        LateMessage message = messages.get(entry.message());
        if (message == null) {
            return;
        }
        if (entry.event() == Event.ASKED) {
            message.asked(entry.attempts(), tell);
        } else if (entry.event() == Event.LEASE_LOST || entry.event() == Event.ACKNOWLEDGED) {
            message.outboxAnswered(entry.attempts());
        }
    }

    /** Whether all of it has happened. */
    synchronized boolean happened() {
        return messages.values().stream().allMatch(LateMessage::happened);
    }

    /** What the late reports did. */
    synchronized List<StaleReport> reports() {
        return messages.values().stream()
                .flatMap(message -> Stream.ofNullable(message.report()))
                .toList();
    }
}
