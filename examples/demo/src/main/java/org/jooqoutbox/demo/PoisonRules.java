package org.jooqoutbox.demo;

import static org.jooqoutbox.demo.Offence.Kind.LEFT_OVER;
import static org.jooqoutbox.demo.Offence.Kind.POISON;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.History.Fact;

/**
 * What is promised of a message whose handler ends its process: it may do so once in company, and then so many times alone. Then it is a dead
 * letter, and nobody else is harmed (see {@link BudgetRules}).
 */
final class PoisonRules {

    private final Evidence evidence;
    private final Consumer<Offence> offences;

    PoisonRules(Evidence evidence, Consumer<Offence> offences) {
        this.evidence = evidence;
        this.offences = offences;
    }

    void check(UUID message, History history) {
        checkDeaths(message, history);
        history.all(Event.HALTED).stream().skip(1).forEach(halt -> checkAlone(message, halt));
        checkEnd(message, history);
    }

    private void checkDeaths(UUID message, History history) {
        int processes = history.all(Event.HALTED).size();
        long deaths = history.all(Event.CLAIMED).stream()
                .filter(claim -> history.has(Event.HALTED, claim.attempt()) || !history.isGivenBack(claim))
                .count();
        if (processes == 0) {
            report(POISON, message, "it ended no process, so that the demo has shown nothing");
        }
        if (deaths != ReplicaMain.DEATHS_OF_POISON) {
            report(
                    POISON,
                    message,
                    deaths + " deliveries of it ended without a result, of which " + processes
                            + " with their process; there should be " + ReplicaMain.DEATHS_OF_POISON);
        }
    }

    /** Whoever else was there would be suspected too. */
    private void checkAlone(UUID message, Fact halt) {
        Set<UUID> company = halt.source().heldAtTheEnd();
        company.remove(message);
        if (!company.isEmpty()) {
            report(POISON, message, "ended " + halt.who() + ", which held " + company.size() + " others: " + company);
        }
    }

    private void checkEnd(UUID message, History history) {
        List<Fact> deaths = history.all(Event.DEAD);
        if (deaths.size() != 1) {
            report(POISON, message, "it became a dead letter " + deaths.size() + " times");
        }
        if (!evidence.purged().contains(message)) {
            report(LEFT_OVER, message, "poison that was not purged");
        }
    }

    private void report(Offence.Kind kind, UUID message, String detail) {
        offences.accept(new Offence(kind, message, detail));
    }
}
