package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.val;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooq.Field;

/** What operators do to messages of one outbox that are pending. Whoever audits that is told after the commit. */
final class Interventions {

    private final Statements statements;
    private final LastError lastError;
    private final Audits audits;

    Interventions(Statements statements, LastError lastError, Audits audits) {
        this.statements = statements;
        this.lastError = lastError;
        this.audits = audits;
    }

    List<UUID> retryNow(OwnTransactions own, Collection<UUID> ids) {
        List<UUID> retried = change(own, statements.retryNow(), ids, "");
        audits.tell(retried, (audit, outbox) -> audit.retried(outbox, retried));
        return retried;
    }

    List<UUID> giveUp(OwnTransactions own, Collection<UUID> ids, String reason) {
        List<UUID> givenUp = change(own, statements.giveUp(), ids, lastError.text(reason));
        audits.tell(givenUp, (audit, outbox) -> audit.givenUp(outbox, givenUp));
        return givenUp;
    }

    /** Returns those that were changed, in the order in which they were given. */
    private static List<UUID> change(OwnTransactions own, Statement statement, Collection<UUID> ids, String reason) {
        Set<UUID> given = new LinkedHashSet<>(ids);
        if (given.isEmpty()) {
            return List.of();
        }
        Map<String, Field<?>> values = Map.of("ids", val(given.toArray(UUID[]::new)), "reason", val(reason));
        Set<UUID> changed = new HashSet<>(own.run(configuration -> statement
                .resultQuery(configuration, values)
                .coerce(InterventionStatements.ID)
                .fetch(InterventionStatements.ID)));
        return given.stream().filter(changed::contains).toList();
    }
}
