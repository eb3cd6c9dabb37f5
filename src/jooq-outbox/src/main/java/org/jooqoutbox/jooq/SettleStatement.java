package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.deleteFrom;
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

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Record1;
import org.jooq.Record3;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.Table;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * Settlement and renewal: one statement for a batch of any mix, each row fenced by itself.
 *
 * What was sent is first held: row by row, in the order of the ids, the row is looked up by its id and locked, unless somebody else has it
 * locked. So two batches cannot deadlock, and a settlement never waits. A row is the caller's when its attempts are those the caller was given
 * (attempts only ever grow) and its delivery is not settled yet (unsettled > 0): without the latter, a settlement that is repeated after a
 * lost reply would take effect twice, and a late renewal would overwrite a backoff. Of several settlements for one message in one batch the
 * first wins.
 *
 * A suspect that is given back stays one: its unsettled is above zero again, so that the token alone has to tell a holder that it holds it no
 * more. Therefore its attempts grow by one.
 *
 * The look-up is lateral, and nothing else is joined with what was sent: PostgreSQL cannot tell how long an array is that comes as text, takes it
 * for short, and would compare each row of a large batch with each other one.
 *
 * BUSY is told from LEASE_LOST by the row as the statement's snapshot has it: still the caller's, yet it could not be locked.
 *
 * Where everything is done, which is nearly always, a statement of its own deletes the rows by the place at which they were locked, and spares the
 * second way through the index. A row that was renewed between the statement's snapshot and its lock has moved: it is locked but not deleted. What
 * was not deleted is asked for by one more statement, if there is any: it is the caller's still, and therefore BUSY, or it is not.
 */
final class SettleStatement {

    static final String DONE = "done";
    static final String FAILED = "failed";
    static final String POSTPONED = "postponed";
    static final String DEAD = "dead";
    static final String RELEASED = "released";

    /** What the statements return: messages by id and attempts, and APPLIED or BUSY. What is missing was lost. */
    static final Field<UUID> ID = field(name("id"), UUID.class);

    static final Field<Integer> ATTEMPTS = field(name("attempts"), Integer.class);
    static final Field<String> VERDICT = field(name("verdict"), String.class);

    private static final Field<String> APPLIED = inline(Verdict.APPLIED.name()).as(VERDICT);
    private static final Field<String> BUSY = inline(Verdict.BUSY.name()).as(VERDICT);

    private static final Outbox O = OUTBOX.as("o");
    private static final Param<UUID[]> SENT_IDS = param("ids", UUID[].class);
    private static final Param<Integer[]> SENT_ATTEMPTS = param("attempts", Integer[].class);
    private static final Field<OffsetDateTime> NOW = field("current_timestamp", OffsetDateTime.class);
    private static final Field<Object> CTID = field(name("o", "ctid"));
    private static final Field<Object> TID = field(name("tid"));
    private static final Field<UUID> SENT_ID = field(name("s", "id"), UUID.class);
    private static final Field<Object> ORDINAL = field(name("s", "ord"));
    private static final Field<UUID> HELD_ID = heldColumn("id", UUID.class);
    private static final Field<String> OUTCOME = heldColumn("outcome", String.class);

    private SettleStatement() {}

    static Query settle() {
        Table<?> arrays = table(
                        "unnest({0}, {1}, {2}, {3}, {4}, {5}, {6}) with ordinality",
                        SENT_IDS,
                        SENT_ATTEMPTS,
                        param("outcomes", String[].class),
                        param("delays", Long[].class),
                        param("retry_ats", OffsetDateTime[].class),
                        param("errors", String[].class),
                        param("priors", Integer[].class))
                .as("s", "id", "attempts", "outcome", "delay", "retry_at", "error", "prior", "ord");
        CommonTableExpression<?> held =
                held(arrays, "id", "attempts", "outcome", "delay", "retry_at", "error", "prior");
        CommonTableExpression<?> deleted = name("deleted")
                .as(deleteFrom(O)
                        .where(isAnyOf(select(HELD_ID).from(held).where(OUTCOME.eq(inline(DONE)))))
                        .returning(O.ID, O.ATTEMPTS));
        CommonTableExpression<?> updated = name("updated").as(updateSettled(held));
        return with(held)
                .with(deleted)
                .with(updated)
                .select(ID, ATTEMPTS, APPLIED)
                .from(deleted)
                .unionAll(select(ID, ATTEMPTS, APPLIED).from(updated))
                .unionAll(busy(select(HELD_ID).from(held)));
    }

    /** For settlements that are all {@link #DONE}. It answers for those that were applied only. */
    static Query settleDone() {
        Table<?> arrays = table("unnest({0}, {1}) with ordinality", SENT_IDS, SENT_ATTEMPTS)
                .as("s", "id", "attempts", "ord");
        CommonTableExpression<?> held =
                name("held").asMaterialized(select(TID).from(inOrder(arrays)).crossJoin(lock()));
        CommonTableExpression<?> deleted = name("deleted")
                .as(deleteFrom(O)
                        .where(condition(
                                "{0} = any(array({1}))", CTID, select(TID).from(held)))
                        .returning(O.ID, O.ATTEMPTS));
        return with(held).with(deleted).select(ID, ATTEMPTS, APPLIED).from(deleted);
    }

    /** Those of the messages that are the caller's still. */
    static Query stillHeld() {
        return select(O.ID, O.ATTEMPTS, BUSY)
                .from(O)
                .where(condition("{0} = any({1})", O.ID, SENT_IDS))
                .and(isUnsettled(O));
    }

    static Query renew() {
        Table<?> arrays = table("unnest({0}, {1}) with ordinality", SENT_IDS, SENT_ATTEMPTS)
                .as("s", "id", "attempts", "ord");
        CommonTableExpression<?> held = held(arrays, "id");
        CommonTableExpression<?> updated = name("updated")
                .as(update(O)
                        .set(O.RETRY_AT, laterOf(O.RETRY_AT, fromNow(param("lease", Long.class))))
                        .set(O.UPDATED_AT, NOW)
                        .where(isAnyOf(select(HELD_ID).from(held)))
                        .returning(O.ID, O.ATTEMPTS));
        return with(held)
                .with(updated)
                .select(ID, ATTEMPTS, APPLIED)
                .from(updated)
                .unionAll(busy(select(HELD_ID).from(held)));
    }

    private static CommonTableExpression<?> held(Table<?> sent, String... columns) {
        return name("held")
                .asMaterialized(select(columns("s", columns))
                        .distinctOn(SENT_ID)
                        .from(inOrder(sent))
                        .crossJoin(lock())
                        .orderBy(SENT_ID, ORDINAL));
    }

    private static Table<?> inOrder(Table<?> sent) {
        return table(select(sent.fields()).from(sent).orderBy(SENT_ID, ORDINAL)).as("s");
    }

    /** The row of what was sent, if it is the caller's and nobody else has it locked. */
    private static Table<?> lock() {
        return lateral(select(CTID.as(TID))
                        .from(O)
                        .where(O.ID.eq(SENT_ID))
                        .and(O.ATTEMPTS.eq(field(name("s", "attempts"), Integer.class)))
                        .and(isUnsettled(O))
                        .forUpdate()
                        .skipLocked())
                .as("locked");
    }

    private static ResultQuery<?> updateSettled(CommonTableExpression<?> held) {
        Condition released = OUTCOME.eq(inline(RELEASED));
        Condition uncounted = OUTCOME.in(inline(RELEASED), inline(POSTPONED));
        Field<OffsetDateTime> due = field(
                "coalesce({0}, {1})",
                OffsetDateTime.class,
                heldColumn("retry_at", OffsetDateTime.class),
                fromNow(heldColumn("delay", Long.class)));
        return update(O)
                .set(
                        O.ATTEMPTS,
                        when(released.and(isSuspect()), O.ATTEMPTS.plus(inline(1)))
                                .otherwise(O.ATTEMPTS))
                .set(
                        O.UNSETTLED,
                        when(released, heldColumn("prior", Integer.class)).otherwise(inline(0)))
                .set(O.FAILURES, when(uncounted, O.FAILURES).otherwise(O.FAILURES.plus(inline(1))))
                .set(O.LAST_ERROR, when(released, O.LAST_ERROR).otherwise(heldColumn("error", String.class)))
                .set(O.STATUS, when(OUTCOME.eq(inline(DEAD)), inline("dead")).otherwise(O.STATUS))
                .set(
                        O.RETRY_AT,
                        when(released, NOW)
                                .when(OUTCOME.in(inline(FAILED), inline(POSTPONED)), due)
                                .otherwise(O.RETRY_AT))
                .set(O.UPDATED_AT, NOW)
                .from(held)
                .where(O.ID.eq(HELD_ID))
                .and(OUTCOME.ne(inline(DONE)))
                .returning(O.ID, heldColumn("attempts", Integer.class));
    }

    private static Condition isSuspect() {
        return heldColumn("prior", Integer.class).gt(inline(0));
    }

    private static Select<Record3<UUID, Integer, String>> busy(Select<Record1<UUID>> settled) {
        Field<UUID> sentId = field("pg_catalog.unnest({0})", UUID.class, SENT_IDS);
        return select(O.ID, O.ATTEMPTS, BUSY)
                .from(O)
                .where(isAnyOf(select(sentId).except(settled)))
                .and(isUnsettled(O));
    }

    static Condition isUnsettled(Outbox row) {
        return row.STATUS.eq(inline("pending")).and(row.UNSETTLED.gt(inline(0)));
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
