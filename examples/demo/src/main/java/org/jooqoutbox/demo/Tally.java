package org.jooqoutbox.demo;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.Intent.Outcome;
import org.jooqoutbox.demo.Postings.Posting;

/**
 * The figures of one outbox, each a number of messages unless it says otherwise.
 *
 * @param enqueued committed
 * @param delivered delivered at least once, or with a row of theirs in the service's table
 * @param redelivered handed out again (times), because nobody knew how the delivery before had ended
 * @param retried failed deliveries (times) after which another followed
 * @param dead given up (times)
 * @param replayed made due again after that (times)
 * @param rolledBack enqueued in transactions that rolled back
 * @param leftOver in the table at the end
 * @param twice delivered more than once
 */
record Tally(
        String service,
        long enqueued,
        long delivered,
        long redelivered,
        long retried,
        long dead,
        long replayed,
        long rolledBack,
        long leftOver,
        long twice) {

    static Tally of(String service, Evidence evidence, long replayed) {
        Map<UUID, History> all = History.of(evidence.testimonies().stream()
                .filter(testimony -> testimony.service().equals(service))
                .toList());
        Collection<History> histories = all.values();
        return new Tally(
                service,
                messages(service, evidence, Outcome.COMMITTED),
                histories.stream()
                                .filter(h -> !h.all(Event.DELIVERED).isEmpty())
                                .count()
                        + posted(service, evidence),
                histories.stream().mapToLong(History::redeliveries).sum(),
                histories.stream().mapToLong(h -> h.all(Event.RETRY).size()).sum(),
                histories.stream().mapToLong(h -> h.all(Event.DEAD).size()).sum(),
                replayed,
                messages(service, evidence, Outcome.ROLLED_BACK),
                evidence.leftovers().stream()
                        .filter(row -> row.service().equals(service))
                        .count(),
                histories.stream()
                        .filter(h -> h.all(Event.DELIVERED).size() > 1)
                        .count());
    }

    private static long posted(String service, Evidence evidence) {
        return evidence.postings().stream()
                .filter(posting -> posting.service().equals(service))
                .map(Posting::message)
                .distinct()
                .count();
    }

    private static long messages(String service, Evidence evidence, Outcome outcome) {
        return evidence.intents().stream()
                .filter(intent -> intent.service().equals(service) && intent.outcome() == outcome)
                .mapToLong(intent -> intent.messages().size())
                .sum();
    }
}
