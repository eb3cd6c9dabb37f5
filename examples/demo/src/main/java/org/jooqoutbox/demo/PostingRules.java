package org.jooqoutbox.demo;

import static org.jooqoutbox.demo.Offence.Kind.ALTERED;
import static org.jooqoutbox.demo.Offence.Kind.GHOST;
import static org.jooqoutbox.demo.Offence.Kind.NOT_POSTED;
import static org.jooqoutbox.demo.Offence.Kind.POSTED_AGAIN;
import static org.jooqoutbox.demo.Offence.Kind.STRAY;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jooqoutbox.demo.Intent.Outcome;
import org.jooqoutbox.demo.Postings.Posting;

/**
 * What transactional mode promises: the row that a handler writes is there exactly once for each message, whatever happened to processes. Counts
 * rows, and believes no journal.
 */
final class PostingRules {

    private final Set<UUID> transactional;
    private final Map<UUID, List<Posting>> postings;
    private final Set<UUID> expected = new HashSet<>();
    private final Consumer<Offence> offences;

    PostingRules(Evidence evidence, Consumer<Offence> offences) {
        this.transactional = evidence.plan().transactional();
        this.postings = evidence.postings().stream().collect(Collectors.groupingBy(Posting::message));
        this.offences = offences;
    }

    void check(Intent intent) {
        if (intent.outcome() == Outcome.COMMITTED) {
            intent.messages().forEach((message, fingerprint) -> {
                if (transactional.contains(message)) {
                    expected.add(message);
                    check(message, intent.service(), fingerprint);
                }
            });
        }
    }

    private void check(UUID message, String service, String fingerprint) {
        List<Posting> rows = postings.getOrDefault(message, List.of());
        if (rows.isEmpty()) {
            report(NOT_POSTED, message, "handled in " + service + " in transactional mode, and no row of it is there");
        } else if (rows.size() > 1) {
            report(POSTED_AGAIN, message, rows.size() + " rows in " + service);
        }
        for (Posting row : rows) {
            if (!row.service().equals(service)) {
                report(STRAY, message, "meant for " + service + ", its row is in " + row.service());
            }
            if (!row.fingerprint().equals(fingerprint)) {
                report(ALTERED, message, "its row in " + row.service() + " tells of another payload");
            }
        }
    }

    /** To be called when all intents are checked: rows of messages that must not have any. */
    void checkStrangers() {
        postings.forEach((message, rows) -> {
            if (!expected.contains(message)) {
                report(GHOST, message, "it has a row in " + rows.get(0).service() + " and must not");
            }
        });
    }

    private void report(Offence.Kind kind, UUID message, String detail) {
        offences.accept(new Offence(kind, message, detail));
    }
}
