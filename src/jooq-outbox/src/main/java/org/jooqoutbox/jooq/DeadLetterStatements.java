package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.with;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.generated.tables.Outbox;

/**
 * Listing and replay of what was given up: rows with the status dead, and rows that a Go worker parked by making them due a hundred years
 * ahead, still pending.
 */
final class DeadLetterStatements {

    private static final Outbox O = OUTBOX.as("o");
    private static final Field<OffsetDateTime> NOW = field("current_timestamp", OffsetDateTime.class);

    static final Field<UUID> ID = O.ID;
    static final Field<?>[] RESULT = {
        O.ID, O.KIND, O.PAYLOAD, O.HEADERS, O.ATTEMPTS, O.FAILURES, O.LAST_ERROR, O.CREATED_AT, O.UPDATED_AT, O.STATUS
    };

    private DeadLetterStatements() {}

    static Query list() {
        return select(RESULT)
                .from(O)
                .where(isGivenUp())
                .orderBy(O.UPDATED_AT.desc(), O.ID.desc())
                .limit(param("limit", Integer.class));
    }

    /** Attempts grow once more, so that no settlement of an earlier claim can hit the replayed message. */
    static Query replay() {
        CommonTableExpression<?> picked = name("picked")
                .asMaterialized(select(O.ID)
                        .from(O)
                        .where(condition("{0} = any({1})", O.ID, param("ids", UUID[].class)))
                        .and(isGivenUp())
                        .orderBy(O.ID)
                        .forUpdate()
                        .skipLocked());
        return with(picked)
                .update(O)
                .set(O.STATUS, inline("pending"))
                .set(O.ATTEMPTS, O.ATTEMPTS.plus(inline(1)))
                .set(O.UNSETTLED, inline(0))
                .set(O.FAILURES, inline(0))
                .set(O.RETRY_AT, NOW)
                .set(O.UPDATED_AT, NOW)
                .where(condition(
                        "{0} = any(array({1}))",
                        O.ID, select(field(name("picked", "id"))).from(picked)))
                .and(isGivenUp())
                .returning(O.ID);
    }

    static DeadLetter deadLetter(Record row) {
        return new DeadLetter(
                row.get(O.ID),
                row.get(O.KIND),
                row.get(O.PAYLOAD).data(),
                HeadersJson.read(row.get(O.HEADERS).data()),
                row.get(O.ATTEMPTS),
                row.get(O.FAILURES),
                row.get(O.LAST_ERROR),
                row.get(O.CREATED_AT).toInstant(),
                row.get(O.UPDATED_AT).toInstant(),
                row.get(O.STATUS).equals("dead") ? DeadLetter.Status.DEAD : DeadLetter.Status.PARKED);
    }

    private static Condition isGivenUp() {
        return O.STATUS
                .eq(inline("dead"))
                .or(O.STATUS
                        .eq(inline("pending"))
                        .and(condition("{0} > current_timestamp + interval '50 years'", O.RETRY_AT)));
    }
}
