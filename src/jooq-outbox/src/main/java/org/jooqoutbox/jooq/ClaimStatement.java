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
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.when;
import static org.jooq.impl.DSL.withRecursive;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Name;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.WithStep;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * The claim: one statement that takes due messages, keeps suspects apart, and makes dead letters of those that died too often.
 *
 * Which index. One range scan of (kind, retry_at) per kind, so that no row of another kind is ever walked. The kind is compared by itself, not in
 * one row with the time: a scan with a row comparison as its upper bound does not end there, but at the end of the kind, after all that is leased
 * or not yet due. The scans are lazy: the outer LIMIT stops at the first kind that fills it. Therefore the order of the kinds changes from claim to
 * claim. The inner LIMIT, how many of a kind, comes with the row of the kind.
 *
 * Where it begins. At the bound of each kind, which is -infinity but for claims that are to leave the front of the index alone: see LowerBounds.
 *
 * Expiry. A due message whose time to live has passed is set aside in place of being claimed, before anything else is asked: it never runs, so
 * it need not run alone, and keeps nobody waiting.
 *
 * Why it is safe. READ COMMITTED. FOR UPDATE SKIP LOCKED sits below LIMIT, so that no more than the limit is locked; what was locked is checked
 * again in its newest version, so that a row which another claim has just leased drops out. The chosen rows are computed once (a materialized
 * CTE, read through an array), so that the update cannot run for more of them than were chosen. They are updated by ctid: a row that changed
 * between the scan and its lock, and is still due, has moved; it is locked but not updated, counted in "seen" but not returned. So only
 * seen = 0 means that nothing is due.
 *
 * Suspects. "unsettled" counts deliveries in a row that ended without a result. Whoever has one or more may have killed its process, together
 * with innocents that were claimed beside it: all of them are suspects now. A suspect is taken alone, when it is the oldest of those seen, so
 * that from then on only its own deaths are counted to it. One that died alone max_deaths times (unsettled is larger than that by the first
 * time, in company) becomes a dead letter here, because a process that dies never gets to decide it.
 */
final class ClaimStatement {

    private static final Outbox O = OUTBOX.as("o");
    private static final Field<Object> CTID = field(name("o", "ctid"));

    private static final Param<Integer> LIMIT = param("limit", Integer.class);
    private static final Param<Integer> MAX_DEATHS = param("max_deaths", Integer.class);
    private static final Param<Boolean> SUSPECTS = param("suspects", Boolean.class);
    private static final Field<OffsetDateTime> NOW = field("current_timestamp", OffsetDateTime.class);
    private static final Field<OffsetDateTime> LEASE_END = field(
            "current_timestamp + {0} * interval '1 microsecond'", OffsetDateTime.class, param("lease", Long.class));

    private static final Name KINDS = name("kinds");
    private static final Field<String> KIND_OF_KINDS = PendingIndex.KIND;
    private static final Field<Integer> MOST_OF_KINDS = field(name("kinds", "most"), Integer.class);
    private static final Field<OffsetDateTime> BOUND_OF_KINDS = field(name("kinds", "bound"), OffsetDateTime.class);

    private static final Name DUE = name("due");
    private static final Field<Object> DUE_TID = field(name("due", "tid"));
    private static final Field<UUID> DUE_ID = field(name("due", "id"), UUID.class);
    static final Field<OffsetDateTime> DUE_AT = field(name("due", "retry_at"), OffsetDateTime.class);
    private static final Field<Integer> DUE_UNSETTLED = field(name("due", "unsettled"), Integer.class);
    private static final Field<Boolean> DUE_EXPIRED = field(name("due", "expired"), Boolean.class);
    private static final Condition EXPIRES = condition("({0} <= current_timestamp) is true", O.EXPIRES_AT);

    private static final Field<?>[] LOCKED = {
        CTID.as("tid"), O.ID, O.KIND, O.RETRY_AT, O.UNSETTLED, field(EXPIRES).as("expired")
    };
    private static final Field<String> KIND_OF_K = field(name("k", "kind"), String.class);
    private static final Field<Integer> MOST = field(name("k", "most"), Integer.class);
    private static final Field<String> HEADS_KIND = field(name("heads", "kind"), String.class);

    /** What the statement returns: a row with the totals, then one for each claimed message; the other columns of each are null. */
    static final Field<Integer> SEEN = field(name("m", "seen"), Integer.class);

    static final Field<Integer> PICKED = field(name("m", "picked"), Integer.class);
    static final Field<Integer> SUSPECTS_SEEN = field(name("m", "suspects"), Integer.class);
    static final Field<Boolean> KEYED = field(name("m", "keyed"), Boolean.class);
    static final Field<Boolean> WHOLE = field(name("m", "whole"), Boolean.class);
    static final Field<String> CURSOR = field(name("m", "cursor"), String.class);

    /** Seconds until all that it was to take was found and locked. */
    static final Field<Double> SEARCHED = field(name("m", "searched"), Double.class);

    static final Field<OffsetDateTime> AT = field(name("m", "at"), OffsetDateTime.class);
    static final Field<UUID> ID = claimed(OUTBOX.ID);
    static final Field<String> KIND = claimed(OUTBOX.KIND);
    static final Field<JSONB> PAYLOAD = claimed(OUTBOX.PAYLOAD);
    static final Field<JSONB> HEADERS = claimed(OUTBOX.HEADERS);
    static final Field<Integer> ATTEMPTS = claimed(OUTBOX.ATTEMPTS);
    static final Field<Integer> FAILURES = claimed(OUTBOX.FAILURES);
    static final Field<Integer> UNSETTLED = claimed(OUTBOX.UNSETTLED);
    static final Field<String> STATUS = claimed(OUTBOX.STATUS);
    static final Field<OffsetDateTime> CREATED_AT = claimed(OUTBOX.CREATED_AT);
    static final Field<String> PAYLOAD_TYPE = claimed(OUTBOX.PAYLOAD_TYPE);
    static final Field<String> ORDERING_KEY = claimed(OUTBOX.ORDERING_KEY);
    static final Field<Long> SEQ = claimed(OUTBOX.SEQ);

    private static final List<Field<?>> TOTALS =
            List.of(SEEN, PICKED, SUSPECTS_SEEN, KEYED, WHOLE, CURSOR, SEARCHED, AT);
    private static final List<Field<?>> MESSAGE = List.of(
            DUE_AT,
            ID,
            KIND,
            PAYLOAD,
            HEADERS,
            ATTEMPTS,
            FAILURES,
            UNSETTLED,
            STATUS,
            CREATED_AT,
            PAYLOAD_TYPE,
            ORDERING_KEY,
            SEQ);

    static final List<Field<?>> RESULT =
            Stream.concat(TOTALS.stream(), MESSAGE.stream()).toList();

    /** Which messages a claim is about. */
    enum Form {

        /** Those without an ordering key, and whether there are any others. */
        UNKEYED,

        /** All. */
        WITH_KEYED
    }

    private final Form form;
    private final CommonTableExpression<?> walk;
    private final CommonTableExpression<?> heads;

    private ClaimStatement(Form form, CommonTableExpression<?> walk) {
        this.form = form;
        this.walk = walk;
        this.heads = KeyedHeads.heads(walk, LOCKED);
    }

    /** Claims messages of the kinds given, of each at most as many as given, beginning with the first. */
    static Query ofKinds(Form form) {
        Table<?> given = table(
                        "unnest({0}, {1}, cast({2} as timestamptz[]))",
                        param("kinds", String[].class),
                        param("kind_limits", Integer[].class),
                        param("bounds", String[].class))
                .as("g", "kind", "most", "bound");
        CommonTableExpression<?> kinds = KINDS.fields("kind", "most", "bound")
                .as(select(field(name("g", "kind")), field(name("g", "most")), field(name("g", "bound")))
                        .from(given));
        return new ClaimStatement(form, KeyedHeads.walk(false))
                .claim(
                        kinds,
                        select(KIND_OF_KINDS, MOST_OF_KINDS, BOUND_OF_KINDS)
                                .from(kinds)
                                .asTable("k", "kind", "most", "bound"));
    }

    /** Claims messages of any kind, beginning with a random one. */
    static Query ofAnyKind(Form form) {
        CommonTableExpression<?> kinds = PendingIndex.kinds(O, trueCondition());
        return new ClaimStatement(form, KeyedHeads.walk(true))
                .claim(
                        kinds,
                        select(KIND_OF_KINDS, LIMIT, field("'-infinity'::timestamptz"))
                                .from(kinds)
                                .where(KIND_OF_KINDS.isNotNull())
                                .orderBy(field("pg_catalog.random()"))
                                .asTable("k", "kind", "most", "bound"));
    }

    private Query claim(CommonTableExpression<?> kinds, Table<?> inTurn) {
        CommonTableExpression<?> due = due(inTurn);
        CommonTableExpression<?> oldest = oldest(due);
        CommonTableExpression<?> pick = pick(due, oldest);
        CommonTableExpression<?> claimed = claimed(pick);
        WithStep with = withRecursive(kinds);
        return (form == Form.WITH_KEYED ? with.with(walk).with(heads) : with)
                .with(due)
                .with(oldest)
                .with(pick)
                .with(claimed)
                .select(withNulls(MESSAGE))
                .from(totals(due))
                .unionAll(select(withNulls(TOTALS)).from(claimed).join(due).on(DUE_ID.eq(ID)))
                .orderBy(field(name(DUE_AT.getName())).asc().nullsFirst(), field(name(ID.getName())));
    }

    private CommonTableExpression<?> due(Table<?> kinds) {
        if (form == Form.UNKEYED) {
            return DUE.asMaterialized(unkeyed(kinds, MOST, LIMIT));
        }
        Field<Integer> most = MOST.minus(count(heads, HEADS_KIND.eq(KIND_OF_K)));
        Field<Integer> limit = LIMIT.minus(count(heads, trueCondition()));
        return DUE.asMaterialized(select(heads.fields()).from(heads).unionAll(unkeyed(kinds, most, limit)));
    }

    /** Due rows without an ordering key, locked. */
    private static Select<Record> unkeyed(Table<?> kinds, Field<Integer> most, Field<Integer> limit) {
        Table<?> ofOneKind = lateral(select(LOCKED)
                        .from(O)
                        .where(PendingIndex.isIn(O))
                        .and(isDue())
                        .orderBy(O.KIND, O.RETRY_AT)
                        .limit(most)
                        .forUpdate()
                        .skipLocked())
                .as("d");
        return select(ofOneKind.fields()).from(kinds).crossJoin(ofOneKind).limit(limit);
    }

    /** No bound is later than what may still be being written, unless it is meant to be. */
    private static Condition isDue() {
        return condition(
                "{0} = {2} and {1} >= least({3}, current_timestamp - {4} * interval '1 microsecond')"
                        + " and {1} <= current_timestamp",
                O.KIND, O.RETRY_AT, KIND_OF_K, field(name("k", "bound")), param("slack", Long.class));
    }

    private static CommonTableExpression<?> oldest(CommonTableExpression<?> due) {
        return name("oldest")
                .as(select(DUE_ID, DUE_UNSETTLED)
                        .from(due)
                        .where(DUE_UNSETTLED.le(MAX_DEATHS))
                        .andNot(DUE_EXPIRED)
                        .orderBy(DUE_AT, DUE_ID)
                        .limit(inline(1)));
    }

    private static CommonTableExpression<?> pick(CommonTableExpression<?> due, CommonTableExpression<?> oldest) {
        return name("pick")
                .asMaterialized(select(DUE_TID)
                        .from(due)
                        .leftJoin(oldest)
                        .on(trueCondition())
                        .where(DUE_EXPIRED)
                        .or(DUE_UNSETTLED.gt(MAX_DEATHS))
                        .or(condition(
                                "case when {0} > 0 and {1} then {2} = {3} else {4} = 0 end",
                                field(name("oldest", "unsettled")),
                                SUSPECTS,
                                DUE_ID,
                                field(name("oldest", "id")),
                                DUE_UNSETTLED)));
    }

    private static CommonTableExpression<?> claimed(CommonTableExpression<?> pick) {
        Condition dies = O.UNSETTLED.gt(MAX_DEATHS);
        Condition ends = EXPIRES.or(dies);
        Field<String> epitaph = field(
                "pg_catalog.concat(pg_catalog.format('died %s times without a result', {0}),"
                        + " case when {1} <> '' then pg_catalog.concat('; last error: ', pg_catalog.left({1}, 1000)) end)",
                String.class, O.UNSETTLED, O.LAST_ERROR);
        return name("claimed")
                .as(update(O)
                        .set(O.ATTEMPTS, when(ends, O.ATTEMPTS).otherwise(O.ATTEMPTS.plus(inline(1))))
                        .set(O.UNSETTLED, when(ends, O.UNSETTLED).otherwise(O.UNSETTLED.plus(inline(1))))
                        .set(
                                O.STATUS,
                                when(EXPIRES, inline("expired"))
                                        .when(dies, inline("dead"))
                                        .otherwise(O.STATUS))
                        .set(O.RETRY_AT, when(ends, O.RETRY_AT).otherwise(LEASE_END))
                        .set(O.LAST_ERROR, when(dies.andNot(EXPIRES), epitaph).otherwise(O.LAST_ERROR))
                        .set(O.UPDATED_AT, NOW)
                        .where(condition(
                                "{0} = any(array({1}))",
                                CTID, select(field(name("pick", "tid"))).from(pick)))
                        .returning(
                                O.ID,
                                O.KIND,
                                O.PAYLOAD,
                                O.HEADERS,
                                O.ATTEMPTS,
                                O.FAILURES,
                                O.UNSETTLED,
                                O.STATUS,
                                O.CREATED_AT,
                                O.PAYLOAD_TYPE,
                                O.ORDERING_KEY,
                                O.SEQ));
    }

    /** The columns of the result, with nulls for these. */
    private static List<Field<?>> withNulls(List<Field<?>> missing) {
        return RESULT.stream()
                .<Field<?>>map(column -> missing.contains(column)
                        ? field("null", column.getType()).as(column.getName())
                        : column)
                .toList();
    }

    private Table<?> totals(CommonTableExpression<?> due) {
        boolean keyed = form == Form.WITH_KEYED;
        return select(
                        count(due, trueCondition()).as("seen"),
                        count(table(name("pick")), trueCondition()).as("picked"),
                        count(due, DUE_UNSETTLED.gt(inline(0)).andNot(DUE_EXPIRED))
                                .as("suspects"),
                        field(KeyedHeads.exist()).as("keyed"),
                        (keyed ? KeyedHeads.coveredAll() : field("null::boolean", Boolean.class)).as("whole"),
                        (keyed ? KeyedHeads.cursor() : field("null::text", String.class)).as("cursor"),
                        // Behind the totals, which have everything searched and locked.
                        field(
                                        "extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp())",
                                        Double.class)
                                .as("searched"),
                        NOW.as("at"))
                .asTable("m");
    }

    private static Field<Integer> count(Table<?> rows, Condition counted) {
        return field(
                select(field("pg_catalog.count(*)", Integer.class)).from(rows).where(counted));
    }

    private static <T> Field<T> claimed(Field<T> column) {
        return field(name("claimed", column.getName()), column.getDataType());
    }
}
