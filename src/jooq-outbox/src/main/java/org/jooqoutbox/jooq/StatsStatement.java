package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.withRecursive;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.Record;
import org.jooq.Table;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * How the outbox stands, in one statement that reads a bounded number of rows, whatever the backlog.
 *
 * Everything is read kind by kind from (kind, retry_at), no further than what is counted. Messages under a lease are the exception: they lie
 * among those that are due later, and no index knows them. A lease ends within a day, most within a minute; so they are looked for among the
 * 2 * COUNTED_TO messages that are due next within a day, of which each kind has an equal share. Where more of a kind than its share are due
 * before its leases end, some leases are overlooked: with one or two kinds none below COUNTED_TO, whatever else waits.
 *
 * Messages with an ordering_key: their index does not know when they are due, but only the head of each key can be. The heads are read one by
 * one, up to COUNTED_TO of them, and what lies in the index up to the last of them, and is no head, waits.
 */
final class StatsStatement {

    private static final Outbox O = OUTBOX.as("o");
    private static final Field<Integer> CAP = inline(OutboxStats.COUNTED_TO);
    private static final Field<Integer> LOOKED_THROUGH = inline(2 * OutboxStats.COUNTED_TO);
    private static final Name HEADS_BY_STATE = name("heads_by_state");
    private static final Name SHARE = name("share");
    private static final Field<Integer> ONE_UNSETTLED = field(name("one", "unsettled"), Integer.class);

    private static final Field<Long> DUE = field(name("due"), Long.class);
    private static final Field<OffsetDateTime> OLDEST_DUE = field(name("oldest_due"), OffsetDateTime.class);
    private static final Field<Long> IN_FLIGHT = field(name("in_flight"), Long.class);
    private static final Field<Long> DELAYED = field(name("delayed"), Long.class);
    private static final Field<Long> WAITING = field(name("waiting"), Long.class);
    private static final Field<Long> DEAD = field(name("dead"), Long.class);
    private static final Field<Long> PARKED = field(name("parked"), Long.class);
    private static final Field<Long> EXPIRED = field(name("expired"), Long.class);
    private static final Field<Integer> PEAK_ATTEMPTS = field(name("peak_attempts"), Integer.class);
    private static final Field<OffsetDateTime> AT = field(name("at"), OffsetDateTime.class);

    static final Field<?>[] RESULT = {
        DUE, OLDEST_DUE, IN_FLIGHT, DELAYED, WAITING, DEAD, PARKED, EXPIRED, PEAK_ATTEMPTS, AT
    };

    private StatsStatement() {}

    static Query stats() {
        CommonTableExpression<?> kinds = PendingIndex.kinds(O, trueCondition());
        CommonTableExpression<?> due = rows("due", kinds, PendingIndex.isDue(O));
        CommonTableExpression<?> share = share(kinds);
        CommonTableExpression<?> inFlight = inFlight(kinds);
        CommonTableExpression<?> delayed = rows(
                "delayed",
                kinds,
                PendingIndex.isDueWithin(O, PendingIndex.NOW, PendingIndex.PARKED)
                        .and(O.UNSETTLED.eq(inline(0)).or(O.RETRY_AT.gt(PendingIndex.LONGEST_LEASE))));
        CommonTableExpression<?> parked = rows("parked", kinds, PendingIndex.isParked(O));
        CommonTableExpression<?> heads = OrderingKeys.heads(O, trueCondition(), trueCondition(), CAP);
        return withRecursive(kinds, heads)
                .with(due)
                .with(share)
                .with(inFlight)
                .with(delayed)
                .with(parked)
                .with(headsByState(heads))
                .select(
                        count(due).plus(ofHeads("due", Long.class)).as(DUE),
                        earlierOf(oldestDue(kinds), ofHeads("oldest_due", OffsetDateTime.class))
                                .as(OLDEST_DUE),
                        count(inFlight).plus(ofHeads("in_flight", Long.class)).as(IN_FLIGHT),
                        count(delayed).plus(ofHeads("delayed", Long.class)).as(DELAYED),
                        count(rowsUpToLastHead())
                                .minus(ofHeads("heads", Long.class))
                                .as(WAITING),
                        count(ofStatus("dead")).as(DEAD),
                        count(parked).as(PARKED),
                        count(ofStatus("expired")).as(EXPIRED),
                        peakAttempts(due, inFlight, delayed, table(HEADS_BY_STATE))
                                .as(PEAK_ATTEMPTS),
                        PendingIndex.NOW.as(AT));
    }

    static OutboxStats read(Record row) {
        OffsetDateTime at = row.get(AT);
        OffsetDateTime oldestDue = row.get(OLDEST_DUE);
        return new OutboxStats(
                capped(row.get(DUE)),
                oldestDue == null ? Duration.ZERO : Duration.between(oldestDue, at),
                capped(row.get(IN_FLIGHT)),
                capped(row.get(DELAYED)),
                row.get(WAITING),
                capped(row.get(DEAD) + row.get(PARKED)),
                row.get(EXPIRED),
                row.get(PEAK_ATTEMPTS),
                at.toInstant());
    }

    private static long capped(long count) {
        return Math.min(OutboxStats.COUNTED_TO, count);
    }

    private static CommonTableExpression<?> rows(String name, CommonTableExpression<?> kinds, Condition ofKind) {
        return rows(name, kinds, ofKind, CAP, trueCondition());
    }

    private static CommonTableExpression<?> inFlight(CommonTableExpression<?> kinds) {
        Field<Integer> share =
                field(select(field(name("share", "rows"), Integer.class)).from(table(SHARE)));
        return rows("in_flight", kinds, isDueWithinALease(), share, ONE_UNSETTLED.gt(inline(0)));
    }

    /** How many messages of each kind are looked through for leases. */
    private static CommonTableExpression<?> share(CommonTableExpression<?> kinds) {
        Table<?> any = lateral(select(O.KIND)
                        .from(O)
                        .where(isDueWithinALease())
                        .orderBy(O.KIND, O.RETRY_AT)
                        .limit(inline(1)))
                .as("any_of_kind");
        Field<Integer> rows = field("({0} / greatest(pg_catalog.count(*), 1))::int", Integer.class, LOOKED_THROUGH);
        return SHARE.asMaterialized(
                select(rows.as("rows")).from(kinds).crossJoin(any).where(PendingIndex.KIND.isNotNull()));
    }

    private static Condition isDueWithinALease() {
        return PendingIndex.isDueWithin(O, PendingIndex.NOW, PendingIndex.LONGEST_LEASE);
    }

    /** Attempts of the rows that count: of each kind so many are read, and no more counted in all than counting goes to. */
    private static CommonTableExpression<?> rows(
            String name, CommonTableExpression<?> kinds, Condition ofKind, Field<Integer> ofEach, Condition counts) {
        Table<?> one = lateral(select(O.ATTEMPTS, O.UNSETTLED)
                        .from(O)
                        .where(ofKind)
                        .orderBy(O.KIND, O.RETRY_AT)
                        .limit(ofEach))
                .as("one");
        return name(name)
                .asMaterialized(select(field(name("one", "attempts"), Integer.class))
                        .from(kinds)
                        .crossJoin(one)
                        .where(PendingIndex.KIND.isNotNull())
                        .and(counts)
                        .limit(CAP));
    }

    private static Field<OffsetDateTime> oldestDue(CommonTableExpression<?> kinds) {
        Table<?> oldest = lateral(select(O.RETRY_AT)
                        .from(O)
                        .where(PendingIndex.isDue(O))
                        .orderBy(O.KIND, O.RETRY_AT)
                        .limit(inline(1)))
                .as("oldest");
        Field<OffsetDateTime> retryAt = field(name("oldest", "retry_at"), OffsetDateTime.class);
        return field(select(retryAt)
                .from(kinds)
                .crossJoin(oldest)
                .where(PendingIndex.KIND.isNotNull())
                .orderBy(retryAt)
                .limit(inline(1)));
    }

    /** How many heads are in which state. Those in decades are dead letters of a Go worker. */
    private static CommonTableExpression<?> headsByState(CommonTableExpression<?> heads) {
        Condition due = OrderingKeys.RETRY_AT.le(PendingIndex.NOW);
        Condition leased = OrderingKeys.UNSETTLED
                .gt(inline(0))
                .and(OrderingKeys.RETRY_AT.gt(PendingIndex.NOW))
                .and(OrderingKeys.RETRY_AT.le(PendingIndex.LONGEST_LEASE));
        Condition parked = OrderingKeys.RETRY_AT.gt(PendingIndex.PARKED);
        return HEADS_BY_STATE.asMaterialized(select(
                        countIf(due).as("due"),
                        field(
                                        "pg_catalog.min({0}) filter (where {1})",
                                        OffsetDateTime.class, OrderingKeys.RETRY_AT, due)
                                .as("oldest_due"),
                        countIf(leased).as("in_flight"),
                        countIf(not(due.or(leased).or(parked))).as("delayed"),
                        countIf(trueCondition()).as("heads"),
                        field("pg_catalog.max({0})", String.class, OrderingKeys.KEY)
                                .as("last_key"),
                        field(
                                        "pg_catalog.max({0}) filter (where {1})",
                                        Integer.class, OrderingKeys.ATTEMPTS, not(parked))
                                .as("attempts"))
                .from(heads));
    }

    private static Field<Long> countIf(Condition condition) {
        return field("pg_catalog.count(*) filter (where {0})", Long.class, condition);
    }

    private static <T> Field<T> ofHeads(String column, Class<T> type) {
        return field(select(field(name("heads_by_state", column), type)).from(table(HEADS_BY_STATE)));
    }

    /** The heads among them, and no more others than are counted. */
    private static Table<?> rowsUpToLastHead() {
        return selectOne()
                .from(O)
                .where(OrderingKeys.isIn(O))
                .and(O.ORDERING_KEY.le(ofHeads("last_key", String.class)))
                .orderBy(O.ORDERING_KEY, O.SEQ)
                .limit(ofHeads("heads", Long.class).plus(CAP))
                .asTable("with_key");
    }

    private static Field<OffsetDateTime> earlierOf(Field<OffsetDateTime> one, Field<OffsetDateTime> other) {
        return field("least({0}, {1})", OffsetDateTime.class, one, other);
    }

    private static Table<?> ofStatus(String status) {
        return select(O.STATUS)
                .from(O)
                .where(O.STATUS.ne(inline("pending")))
                .and(O.STATUS.eq(inline(status)))
                .orderBy(O.STATUS, O.UPDATED_AT, O.ID)
                .limit(CAP)
                .asTable(status);
    }

    private static Field<Long> count(Table<?> rows) {
        return field(select(field("pg_catalog.count(*)", Long.class)).from(rows));
    }

    private static Field<Integer> peakAttempts(Table<?>... counted) {
        QueryPart[] peaks = Stream.of(counted).map(StatsStatement::peak).toArray(QueryPart[]::new);
        return field("coalesce(greatest({0}, {1}, {2}, {3}), 0)", Integer.class, peaks);
    }

    private static Field<Integer> peak(Table<?> counted) {
        Field<Integer> attempts = field(name(counted.getName(), "attempts"), Integer.class);
        return field(
                select(field("pg_catalog.max({0})", Integer.class, attempts)).from(counted));
    }
}
