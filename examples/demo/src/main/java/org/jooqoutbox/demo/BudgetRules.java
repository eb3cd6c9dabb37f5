package org.jooqoutbox.demo;

import static org.jooqoutbox.demo.Offence.Kind.CHARGED;

import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.History.Fact;

/**
 * What a message may be charged with: failures of its own handlers only, whoever's fault the end of a process was. And it is given up because
 * of such a failure only.
 */
final class BudgetRules {

    private final Consumer<Offence> offences;

    BudgetRules(Consumer<Offence> offences) {
        this.offences = offences;
    }

    void check(UUID message, History history) {
        history.all(Event.CLAIMED).forEach(claim -> checkFailures(message, claim, history));
        for (Fact death : history.all(Event.DEAD)) {
            if (!history.has(Event.REFUSED, death.attempt())) {
                offences.accept(new Offence(
                        CHARGED, message, "given up by " + death.who() + ", although its handler had not failed"));
            }
        }
    }

    /** A replay forgets failures, so those before the last death do not count. */
    private void checkFailures(UUID message, Fact claim, History history) {
        int replayedAfter = history.all(Event.DEAD).stream()
                .mapToInt(Fact::attempt)
                .filter(attempt -> attempt < claim.attempt())
                .max()
                .orElse(0);
        long own = Stream.of(Event.REFUSED, Event.RETRY)
                .flatMap(event -> history.all(event).stream())
                .map(Fact::attempt)
                .filter(attempt -> attempt > replayedAfter && attempt < claim.attempt())
                .distinct()
                .count();
        if (claim.failures() > own) {
            offences.accept(new Offence(
                    CHARGED,
                    message,
                    "with " + claim.failures() + " failures when claimed by " + claim.who() + ", of which " + own
                            + " were its handlers'"));
        }
    }
}
