package org.jooqoutbox.it.deadletter;

import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;

/** Writes rows as they may stand in a table, among them what no operation of ours would make in a test's time. */
final class Letters {

    private final TestOutbox outbox;

    Letters(TestOutbox outbox) {
        this.outbox = outbox;
    }

    UUID dead(String kind, String error) {
        return add(
                row -> row.with(OUTBOX.STATUS, "dead").with(OUTBOX.KIND, kind).with(OUTBOX.LAST_ERROR, error));
    }

    UUID expired(String kind, String error) {
        return add(row ->
                row.with(OUTBOX.STATUS, "expired").with(OUTBOX.KIND, kind).with(OUTBOX.LAST_ERROR, error));
    }

    /** As a Go worker leaves it. */
    UUID parked(String kind, String error) {
        UUID id =
                add(row -> row.with(OUTBOX.ATTEMPTS, 10).with(OUTBOX.KIND, kind).with(OUTBOX.LAST_ERROR, error));
        setTime(id, OUTBOX.RETRY_AT, "100 years");
        return id;
    }

    /** A pending message of kind {@code kind} that was delivered once, with changes. */
    UUID add(Consumer<OutboxRecord> changes) {
        OutboxRecord row = outbox.mapped().newRecord(OUTBOX);
        UUID id = UUID.randomUUID();
        row.with(OUTBOX.ID, id)
                .with(OUTBOX.KIND, "kind")
                .with(OUTBOX.PAYLOAD, JSONB.valueOf("1"))
                .with(OUTBOX.ATTEMPTS, 1);
        changes.accept(row);
        row.insert();
        return id;
    }

    List<UUID> dead(int count) {
        return IntStream.range(0, count).mapToObj(i -> dead("kind", "error")).toList();
    }

    /** Sets a time of a row, as so long from now. */
    void setTime(UUID id, Field<?> column, String fromNow) {
        outbox.mapped()
                .execute(
                        "update {0} set {1} = current_timestamp + {2}::interval where id = {3}",
                        OUTBOX, DSL.name(column.getName()), DSL.inline(fromNow), DSL.val(id));
    }

    /** Many rows at once: {@code i} is the number of the row, the other arguments are SQL expressions. */
    void addMany(int count, String kind, String status, String retryAt, String unsettled, String attempts) {
        outbox.mapped()
                .execute(
                        "insert into {0} (kind, payload, status, retry_at, unsettled, attempts, updated_at) select "
                                + kind
                                + ", '1', " + status + ", " + retryAt + ", " + unsettled + ", " + attempts
                                + ", now() - i * interval '1 second' from generate_series(1, {1}) i",
                        OUTBOX,
                        DSL.inline(count));
    }
}
