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
import java.util.Map;
import java.util.Optional;
import org.jooq.CommonTableExpression;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * When the next message is due: one look into the index on (kind, retry_at) for each kind, and one into that on (ordering_key, seq) for each of
 * a few ordering keys. What a Go worker parked is given up, and is due never.
 */
final class NextDueStatement {

    private static final int MOST_KEYS = 100;

    private static final Outbox O = OUTBOX.as("o");
    private static final Param<String[]> KINDS = param("kinds", String[].class);
    private static final Field<OffsetDateTime> NEXT = field(name("next"), OffsetDateTime.class);
    private static final Field<OffsetDateTime> AT = field(name("at"), OffsetDateTime.class);

    private static final Field<Integer> KEYS = field(name("keys"), Integer.class);

    // What is behind the last key that was looked at may be due any time.
    private static final Duration WHEN_THERE_ARE_MORE_KEYS = Duration.ofSeconds(1);

    static final Field<?>[] RESULT = {NEXT, AT, KEYS};

    private NextDueStatement() {}

    static Query nextDue() {
        CommonTableExpression<?> heads = OrderingKeys.heads(O, trueCondition(), trueCondition(), inline(MOST_KEYS));
        Field<OffsetDateTime> retryAt = field(name("first", "retry_at"), OffsetDateTime.class);
        Table<?> all = select(retryAt.as("retry_at"))
                .from(table("pg_catalog.unnest({0})", KINDS).as("kinds", "kind"))
                .crossJoin(firstOfKind())
                .unionAll(select(OrderingKeys.RETRY_AT)
                        .from(heads)
                        .where(condition("{0} = any({1})", OrderingKeys.KIND, KINDS))
                        .and(OrderingKeys.RETRY_AT.le(PendingIndex.PARKED)))
                .asTable("first");
        return withRecursive(heads)
                .select(
                        field(
                                        "case when pg_catalog.count(*) > 0 then greatest(pg_catalog.min({0}), {1}) end",
                                        OffsetDateTime.class, retryAt, PendingIndex.NOW)
                                .as(NEXT),
                        PendingIndex.NOW.as(AT),
                        field(select(field("pg_catalog.count(*)", Integer.class))
                                        .from(heads))
                                .as(KEYS))
                .from(all);
    }

    private static Table<?> firstOfKind() {
        return lateral(select(O.RETRY_AT)
                        .from(O)
                        .where(PendingIndex.isDueUntilParked(O))
                        .orderBy(O.KIND, O.RETRY_AT)
                        .limit(inline(1)))
                .as("first");
    }

    static Map<String, Field<?>> values(Collection<String> kinds) {
        return Map.of("kinds", val(kinds.toArray(String[]::new)));
    }

    static Optional<Duration> read(Record row) {
        Optional<Duration> next = Optional.ofNullable(row.get(NEXT)).map(due -> Duration.between(row.get(AT), due));
        boolean all = row.get(KEYS) < MOST_KEYS;
        return all || next.filter(NextDueStatement::isSoonEnough).isPresent()
                ? next
                : Optional.of(WHEN_THERE_ARE_MORE_KEYS);
    }

    private static boolean isSoonEnough(Duration wait) {
        return wait.compareTo(WHEN_THERE_ARE_MORE_KEYS) <= 0;
    }
}
