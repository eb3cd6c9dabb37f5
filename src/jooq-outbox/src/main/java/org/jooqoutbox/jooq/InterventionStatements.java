package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.when;
import static org.jooq.impl.DSL.with;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.Map;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * What operators do to messages that are pending. Those that nobody has under a lease or locked are locked, then changed: so nobody waits, and a
 * claim at the same moment gets the message or this does.
 *
 * A lease that ended without a result may have a holder that comes late. Nothing is unsettled then, so that its settlement changes nothing; its
 * token is spent as well. Where there was no such lease, attempts stay as they are: a message that waits for its first delivery goes on keeping
 * out those with its deduplication key.
 */
final class InterventionStatements {

    static final Field<UUID> ID = field(name("changed", "id"), UUID.class);

    private static final Outbox O = OUTBOX.as("o");
    private static final Field<UUID> FREE_ID = field(name("free", "id"), UUID.class);

    private InterventionStatements() {}

    static Query retryNow() {
        return change(Map.of(O.FAILURES, inline(0), O.RETRY_AT, PendingIndex.NOW));
    }

    static Query giveUp() {
        return change(Map.of(O.STATUS, inline("dead"), O.LAST_ERROR, param("reason", String.class)));
    }

    private static Query change(Map<Field<?>, Field<?>> changes) {
        CommonTableExpression<?> free = free();
        CommonTableExpression<?> changed = name("changed")
                .as(update(O)
                        .set(
                                O.ATTEMPTS,
                                when(O.UNSETTLED.gt(inline(0)), O.ATTEMPTS.plus(inline(1)))
                                        .otherwise(O.ATTEMPTS))
                        .set(O.UNSETTLED, inline(0))
                        .set(O.UPDATED_AT, PendingIndex.NOW)
                        .set(changes)
                        .where(condition(
                                "{0} = any(array({1}))", O.ID, select(FREE_ID).from(free)))
                        .returning(O.ID));
        return with(free).with(changed).select(ID).from(changed);
    }

    private static CommonTableExpression<?> free() {
        Table<?> given =
                table("pg_catalog.unnest({0})", param("ids", UUID[].class)).as("given", "id");
        Table<?> lock = lateral(select(O.ID)
                        .from(O)
                        .where(O.ID.eq(field(name("given", "id"), UUID.class)))
                        .and(O.STATUS.eq(inline("pending")))
                        .and(O.UNSETTLED.eq(inline(0)).or(O.RETRY_AT.le(PendingIndex.NOW)))
                        .forUpdate()
                        .skipLocked())
                .as("free");
        return name("free").asMaterialized(select(FREE_ID).from(given).crossJoin(lock));
    }
}
