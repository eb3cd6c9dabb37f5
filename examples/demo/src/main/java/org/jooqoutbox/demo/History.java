package org.jooqoutbox.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jooqoutbox.demo.Entry.Event;

/** What all processes wrote about one message. */
final class History {

    /** One entry, and whose. */
    record Fact(Testimony source, Entry entry) {

        int attempt() {
            return entry.attempts();
        }

        /** When it was claimed, in microseconds by the database's clock. */
        long claimedAt() {
            return Long.parseLong(entry.detail().split(" ", -1)[0]);
        }

        /** How many failures were counted when it was claimed. */
        int failures() {
            return Integer.parseInt(entry.detail().split(" ", -1)[1]);
        }

        /** For people. */
        String who() {
            return source.replica() + " (attempt " + entry.attempts() + ")";
        }
    }

    private final List<Fact> facts = new ArrayList<>();

    /** One for each message that occurs in the journals. */
    static Map<UUID, History> of(List<Testimony> testimonies) {
        Map<UUID, History> histories = new HashMap<>();
        for (Testimony testimony : testimonies) {
            for (Entry entry : testimony.entries()) {
                histories
                        .computeIfAbsent(entry.message(), id -> new History())
                        .facts
                        .add(new Fact(testimony, entry));
            }
        }
        return histories;
    }

    /** The entries about this, by number of attempt. */
    List<Fact> all(Event event) {
        return facts.stream()
                .filter(fact -> fact.entry().event() == event)
                .sorted(Comparator.comparingInt(Fact::attempt))
                .toList();
    }

    boolean has(Event event, int attempt) {
        return facts.stream().anyMatch(is(event, attempt));
    }

    /**
     * Whether the outbox got to know how this delivery ended, other than well: then it may be claimed again at once. A killed process whose
     * handler had failed may have said so without living to write it down.
     */
    boolean isGivenBack(Fact claim) {
        int attempt = claim.attempt();
        return has(Event.RETRY, attempt)
                || has(Event.DEAD, attempt)
                || has(Event.POSTPONED, attempt)
                || has(Event.RELEASED, attempt)
                || has(Event.UNCONFIRMED, attempt)
                || (claim.source().killed() && has(Event.REFUSED, attempt));
    }

    /** Whether a delivery was acknowledged, or might have been without anybody's living to write it down. */
    boolean mayBeGone() {
        return facts.stream()
                .anyMatch(fact -> fact.entry().event() == Event.ACKNOWLEDGED
                        || fact.entry().event() == Event.UNCONFIRMED
                        || (fact.source().killed() && isEffect(fact.entry().event())));
    }

    private static boolean isEffect(Event event) {
        return event == Event.DELIVERED || event == Event.POSTED;
    }

    /** How often it was handed out again because nobody knew how the delivery before had ended. */
    int redeliveries() {
        List<Fact> claims = all(Event.CLAIMED);
        int count = 0;
        for (Fact claim : claims.subList(0, Math.max(0, claims.size() - 1))) {
            count += isGivenBack(claim) ? 0 : 1;
        }
        return count;
    }

    private static Predicate<Fact> is(Event event, int attempt) {
        return fact -> fact.entry().event() == event && fact.attempt() == attempt;
    }
}
