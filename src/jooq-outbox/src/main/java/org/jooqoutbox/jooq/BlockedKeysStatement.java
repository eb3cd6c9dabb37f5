package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.withRecursive;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Table;
import org.jooqoutbox.OutboxRepository.BlockedKey;
import org.jooqoutbox.OutboxRepository.BlockedKey.Reason;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.generated.tables.Outbox;
import org.jspecify.annotations.Nullable;

/*
 * The ordering keys whose head nobody has under a lease: from key to key along the index until enough are found. What is shown of a head beside
 * what the skipping brings along, and how many wait behind it, is looked up only for those.
 */
final class BlockedKeysStatement {

    static final int MOST = 10_000;

    private static final Outbox O = OUTBOX.as("o");
    private static final Field<Integer> FAILURES = field(name("head", "failures"), Integer.class);
    private static final Field<String> LAST_ERROR = field(name("head", "last_error"), String.class);
    private static final Field<Long> WAITING = field(name("waiting"), Long.class);
    private static final Field<OffsetDateTime> DUE_AT = field(name("due_at"), OffsetDateTime.class);
    private static final Field<OffsetDateTime> AT = field(name("at"), OffsetDateTime.class);

    static final Field<?>[] RESULT = {
        OrderingKeys.KEY,
        OrderingKeys.ID,
        OrderingKeys.KIND,
        DUE_AT,
        OrderingKeys.ATTEMPTS,
        FAILURES,
        LAST_ERROR,
        WAITING,
        AT
    };

    private BlockedKeysStatement() {}

    static Query blockedKeys() {
        Condition from = condition(
                "({0}, {1}) > ({2}, {3})",
                O.ORDERING_KEY, O.SEQ, param("after_key", String.class), param("after_seq", Long.class));
        CommonTableExpression<?> heads =
                OrderingKeys.heads(O, from, isFree(O.UNSETTLED, O.RETRY_AT), param("limit", Integer.class));
        Table<?> ofKey = selectOne()
                .from(O)
                .where(OrderingKeys.isIn(O))
                .and(O.ORDERING_KEY.eq(OrderingKeys.KEY))
                .limit(inline(OutboxStats.COUNTED_TO))
                .asTable("of_key");
        return withRecursive(heads)
                .select(
                        OrderingKeys.KEY,
                        OrderingKeys.ID,
                        OrderingKeys.KIND,
                        finite(OrderingKeys.RETRY_AT).as(DUE_AT),
                        OrderingKeys.ATTEMPTS,
                        FAILURES,
                        LAST_ERROR,
                        field(select(field("pg_catalog.count(*)", Long.class)).from(ofKey))
                                .as(WAITING),
                        PendingIndex.NOW.as(AT))
                .from(heads)
                .crossJoin(restOfHead())
                .where(isFree(OrderingKeys.UNSETTLED, OrderingKeys.RETRY_AT))
                .orderBy(OrderingKeys.KEY);
    }

    /** Not under a lease. */
    private static Condition isFree(Field<Integer> unsettled, Field<OffsetDateTime> retryAt) {
        return unsettled.eq(inline(0)).or(retryAt.le(PendingIndex.NOW));
    }

    /** Somebody may have set it to infinity by hand, and Java knows no such time. */
    private static Field<OffsetDateTime> finite(Field<OffsetDateTime> time) {
        return field(
                "least(greatest({0}, {1} - interval '1000 years'), {1} + interval '1000 years')",
                OffsetDateTime.class, time, PendingIndex.NOW);
    }

    /** The limit keeps the planner from joining the heads with all of the table. */
    private static Table<?> restOfHead() {
        return lateral(select(O.FAILURES, O.LAST_ERROR)
                        .from(O)
                        .where(O.ID.eq(OrderingKeys.ID))
                        .limit(inline(1)))
                .as("head");
    }

    static Map<String, Field<?>> values(@Nullable String after, int limit) {
        return Map.of(
                "after_key", val(after == null ? "" : after),
                "after_seq", val(after == null ? Long.MIN_VALUE : Long.MAX_VALUE),
                "limit", val(limit));
    }

    static BlockedKey read(Record row) {
        return new BlockedKey(
                row.get(OrderingKeys.KEY),
                reason(row),
                row.get(OrderingKeys.ID),
                row.get(OrderingKeys.KIND),
                row.get(FAILURES),
                row.get(LAST_ERROR),
                Duration.between(row.get(AT), row.get(DUE_AT)),
                row.get(WAITING));
    }

    private static Reason reason(Record row) {
        if (!row.get(DUE_AT).isAfter(row.get(AT))) {
            return Reason.UNCLAIMED;
        }
        return row.get(OrderingKeys.ATTEMPTS) == 0 ? Reason.DELAYED : Reason.FAILED;
    }
}
