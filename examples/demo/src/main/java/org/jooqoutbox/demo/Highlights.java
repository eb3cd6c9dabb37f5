package org.jooqoutbox.demo;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.History.Fact;
import org.jooqoutbox.demo.Postings.Posting;

/** What came of transactional mode and of poison, each in a line. The verdict is the {@link Judge}'s. */
final class Highlights {

    private final Evidence evidence;
    private final Map<UUID, History> histories;
    private final Set<UUID> offended;

    Highlights(Evidence evidence, List<Offence> offences) {
        this.evidence = evidence;
        this.histories = History.of(evidence.testimonies());
        this.offended = offences.stream().map(Offence::message).collect(Collectors.toSet());
    }

    List<String> lines() {
        return List.of(transactional(), poison());
    }

    private String transactional() {
        Map<UUID, Long> rows =
                evidence.postings().stream().collect(Collectors.groupingBy(Posting::message, Collectors.counting()));
        int written = count(evidence.plan().transactional(), Event.POSTED);
        return String.format(
                Locale.ROOT,
                "Transactional mode: handlers wrote %,d rows for %,d messages, and failed or were killed before some were committed. %,d rows are there%s.",
                written,
                rows.size(),
                evidence.postings().size(),
                evidence.postings().size() == rows.size() ? ": exactly one for each message" : "");
    }

    private String poison() {
        List<Fact> halts = facts(evidence.plan().poison(), Event.HALTED);
        Set<UUID> neighbours = new HashSet<>();
        halts.stream()
                .limit(1)
                .forEach(first -> neighbours.addAll(first.source().heldAtTheEnd()));
        neighbours.removeAll(evidence.plan().poison());
        long harmed = neighbours.stream().filter(offended::contains).count();
        return String.format(
                Locale.ROOT,
                "Poison: one message took %d processes, in the first of them beside %d others, and was %s. %s.",
                halts.size(),
                neighbours.size(),
                facts(evidence.plan().poison(), Event.DEAD).isEmpty() ? "never given up" : "then given up",
                harmed == 0 ? "The others lost nothing" : harmed + " of the others were harmed, see below");
    }

    private int count(Set<UUID> messages, Event event) {
        return facts(messages, event).size();
    }

    private List<Fact> facts(Set<UUID> messages, Event event) {
        return messages.stream()
                .flatMap(message -> histories.getOrDefault(message, new History()).all(event).stream())
                .toList();
    }
}
