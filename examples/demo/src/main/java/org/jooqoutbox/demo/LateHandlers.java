package org.jooqoutbox.demo;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jooqoutbox.Message;
import org.jooqoutbox.demo.Entry.Event;

/**
 * Handlers that wait for the parent process, however long that takes and even when they are interrupted: so that they outlast their leases,
 * and report when another replica has the message.
 */
final class LateHandlers {

    private final Journal journal;
    private final Map<String, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();

    LateHandlers(Journal journal) {
        this.journal = journal;
    }

    /** Whether the parent process wants this delivery to succeed. Waits for its answer. */
    boolean mayDeliver(Message message) {
        CompletableFuture<Boolean> answer = answer(message.id().toString(), message.attempts());
        journal.write(Entry.of(Event.ASKED, message));
        return answer.join();
    }

    /** The parent process has decided. */
    void decided(String message, int attempts, boolean deliver) {
        answer(message, attempts).complete(deliver);
    }

    private CompletableFuture<Boolean> answer(String message, int attempts) {
        return waiting.computeIfAbsent(message + " " + attempts, key -> new CompletableFuture<>());
    }
}
