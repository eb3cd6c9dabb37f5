package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.when;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Param;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * The heads of ordering keys that a claim may take: of each key the pending message with the smallest seq, where it is due and of a kind asked
 * for. Whatever else the head is, it keeps its key waiting.
 *
 * Which index. A walk along (ordering_key, seq), from the first row of a key to the first row of the next one; the bound is a row comparison, so
 * that the rows of a key are leapt over and not read, however many there are. It begins after the key where an earlier claim stopped, goes on at
 * the beginning of the index when it comes to the end ("wrapped"), and ends at the latest where it began ("ended"), after STEPS steps, or when
 * it found as many heads as are wanted.
 *
 * Why the order holds. A head is chosen as the snapshot of the statement has it, then locked and checked as it is now, and updated only if it is
 * the same row version still. Whoever leased a later message of the key since must have seen the head settled; then it is another version or
 * gone, and not taken. And while we hold the head, nobody sees it settled. There are two exceptions, in which a message comes to stand before
 * others: its transaction committed after theirs, though its seq is smaller; and it was a dead letter that was replayed.
 *
 * The rows are locked by id, not by ctid: one that changed between snapshot and lock, and is due nevertheless, must count as seen.
 */
final class KeyedHeads {

    /** How many keys a claim looks at: some milliseconds' work. */
    static final int STEPS = 500;

    private static final Outbox O = OUTBOX.as("o");
    private static final Param<String[]> KINDS = param("kinds", String[].class);
    private static final Field<String> CURSOR = field("cast({0} as text)", String.class, param("cursor", String.class));
    private static final Field<Integer[]> HEAD_LIMITS =
            field("cast({0} as int[])", Integer[].class, param("head_limits", Integer[].class));
    private static final Param<Integer> HEADS = param("heads", Integer.class);

    private static final Name WALK = name("walk");
    private static final Field<String> KEY = walked("key", String.class);
    private static final Field<UUID> ID = walked("id", UUID.class);
    private static final Condition FITS = condition(walked("fits", Boolean.class));
    private static final Condition WAITS = condition(walked("waits", Boolean.class));
    private static final Field<Integer[]> PLACES = walked("places", Integer[].class);
    private static final Condition WRAPPED = condition(walked("wrapped", Boolean.class));
    private static final Condition ENDED = condition(walked("ended", Boolean.class));
    private static final Field<Integer> STEP = walked("step", Integer.class);
    private static final Field<Integer> FOUND = walked("found", Integer.class);

    private KeyedHeads() {}

    /** Whether any message that has an ordering key is pending. Asked so that, whatever the statistics say, no table is searched for one. */
    static Condition exist() {
        Condition fromTheBeginning =
                condition("({0}, {1}) >= ('', {2})", O.ORDERING_KEY, O.SEQ, inline(Long.MIN_VALUE));
        return field(select(O.SEQ)
                        .from(O)
                        .where(isIn())
                        .and(fromTheBeginning)
                        .orderBy(O.ORDERING_KEY, O.SEQ)
                        .limit(inline(1)))
                .isNotNull();
    }

    /**
     * The walk over the keys, a row for each step, for a recursive WITH. A row says whether the head that was found fits, or waits for no other
     * reason than that there is no place for its kind. Rows without a key mark the two ends of the index.
     */
    static CommonTableExpression<?> walk(boolean anyKind) {
        Table<?> next = lateral(select(
                                O.ORDERING_KEY.as("key"),
                                O.ID,
                                O.KIND,
                                field(O.RETRY_AT.le(PendingIndex.NOW)).as("due"))
                        .from(O)
                        .where(isIn())
                        .and(isBehind())
                        .orderBy(O.ORDERING_KEY, O.SEQ)
                        .limit(inline(1)))
                .as("next");
        Table<?> met = lateral(select(
                        field(condition(
                                        "({0} is not null and (not {1} or {0} <= {2})) is true",
                                        nextColumn("key", String.class), walked("wrapped", Boolean.class), CURSOR))
                                .as("here"),
                        anyKind
                                ? inline(1).as("place")
                                : field(
                                                "pg_catalog.array_position({0}, {1})",
                                                Integer.class, KINDS, nextColumn("kind", String.class))
                                        .as("place")))
                .as("met");
        Condition here = condition(field(name("met", "here"), Boolean.class));
        Field<Integer> place = field(name("met", "place"), Integer.class);
        Condition wanted = here.and(condition(nextColumn("due", Boolean.class))).and(place.isNotNull());
        Condition free = anyKind ? trueCondition() : condition("{0}[{1}] > 0", PLACES, place);
        Table<?> judged = lateral(select(
                        field(condition("({0}) is true", wanted.and(free))).as("fits"),
                        field(condition("({0}) is true", wanted.andNot(free))).as("waits")))
                .as("judged");
        Condition fits = condition(field(name("judged", "fits"), Boolean.class));
        return WALK.fields("key", "id", "fits", "waits", "places", "wrapped", "ended", "step", "found")
                .as(select(
                                CURSOR,
                                field("null::uuid", UUID.class),
                                inline(false),
                                inline(false),
                                HEAD_LIMITS,
                                inline(false),
                                inline(false),
                                inline(0),
                                inline(0))
                        .unionAll(select(
                                        when(here, nextColumn("key", String.class)),
                                        when(here, nextColumn("id", UUID.class)),
                                        field(fits),
                                        field(name("judged", "waits"), Boolean.class),
                                        anyKind ? PLACES : oneLess(fits, place),
                                        field(WRAPPED.orNot(here)),
                                        field(WRAPPED.andNot(here)),
                                        STEP.plus(inline(1)),
                                        FOUND.plus(when(fits, inline(1)).otherwise(inline(0))))
                                .from(table(WALK)
                                        .leftJoin(next)
                                        .on(trueCondition())
                                        .crossJoin(met)
                                        .crossJoin(judged))
                                .where(ENDED.not())
                                .and(STEP.lt(inline(STEPS)))
                                .and(FOUND.lt(HEADS))));
    }

    /** The heads that fit, locked. */
    static CommonTableExpression<?> heads(CommonTableExpression<?> walk, Field<?>... columns) {
        Table<?> head = lateral(select(columns)
                        .from(O)
                        .where(O.ID.eq(ID))
                        .and(isIn())
                        .and(O.RETRY_AT.le(PendingIndex.NOW))
                        .forUpdate()
                        .skipLocked())
                .as("h");
        return name("heads")
                .asMaterialized(select(head.fields()).from(walk).crossJoin(head).where(FITS));
    }

    /** Whether it went all the way round, and no head had to wait for a place. */
    static Field<Boolean> coveredAll() {
        return field(condition(
                "exists({0}) and not exists({1})",
                select(inline(1)).from(table(WALK)).where(ENDED),
                select(inline(1)).from(table(WALK)).where(WAITS)));
    }

    /** Where the next walk may begin: at the first head that had to wait, or else where this one stopped. */
    static Field<String> cursor() {
        Field<Integer> firstThatWaits = field(select(field("pg_catalog.min({0})", Integer.class, STEP))
                .from(table(WALK))
                .where(WAITS));
        return field(select(KEY)
                .from(table(WALK))
                .where(condition("{0} < coalesce({1}, {2})", STEP, firstThatWaits, inline(Integer.MAX_VALUE)))
                .orderBy(STEP.desc())
                .limit(inline(1)));
    }

    private static Condition isIn() {
        return O.STATUS.eq(inline("pending")).and(O.ORDERING_KEY.isNotNull());
    }

    /** Rows of later keys than the current one; all rows, where there is none. */
    private static Condition isBehind() {
        return condition(
                "({0}, {1}) > (coalesce({2}, ''), case when {2} is null then {3} else {4} end)",
                O.ORDERING_KEY, O.SEQ, KEY, inline(Long.MIN_VALUE), inline(Long.MAX_VALUE));
    }

    private static Field<Integer[]> oneLess(Condition fits, Field<Integer> place) {
        return field(
                "case when {0} then {1}[:{2} - 1] || {1}[{2}] - 1 || {1}[{2} + 1:] else {1} end",
                Integer[].class, fits, PLACES, place);
    }

    private static <T> Field<T> nextColumn(String column, Class<T> type) {
        return field(name("next", column), type);
    }

    private static <T> Field<T> walked(String column, Class<T> type) {
        return field(name("walk", column), type);
    }
}
