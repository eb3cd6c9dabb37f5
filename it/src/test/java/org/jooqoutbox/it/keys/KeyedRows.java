package org.jooqoutbox.it.keys;

import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.UUID;
import java.util.function.Consumer;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;

/** Writes rows with ordering keys as they may stand in a table. */
final class KeyedRows {

    private final TestOutbox outbox;

    KeyedRows(TestOutbox outbox) {
        this.outbox = outbox;
    }

    /** A pending message of kind {@code kind}, due as long from now as it says, with changes. */
    UUID add(String key, String dueIn, Consumer<OutboxRecord> changes) {
        UUID id = UUID.randomUUID();
        OutboxRecord row = outbox.mapped().newRecord(OUTBOX);
        row.with(OUTBOX.ID, id)
                .with(OUTBOX.KIND, "kind")
                .with(OUTBOX.PAYLOAD, JSONB.valueOf("1"))
                .with(OUTBOX.ORDERING_KEY, key);
        changes.accept(row);
        row.insert();
        outbox.mapped()
                .execute(
                        "update {0} set retry_at = current_timestamp + {1}::interval where id = {2}",
                        OUTBOX, DSL.inline(dueIn), DSL.val(id));
        return id;
    }

    /** Many rows at once: {@code i} is the number of the row, the other arguments are SQL expressions. */
    void addMany(int count, String key, String retryAt) {
        outbox.mapped()
                .execute(
                        "insert into {0} (kind, payload, ordering_key, retry_at) select 'kind', '1', " + key + ", "
                                + retryAt + " from generate_series(1, {1}) i",
                        OUTBOX,
                        DSL.inline(count));
    }

    void analyze() {
        outbox.mapped().execute("analyze {0}", OUTBOX);
    }
}
