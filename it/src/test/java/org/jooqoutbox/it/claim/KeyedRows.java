package org.jooqoutbox.it.claim;

import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.List;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.jooqoutbox.it.support.TestOutbox;
import org.jspecify.annotations.Nullable;

/** Writes messages as somebody would who knows nothing of this library. */
final class KeyedRows {

    private final TestOutbox outbox;

    KeyedRows(TestOutbox outbox) {
        this.outbox = outbox;
    }

    /** Messages of one key, or of none; their ids in the order of seq. */
    List<UUID> insert(String kind, @Nullable String key, int count) {
        return outbox.mapped()
                .resultQuery(
                        "insert into {0} (kind, payload, ordering_key) select {1}, '1', {2} from generate_series(1, {3})"
                                + " returning id, seq",
                        OUTBOX, DSL.val(kind), DSL.val(key, String.class), DSL.inline(count))
                .coerce(OUTBOX.ID, OUTBOX.SEQ)
                .fetch()
                .sortAsc(OUTBOX.SEQ)
                .getValues(OUTBOX.ID);
    }

    UUID insert(String kind, @Nullable String key) {
        return insert(kind, key, 1).get(0);
    }

    /** So many messages of each of so many keys, in one statement; the keys are numbers, in the order of which they sort. */
    void insertMany(String kind, int keys, int ofEach) {
        outbox.mapped()
                .execute(
                        "insert into {0} (kind, payload, ordering_key)"
                                + " select {1}, '1', lpad(k::text, 9, '0') from generate_series(1, {3}) i, generate_series(1, {2}) k",
                        OUTBOX, DSL.val(kind), DSL.inline(keys), DSL.inline(ofEach));
    }
}
