package org.jooqoutbox.jooq;

import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.schema.OutboxTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who are told what was done by hand to messages of one outbox, after it was committed. */
final class Audits {

    private static final Logger LOG = LoggerFactory.getLogger(Audits.class);

    private final OutboxTable table;
    private final List<DeadLetter.Audit> audits;

    Audits(OutboxTable table, List<DeadLetter.Audit> audits) {
        this.table = table;
        this.audits = List.copyOf(audits);
    }

    /** Tells all of them, unless it was nothing. The event gets the name of the outbox. */
    void tell(List<UUID> ids, BiConsumer<DeadLetter.Audit, String> event) {
        if (ids.isEmpty()) {
            return;
        }
        for (DeadLetter.Audit audit : audits) {
            try {
                event.accept(audit, table.toString());
            } catch (Throwable e) {
                // Its message may hold anything. What it was told of is committed, whatever it says.
                LOG.warn("outbox {}: an audit threw {}", table, e.getClass().getName());
            }
        }
    }
}
