package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.when;
import static org.jooq.impl.DSL.with;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Select;
import org.jooq.Table;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * Settlement and renewal: one statement for a batch of any mix, each row fenced by itself.
 *
 * The rows are locked first, in the order of their ids, and those that somebody else holds are skipped: two batches cannot deadlock, and a
 * settlement never waits. A row counts as the caller's when its attempts are those the caller was given (attempts only ever grow) and its
 * delivery is not settled yet (unsettled > 0): without the latter, a settlement that is repeated after a lost reply would take effect twice,
 * and a late renewal would overwrite a backoff. Of several settlements for one message in one batch the first wins.
 *
 * BUSY is told from LEASE_LOST by the row in the statement's snapshot: still the caller's, yet it could not be locked.
 */
final class SettleStatement {

    static final String DONE = "done";
    static final String FAILED = "failed";
    static final String DEAD = "dead";
    static final String RELEASED = "released";

    static final Field<Integer> ORDINAL = field(name("a", "ord"), Integer.class);
    static final Field<String> VERDICT = field(name("verdict"), String.class);

    private static final Outbox O = OUTBOX.as("o");
    private static final Param<UUID[]> IDS = param("ids", UUID[].class);
    private static final Param<Integer[]> ATTEMPTS = param("attempts", Integer[].class);
    private static final Field<OffsetDateTime> NOW = field("current_timestamp", OffsetDateTime.class);

    /** What the caller sent; what of it is there and could be locked; what of that is still the caller's. */
    private static final Field<UUID> SENT_ID = field(name("a", "id"), UUID.class);

    private static final Field<Integer> SENT_ATTEMPTS = field(name("a", "attempts"), Integer.class);
    private static final Field<UUID> LOCKED_ID = field(name("locked", "id"), UUID.class);
    private static final Field<UUID> HELD_ID = field(name("held", "id"), UUID.class);
    private static final Field<String> OUTCOME = field(name("held", "outcome"), String.class);

    private SettleStatement() {}

    static Query settle() {
        Table<?> arrays = table(
                        "unnest({0}, {1}, {2}, {3}, {4}, {5}, {6}) with ordinality",
                        IDS,
                        ATTEMPTS,
                        param("outcomes", String[].class),
                        param("delays", Long[].class),
                        param("retry_ats", OffsetDateTime[].class),
                        param("errors", String[].class),
                        param("priors", Integer[].class))
                .as("u", "id", "attempts", "outcome", "delay", "retry_at", "error", "prior", "ord");
        CommonTableExpression<?> sent =
                sent(arrays, "id", "attempts", "outcome", "delay", "retry_at", "error", "prior", "ord");
        CommonTableExpression<?> locked = locked();
        CommonTableExpression<?> held =
                held(sent, locked, "id", "outcome", "delay", "retry_at", "error", "prior", "ord");
        CommonTableExpression<?> deleted = name("deleted")
                .as(deleteFrom(O)
                        .where(isAnyOf(select(HELD_ID).from(held).where(OUTCOME.eq(inline(DONE)))))
                        .returning(O.ID));
        CommonTableExpression<?> updated = settled(held);
        Field<UUID> deletedId = field(name("deleted", "id"), UUID.class);
        Field<UUID> updatedId = field(name("updated", "id"), UUID.class);
        return with(sent)
                .with(locked)
                .with(held)
                .with(deleted)
                .with(updated)
                .select(ORDINAL, verdict(deletedId.isNotNull().or(updatedId.isNotNull())))
                .from(compared(sent, locked, held)
                        .leftJoin(deleted)
                        .on(deletedId.eq(HELD_ID))
                        .leftJoin(updated)
                        .on(updatedId.eq(HELD_ID)));
    }

    static Query renew() {
        Table<?> arrays = table("unnest({0}, {1}) with ordinality", IDS, ATTEMPTS)
                .as("u", "id", "attempts", "ord");
        CommonTableExpression<?> sent = sent(arrays, "id", "attempts", "ord");
        CommonTableExpression<?> locked = locked();
        CommonTableExpression<?> held = held(sent, locked, "id", "ord");
        CommonTableExpression<?> updated = name("updated")
                .as(update(O)
                        .set(O.RETRY_AT, laterOf(O.RETRY_AT, fromNow(param("lease", Long.class))))
                        .set(O.UPDATED_AT, NOW)
                        .where(isAnyOf(select(HELD_ID).from(held)))
                        .returning(O.ID));
        Field<UUID> updatedId = field(name("updated", "id"), UUID.class);
        return with(sent)
                .with(locked)
                .with(held)
                .with(updated)
                .select(ORDINAL, verdict(updatedId.isNotNull()))
                .from(compared(sent, locked, held).leftJoin(updated).on(updatedId.eq(HELD_ID)));
    }

    private static CommonTableExpression<?> sent(Table<?> arrays, String... columns) {
        return name("a").asMaterialized(select(columns("u", columns)).from(arrays));
    }

    private static CommonTableExpression<?> locked() {
        return name("locked")
                .asMaterialized(select(O.ID, O.ATTEMPTS, O.UNSETTLED, O.STATUS)
                        .from(O)
                        .where(condition("{0} = any({1})", O.ID, IDS))
                        .orderBy(O.ID)
                        .forUpdate()
                        .skipLocked());
    }

    private static CommonTableExpression<?> held(
            CommonTableExpression<?> sent, CommonTableExpression<?> locked, String... columns) {
        return name("held")
                .asMaterialized(select(columns("a", columns))
                        .distinctOn(SENT_ID)
                        .from(sent)
                        .join(locked)
                        .on(LOCKED_ID.eq(SENT_ID))
                        .where(field(name("locked", "attempts"), Integer.class).eq(SENT_ATTEMPTS))
                        .and(field(name("locked", "status"), String.class).eq(inline("pending")))
                        .and(field(name("locked", "unsettled"), Integer.class).gt(inline(0)))
                        .orderBy(SENT_ID, ORDINAL));
    }

    private static CommonTableExpression<?> settled(CommonTableExpression<?> held) {
        Condition released = OUTCOME.eq(inline(RELEASED));
        Field<OffsetDateTime> due = field(
                "coalesce({0}, {1})",
                OffsetDateTime.class,
                heldColumn("retry_at", OffsetDateTime.class),
                fromNow(heldColumn("delay", Long.class)));
        return name("updated")
                .as(update(O)
                        .set(
                                O.UNSETTLED,
                                when(released, heldColumn("prior", Integer.class))
                                        .otherwise(inline(0)))
                        .set(O.FAILURES, when(released, O.FAILURES).otherwise(O.FAILURES.plus(inline(1))))
                        .set(O.LAST_ERROR, when(released, O.LAST_ERROR).otherwise(heldColumn("error", String.class)))
                        .set(
                                O.STATUS,
                                when(OUTCOME.eq(inline(DEAD)), inline("dead")).otherwise(O.STATUS))
                        .set(
                                O.RETRY_AT,
                                when(released, NOW)
                                        .when(OUTCOME.eq(inline(FAILED)), due)
                                        .otherwise(O.RETRY_AT))
                        .set(O.UPDATED_AT, NOW)
                        .from(held)
                        .where(O.ID.eq(HELD_ID))
                        .and(isAnyOf(select(HELD_ID).from(held).where(OUTCOME.ne(inline(DONE)))))
                        .returning(O.ID));
    }

    private static Table<?> compared(
            CommonTableExpression<?> sent, CommonTableExpression<?> locked, CommonTableExpression<?> held) {
        return sent.leftJoin(locked)
                .on(LOCKED_ID.eq(SENT_ID))
                .leftJoin(held)
                .on(field(name("held", "ord"), Integer.class).eq(ORDINAL));
    }

    private static Field<String> verdict(Condition applied) {
        Condition stillHeld = exists(selectOne()
                .from(O)
                .where(O.ID.eq(SENT_ID))
                .and(O.ATTEMPTS.eq(SENT_ATTEMPTS))
                .and(O.STATUS.eq(inline("pending")))
                .and(O.UNSETTLED.gt(inline(0))));
        return when(applied, inline(Verdict.APPLIED.name()))
                .when(LOCKED_ID.isNull().and(stillHeld), inline(Verdict.BUSY.name()))
                .otherwise(inline(Verdict.LEASE_LOST.name()))
                .as(VERDICT);
    }

    private static Condition isAnyOf(Select<?> ids) {
        return condition("{0} = any(array({1}))", O.ID, ids);
    }

    private static Field<OffsetDateTime> fromNow(Field<Long> micros) {
        return field("current_timestamp + {0} * interval '1 microsecond'", OffsetDateTime.class, micros);
    }

    private static Field<OffsetDateTime> laterOf(Field<OffsetDateTime> one, Field<OffsetDateTime> other) {
        return field("greatest({0}, {1})", OffsetDateTime.class, one, other);
    }

    private static <T> Field<T> heldColumn(String column, Class<T> type) {
        return field(name("held", column), type);
    }

    private static List<Field<Object>> columns(String table, String... columns) {
        return Stream.of(columns).map(column -> field(name(table, column))).toList();
    }
}
