package org.jooqoutbox.it.keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jooqoutbox.Message;

/**
 * Judges from the handlers' point of view whether each key's messages were handled one after the other: one begins only when the one before it
 * was handled with success, or given up. A message may come again, also while a later one of its key is handled, for its first handler may have
 * lost its lease and go on; that is counted.
 */
final class OrderChecker {

    private record Key(List<Long> expected, Set<Long> over) {}

    private final Map<String, Key> keys = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int again;

    /** These are the key's messages, in their order. */
    synchronized void expect(String key, List<Long> seqs) {
        keys.put(key, new Key(seqs, new HashSet<>()));
    }

    synchronized void begins(Message message) {
        Key key = key(message);
        if (key.over().contains(message.seq())) {
            again++;
            return;
        }
        key.expected().stream()
                .filter(earlier -> earlier < message.seq() && !key.over().contains(earlier))
                .findFirst()
                .ifPresent(earlier -> violations.add(message.orderingKey() + ": " + message.seq() + " begins (attempt "
                        + message.attempts() + ") before " + earlier + " is over"));
    }

    /** It was handled with success, or given up. */
    synchronized void over(Message message) {
        key(message).over().add(message.seq());
    }

    private Key key(Message message) {
        return Objects.requireNonNull(keys.get(message.orderingKey()));
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** How often a message came again that was over. */
    synchronized int again() {
        return again;
    }

    synchronized boolean isComplete() {
        return keys.values().stream().allMatch(key -> key.over().containsAll(key.expected()));
    }
}
