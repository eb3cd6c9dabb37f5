package org.jooqoutbox.demo;

import static org.jooqoutbox.demo.Offence.Kind.ALTERED;
import static org.jooqoutbox.demo.Offence.Kind.GHOST;
import static org.jooqoutbox.demo.Offence.Kind.LEFT_OVER;
import static org.jooqoutbox.demo.Offence.Kind.LOST;
import static org.jooqoutbox.demo.Offence.Kind.STALE;
import static org.jooqoutbox.demo.Offence.Kind.STRAY;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.History.Fact;
import org.jooqoutbox.demo.Intent.Outcome;

/**
 * Holds what the producers meant against what arrived and what is left. Asks the library nothing: its evidence is the ledger, the journals and
 * the tables.
 */
final class Judge {

    private final Evidence evidence;
    private final Map<UUID, History> histories;
    private final Map<UUID, Leftover> leftovers = new HashMap<>();
    private final Set<UUID> known = new HashSet<>();
    private final List<Offence> offences = new ArrayList<>();
    private final PostingRules postings;

    private Judge(Evidence evidence) {
        this.evidence = evidence;
        this.postings = new PostingRules(evidence, offences::add);
        this.histories = History.of(evidence.testimonies());
        evidence.leftovers().forEach(row -> leftovers.put(row.message(), row));
    }

    /** All that went wrong; empty if every message is accounted for. */
    static List<Offence> judge(Evidence evidence) {
        Judge judge = new Judge(evidence);
        evidence.intents().forEach(judge::judge);
        judge.postings.checkStrangers();
        judge.judgeStrangers();
        evidence.staleReports().stream().filter(StaleReport::changedSomething).forEach(judge::judge);
        return List.copyOf(judge.offences);
    }

    private void judge(Intent intent) {
        intent.messages().forEach((message, fingerprint) -> {
            known.add(message);
            History history = histories.getOrDefault(message, new History());
            if (evidence.plan().poison().contains(message)) {
                new PoisonRules(evidence, offences::add).check(message, history);
            } else if (intent.outcome() == Outcome.COMMITTED) {
                requireDelivered(message, history);
                new BudgetRules(offences::add).check(message, history);
            } else {
                requireAbsent(message, history, "its order " + intent.order() + " was rolled back");
            }
            requireAsMeant(message, history, intent.service(), fingerprint);
            new LeaseRules(evidence.lease(), offences::add).check(message, history);
        });
        postings.check(intent);
    }

    private void requireDelivered(UUID message, History history) {
        Leftover row = leftovers.get(message);
        if (row != null) {
            report(
                    LEFT_OVER,
                    message,
                    "still " + row.status() + " in " + row.service() + " after " + row.attempts() + " attempts");
        } else if (isLost(message, history)) {
            report(
                    LOST,
                    message,
                    "committed, delivered by nobody, and in no table"
                            + acknowledgedBy(history.all(Event.ACKNOWLEDGED)));
        } else if (!history.mayBeGone()) {
            report(STALE, message, "it is gone from its table, although no delivery was acknowledged");
        }
    }

    /** What is handled in transactional mode is delivered if its row is there, which {@link PostingRules} see to. */
    private boolean isLost(UUID message, History history) {
        return !evidence.plan().transactional().contains(message)
                && history.all(Event.DELIVERED).isEmpty();
    }

    private static String acknowledgedBy(List<Fact> facts) {
        return facts.isEmpty() ? "" : "; acknowledged by " + facts.get(0).who();
    }

    private void requireAbsent(UUID message, History history, String why) {
        if (!history.all(Event.DELIVERED).isEmpty()) {
            report(
                    GHOST,
                    message,
                    why + ", delivered by "
                            + history.all(Event.DELIVERED).get(0).who());
        } else if (!history.all(Event.CLAIMED).isEmpty() || leftovers.containsKey(message)) {
            report(GHOST, message, why + ", and yet it was in the outbox");
        }
    }

    private void requireAsMeant(UUID message, History history, String service, String fingerprint) {
        for (Fact delivery : history.all(Event.DELIVERED)) {
            if (!Objects.equals(delivery.entry().detail(), fingerprint)) {
                report(ALTERED, message, "by " + delivery.who());
            }
            if (!delivery.source().service().equals(service)) {
                report(STRAY, message, "meant for " + service + ", delivered by " + delivery.who());
            }
        }
    }

    private void judge(StaleReport stale) {
        report(
                STALE,
                stale.message(),
                "another held it; before its report: " + stale.before() + "; after: " + stale.after());
    }

    /** Messages that no producer meant to send. */
    private void judgeStrangers() {
        Set<UUID> strangers = new HashSet<>(histories.keySet());
        strangers.addAll(leftovers.keySet());
        strangers.removeAll(known);
        strangers.forEach(message ->
                requireAbsent(message, histories.getOrDefault(message, new History()), "no producer knows of it"));
    }

    private void report(Offence.Kind kind, UUID message, String detail) {
        offences.add(new Offence(kind, message, detail));
    }
}
