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
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.withRecursive;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Configuration;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * When the next message is due: one look into the index on (kind, retry_at) for each kind. Where there are messages with an ordering key, which
 * is rare in an idle outbox and costs more to ask for, a second statement looks at each of a few keys. What a Go worker parked is given up, and
 * is due never.
 */
final class NextDueStatement {

    private static final int MOST_KEYS = 100;

    private static final Outbox O = OUTBOX.as("o");
    private static final Param<String[]> KINDS = param("kinds", String[].class);
    private static final Field<OffsetDateTime> NEXT = field(name("next"), OffsetDateTime.class);
    private static final Field<OffsetDateTime> AT = field(name("at"), OffsetDateTime.class);
    private static final Field<Boolean> KEYED = field(name("keyed"), Boolean.class);
    private static final Field<Integer> KEYS = field(name("keys"), Integer.class);

    // What is behind the last key that was looked at may be due any time.
    private static final Duration WHEN_THERE_ARE_MORE_KEYS = Duration.ofSeconds(1);

    private NextDueStatement() {}

    /** Of messages without a key; and whether there are any with one. */
    static Query withoutKey() {
        Field<OffsetDateTime> retryAt = field(name("first", "retry_at"), OffsetDateTime.class);
        return select(
                        soonest(retryAt).as(NEXT),
                        PendingIndex.NOW.as(AT),
                        field(KeyedHeads.exist()).as(KEYED))
                .from(table("pg_catalog.unnest({0})", KINDS).as("kinds", "kind"))
                .crossJoin(firstOfKind());
    }

    /** Of the first messages of keys. */
    static Query ofKeys() {
        CommonTableExpression<?> heads = OrderingKeys.heads(O, trueCondition(), trueCondition(), inline(MOST_KEYS));
        return withRecursive(heads)
                .select(
                        soonest(OrderingKeys.RETRY_AT).as(NEXT),
                        PendingIndex.NOW.as(AT),
                        field(select(field("pg_catalog.count(*)", Integer.class))
                                        .from(heads))
                                .as(KEYS))
                .from(heads)
                .where(condition("{0} = any({1})", OrderingKeys.KIND, KINDS))
                .and(OrderingKeys.RETRY_AT.le(PendingIndex.PARKED));
    }

    private static Field<OffsetDateTime> soonest(Field<OffsetDateTime> retryAt) {
        return field(
                "case when pg_catalog.count(*) > 0 then greatest(pg_catalog.min({0}), {1}) end",
                OffsetDateTime.class, retryAt, PendingIndex.NOW);
    }

    private static Table<?> firstOfKind() {
        return lateral(select(O.RETRY_AT)
                        .from(O)
                        .where(PendingIndex.isDueUntilParked(O))
                        .orderBy(O.KIND, O.RETRY_AT)
                        .limit(inline(1)))
                .as("first");
    }

    /** Asks, once or twice. */
    static Optional<Duration> ask(Configuration configuration, Statements statements, Collection<String> kinds) {
        Map<String, Field<?>> values = Map.of("kinds", val(kinds.toArray(String[]::new)));
        Record withoutKey = statements
                .nextDue()
                .resultQuery(configuration, values)
                .coerce(NEXT, AT, KEYED)
                .fetchSingle();
        Optional<Duration> next = wait(withoutKey);
        if (!withoutKey.get(KEYED) || next.filter(Duration::isZero).isPresent()) {
            return next;
        }
        Record ofKeys = statements
                .nextDueOfKeys()
                .resultQuery(configuration, values)
                .coerce(NEXT, AT, KEYS)
                .fetchSingle();
        Optional<Duration> more =
                ofKeys.get(KEYS) < MOST_KEYS ? Optional.empty() : Optional.of(WHEN_THERE_ARE_MORE_KEYS);
        return Stream.of(next, wait(ofKeys), more).flatMap(Optional::stream).min(Comparator.naturalOrder());
    }

    private static Optional<Duration> wait(Record row) {
        return Optional.ofNullable(row.get(NEXT)).map(due -> Duration.between(row.get(AT), due));
    }
}
