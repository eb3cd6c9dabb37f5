package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.when;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.Table;
import org.jooqoutbox.generated.tables.Outbox;

/*
 * Which rows a query for dead letters means. They are found in three places, each by an index, and those that were not asked for cost nothing:
 *
 * - dead and expired ones, one status after the other, on (status, updated_at, id), newest first, no more than the limit: however many expired,
 *   the dead are not behind them;
 * - messages that a Go worker parked: pending, due in decades. They are at the far end of each kind in (kind, retry_at), so that the backlog is
 *   not read. Messages with an ordering_key are not in that index, and Go workers know nothing of order: a parked one is found by its id only;
 * - where ids are given, by these and in no other way.
 *
 * A condition that is not set is a null. Statements are planned with their values, and a plan without them has a filter that is evaluated once.
 */
final class DeadLetterSearch {

    static final Outbox O = OUTBOX.as("o");
    static final Field<String> STATUS = when(O.STATUS.eq(inline("pending")), inline("parked"))
            .otherwise(O.STATUS)
            .as(O.STATUS.getName());

    private static final Param<UUID[]> IDS = param("ids", UUID[].class);
    private static final Param<String[]> STATUSES = param("statuses", String[].class);
    private static final Condition PARKED_WANTED = condition("{0} is null and 'parked' = any({1})", IDS, STATUSES);
    private static final Param<Integer> LIMIT = param("limit", Integer.class);

    private DeadLetterSearch() {}

    /** The kinds among which parked messages are looked for: {@link #found} reads them. */
    static CommonTableExpression<?> kinds() {
        return PendingIndex.kinds(O, PARKED_WANTED);
    }

    /**
     * The first of those that are meant, in the order of the listing; all of them if the limit is null.
     *
     * @param columns of {@link #O}, among them id and updated_at
     */
    static CommonTableExpression<?> found(CommonTableExpression<?> kinds, Field<?>... columns) {
        Table<?> meant = ofStatuses(columns)
                .unionAll(parked(kinds, columns))
                .unionAll(ofIds(columns))
                .asTable("meant");
        return name("found")
                .asMaterialized(select(columnsOf("meant", columns))
                        .from(meant)
                        .orderBy(
                                columnOf("meant", O.UPDATED_AT).desc(),
                                columnOf("meant", O.ID).desc())
                        .limit(LIMIT));
    }

    /** Of those found the ones that nobody else holds, locked, as they are now if they are still meant. */
    static CommonTableExpression<?> locked(CommonTableExpression<?> found, Field<?>... columns) {
        Table<?> lock = lateral(select(columns)
                        .from(O)
                        .where(O.ID.eq(columnOf("found", O.ID)))
                        .and(isGivenUp())
                        .and(fits())
                        .forUpdate()
                        .skipLocked())
                .as("lock");
        return name("locked")
                .asMaterialized(select(columnsOf("lock", columns)).from(found).crossJoin(lock));
    }

    static List<Field<?>> columnsOf(String table, Field<?>... columns) {
        return Stream.<Field<?>>of(columns)
                .<Field<?>>map(column -> columnOf(table, column))
                .toList();
    }

    static <T> Field<T> columnOf(String table, Field<T> column) {
        return field(name(table, column.getName()), column.getDataType());
    }

    private static Select<Record> ofStatuses(Field<?>... columns) {
        Table<?> statuses = table("pg_catalog.unnest({0})", STATUSES).as("statuses", "status");
        Table<?> ofOne = lateral(select(columns)
                        .from(O)
                        .where(O.STATUS.ne(inline("pending")))
                        .and(O.STATUS.eq(field(name("statuses", "status"), String.class)))
                        .and(fits())
                        .orderBy(O.UPDATED_AT.desc(), O.ID.desc())
                        .limit(LIMIT))
                .as("dead");
        return select(columnsOf("dead", columns))
                .from(statuses)
                .crossJoin(ofOne)
                .where(condition("{0} is null", IDS));
    }

    private static Select<Record> parked(CommonTableExpression<?> kinds, Field<?>... columns) {
        Table<?> ofOne = lateral(select(columns)
                        .from(O)
                        .where(PendingIndex.isParked(O))
                        .and(fits())
                        .orderBy(O.KIND, O.RETRY_AT))
                .as("parked");
        return select(columnsOf("parked", columns))
                .from(kinds)
                .crossJoin(ofOne)
                .where(PendingIndex.KIND.isNotNull())
                .and(isOfKinds(PendingIndex.KIND));
    }

    private static Select<Record> ofIds(Field<?>... columns) {
        Table<?> ids = table("pg_catalog.unnest({0})", IDS).as("ids", "id");
        Table<?> ofOne = lateral(select(columns)
                        .from(O)
                        .where(O.ID.eq(field(name("ids", "id"), UUID.class)))
                        .and(isGivenUp())
                        .and(fits()))
                .as("one");
        return select(columnsOf("one", columns)).from(ids).crossJoin(ofOne);
    }

    private static Condition isGivenUp() {
        Condition parked = O.STATUS.eq(inline("pending")).and(O.RETRY_AT.gt(PendingIndex.PARKED));
        return condition("{0} = any({1})", O.STATUS, STATUSES)
                .or(parked.and(condition("'parked' = any({0})", STATUSES)));
    }

    /** The conditions that add up, but for status and ids. */
    private static Condition fits() {
        return isOfKinds(O.KIND)
                .and(condition(
                        "coalesce(pg_catalog.strpos({0}, {1}) > 0, true)", O.LAST_ERROR, param("error", String.class)))
                .and(condition(
                        "{0} <= coalesce(current_timestamp - {1} * interval '1 microsecond', 'infinity')",
                        O.UPDATED_AT, param("age", Long.class)))
                .and(condition(
                        "({0}, {1}) < (coalesce({2}, 'infinity'), coalesce({3}, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))",
                        O.UPDATED_AT, O.ID, param("after_at", OffsetDateTime.class), param("after_id", UUID.class)));
    }

    private static Condition isOfKinds(Field<String> kind) {
        return condition("coalesce({0} = any({1}), true)", kind, param("kinds", String[].class));
    }
}
