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
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.withRecursive;
import static org.jooqoutbox.generated.Tables.OUTBOX;
import static org.jooqoutbox.jooq.DeadLetterSearch.O;
import static org.jooqoutbox.jooq.DeadLetterSearch.STATUS;
import static org.jooqoutbox.jooq.DeadLetterSearch.columnOf;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * What is done with dead letters.
 *
 * A replay and a purge first find, then lock what nobody else holds, by its id, and check it again: so they never wait, and two of them share
 * nothing. They look at the first so many of the listing, locked or not; a preview looks at the same.
 *
 * A replayed message has attempts of one or more and is therefore not in the unique index on deduplication keys: a replay cannot fail on it, and
 * does not wait for producers. That a twin is still waiting for its first delivery is a reason not to replay, looked up in that index.
 */
final class DeadLetterStatements {

    static final Field<UUID> ID = O.ID;
    static final Field<Boolean> CONFLICT = field(name("judged", "conflict"), Boolean.class);
    static final Field<String> ERROR = field(name("error"), String.class);
    static final Field<Long> COUNT = field("pg_catalog.count(*)", Long.class).as("count");
    static final Field<?>[] LISTED = {
        O.ID, O.KIND, O.PAYLOAD, O.HEADERS, O.ATTEMPTS, O.FAILURES, O.LAST_ERROR, O.CREATED_AT, O.UPDATED_AT, STATUS
    };
    static final Field<?>[] JUDGMENT = {ID, CONFLICT};
    static final Field<?>[] COUNTED = {O.KIND, STATUS, ERROR, COUNT};

    private static final Field<?>[] KEYS = {O.ID, O.KIND, O.DEDUP_KEY, O.CREATED_AT, O.SEQ, O.UPDATED_AT};
    private static final Name JUDGED = name("judged");

    private DeadLetterStatements() {}

    static Query list() {
        CommonTableExpression<?> kinds = DeadLetterSearch.kinds();
        CommonTableExpression<?> found = DeadLetterSearch.found(kinds, LISTED);
        return withRecursive(kinds)
                .with(found)
                .select(DeadLetterSearch.columnsOf("found", LISTED))
                .from(found)
                .orderBy(
                        columnOf("found", O.UPDATED_AT).desc(),
                        columnOf("found", O.ID).desc());
    }

    static Query count() {
        CommonTableExpression<?> kinds = DeadLetterSearch.kinds();
        CommonTableExpression<?> found =
                DeadLetterSearch.found(kinds, O.ID, O.UPDATED_AT, O.KIND, STATUS, O.LAST_ERROR);
        Field<String> kind = columnOf("found", O.KIND);
        Field<String> status = columnOf("found", STATUS);
        Field<String> error = firstLine(columnOf("found", O.LAST_ERROR));
        return withRecursive(kinds)
                .with(found)
                .select(kind, status, error.as(ERROR), COUNT)
                .from(found)
                .groupBy(kind, status, error)
                .orderBy(COUNT.desc(), byBytes(kind), byBytes(status), byBytes(error));
    }

    static Query replay() {
        CommonTableExpression<?> kinds = DeadLetterSearch.kinds();
        CommonTableExpression<?> found = DeadLetterSearch.found(kinds, O.ID, O.UPDATED_AT);
        CommonTableExpression<?> locked = DeadLetterSearch.locked(found, KEYS);
        CommonTableExpression<?> judged = judged("locked");
        CommonTableExpression<?> replayed = replayed();
        return withRecursive(kinds)
                .with(found)
                .with(locked)
                .with(judged)
                .with(replayed)
                .select(columnOf("judged", O.ID), CONFLICT)
                .from(judged)
                .leftJoin(replayed)
                .on(columnOf("replayed", O.ID).eq(columnOf("judged", O.ID)))
                .where(condition(CONFLICT).or(columnOf("replayed", O.ID).isNotNull()))
                .orderBy(inOrderOfCreation("judged"));
    }

    static Query previewReplay() {
        CommonTableExpression<?> kinds = DeadLetterSearch.kinds();
        CommonTableExpression<?> found = DeadLetterSearch.found(kinds, KEYS);
        CommonTableExpression<?> judged = judged("found");
        return withRecursive(kinds)
                .with(found)
                .with(judged)
                .select(columnOf("judged", O.ID), CONFLICT)
                .from(judged)
                .orderBy(inOrderOfCreation("judged"));
    }

    static Query purge() {
        CommonTableExpression<?> kinds = DeadLetterSearch.kinds();
        CommonTableExpression<?> found = DeadLetterSearch.found(kinds, O.ID, O.UPDATED_AT);
        CommonTableExpression<?> locked = DeadLetterSearch.locked(found, O.ID);
        CommonTableExpression<?> purged = name("purged")
                .as(deleteFrom(O).where(isIn("locked", trueCondition())).returning(O.ID, O.CREATED_AT, O.SEQ));
        return withRecursive(kinds)
                .with(found)
                .with(locked)
                .with(purged)
                .select(columnOf("purged", O.ID))
                .from(purged)
                .orderBy(inOrderOfCreation("purged"));
    }

    /** Which of them may not be replayed: a twin waits for its first delivery, or an older one with the same key is among them. */
    private static CommonTableExpression<?> judged(String of) {
        Outbox t = OUTBOX.as("t");
        Table<?> twin = lateral(select(t.ID)
                        .from(t)
                        .where(t.STATUS.eq(inline("pending")))
                        .and(t.ATTEMPTS.eq(inline(0)))
                        .and(t.KIND.eq(columnOf(of, O.KIND)))
                        .and(t.DEDUP_KEY.eq(columnOf(of, O.DEDUP_KEY)))
                        .and(t.ID.ne(columnOf(of, O.ID)))
                        .limit(inline(1)))
                .as("twin");
        Field<Boolean> conflict = field(
                "{0} is not null and ({1} is not null or pg_catalog.row_number() over"
                        + " (partition by {2}, {0} order by {3}, {4}, {5}) > 1)",
                Boolean.class,
                columnOf(of, O.DEDUP_KEY),
                field(name("twin", "id")),
                columnOf(of, O.KIND),
                columnOf(of, O.CREATED_AT),
                columnOf(of, O.SEQ),
                columnOf(of, O.ID));
        return JUDGED.asMaterialized(
                select(columnOf(of, O.ID), columnOf(of, O.CREATED_AT), columnOf(of, O.SEQ), conflict.as("conflict"))
                        .from(table(name(of)))
                        .leftJoin(twin)
                        .on(trueCondition()));
    }

    /** Attempts grow once more, so that no settlement of an earlier claim can hit the replayed message. */
    private static CommonTableExpression<?> replayed() {
        Condition goes = condition(CONFLICT).not();
        Field<Long> place = field(
                "pg_catalog.row_number() over (order by {0}, {1}, {2}) - 1", Long.class, inOrderOfCreation("judged"));
        Table<?> places = select(columnOf("judged", O.ID), place.as("place"))
                .from(table(JUDGED))
                .where(goes)
                .asTable("places");
        Field<OffsetDateTime> due = field(
                "current_timestamp + coalesce({0} * 1000000 / {1}, 0) * interval '1 microsecond'",
                OffsetDateTime.class, field(name("places", "place")), param("per_second", Integer.class));
        return name("replayed")
                .as(update(O)
                        .set(O.STATUS, inline("pending"))
                        .set(O.ATTEMPTS, O.ATTEMPTS.plus(inline(1)))
                        .set(O.UNSETTLED, inline(0))
                        .set(O.FAILURES, inline(0))
                        .set(O.EXPIRES_AT, inline((OffsetDateTime) null))
                        .set(O.RETRY_AT, due)
                        .set(O.UPDATED_AT, PendingIndex.NOW)
                        .from(places)
                        .where(O.ID.eq(columnOf("places", O.ID)))
                        .and(isIn("judged", goes))
                        .returning(O.ID));
    }

    /** As an array: the planner takes it for short, and looks the rows up by their ids. */
    private static Condition isIn(String table, Condition which) {
        return condition(
                "{0} = any(array({1}))",
                O.ID, select(columnOf(table, O.ID)).from(table(name(table))).where(which));
    }

    private static Field<?>[] inOrderOfCreation(String table) {
        return new Field<?>[] {columnOf(table, O.CREATED_AT), columnOf(table, O.SEQ), columnOf(table, O.ID)};
    }

    private static Field<String> firstLine(Field<String> text) {
        return field(
                "pg_catalog.left(pg_catalog.split_part(pg_catalog.translate({0}, pg_catalog.chr(13), pg_catalog.chr(10)),"
                        + " pg_catalog.chr(10), 1), 200)",
                String.class, text);
    }

    private static Field<String> byBytes(Field<String> text) {
        return field("{0} collate pg_catalog.\"C\"", String.class, text);
    }
}
