package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.time.OffsetDateTime;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * What is read from the index on (kind, retry_at) of pending rows without an ordering key: the kinds, by skipping from one to the next, and
 * ranges of one kind. The kind is compared by itself: a row comparison as the upper bound would not end a scan before the end of the kind.
 */
final class PendingIndex {

    static final Field<OffsetDateTime> NOW = time("current_timestamp");

    /** Leases are not longer than a day (see ClaimRequest). */
    static final Field<OffsetDateTime> LONGEST_LEASE = time("current_timestamp + interval '1 day'");

    /** No delay of ours lasts that long; a Go worker parks what it gives up for a hundred years. */
    static final Field<OffsetDateTime> PARKED = time("current_timestamp + interval '50 years'");

    /** The column of {@link #kinds}; the last one is null. */
    static final Field<String> KIND = field(name("kinds", "kind"), String.class);

    private static final Name KINDS = name("kinds");

    private PendingIndex() {}

    /** The kinds of which messages are pending, if they are wanted at all; for a recursive WITH. */
    static CommonTableExpression<?> kinds(Outbox o, Condition wanted) {
        Select<Record1<String>> first =
                select(o.KIND).from(o).where(isIn(o)).orderBy(o.KIND).limit(inline(1));
        Field<String> next = field(select(o.KIND)
                .from(o)
                .where(isIn(o))
                .and(o.KIND.gt(KIND))
                .orderBy(o.KIND)
                .limit(inline(1)));
        return KINDS.fields("kind")
                .as(select(field(first))
                        .where(wanted)
                        .unionAll(select(next).from(table(KINDS)).where(KIND.isNotNull())));
    }

    static Condition isIn(Outbox o) {
        return o.STATUS.eq(inline("pending")).and(o.ORDERING_KEY.isNull());
    }

    /** Rows of the current one of the kinds that are due. */
    static Condition isDue(Outbox o) {
        return isDueUntil(o, NOW);
    }

    /** Rows of the current one of the kinds that are due, or will be, and that no Go worker parked. */
    static Condition isDueUntilParked(Outbox o) {
        return isDueUntil(o, PARKED);
    }

    private static Condition isDueUntil(Outbox o, Field<OffsetDateTime> until) {
        return isIn(o).and(o.KIND.eq(KIND)).and(o.RETRY_AT.le(until));
    }

    /** Rows of the current one of the kinds that will be due after the first time, and not later than the second. */
    static Condition isDueWithin(Outbox o, Field<OffsetDateTime> after, Field<OffsetDateTime> until) {
        return isIn(o).and(o.KIND.eq(KIND)).and(o.RETRY_AT.gt(after)).and(o.RETRY_AT.le(until));
    }

    /** Rows of the current one of the kinds that a Go worker parked. */
    static Condition isParked(Outbox o) {
        return isDueWithin(o, PARKED, time("'infinity'::timestamptz"));
    }

    private static Field<OffsetDateTime> time(String sql) {
        return field(sql, OffsetDateTime.class);
    }
}
