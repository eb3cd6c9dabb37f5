package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.InsertReturningStep;
import org.jooq.JSONB;
import org.jooq.Query;
import org.jooq.Table;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.generated.tables.records.OutboxRecord;

/**
 * Writes any number of drafts with one statement and a constant number of bind values: an array for each column, or for one draft a value. Columns
 * that no draft says anything about are left to their defaults, so that there are as many statements as ways to use drafts.
 *
 * <p>The plain forms need the right to INSERT and nothing else. The others leave out drafts that are there already, by id or by deduplication
 * key, and one of them reads ids back to tell which. They take {@code seq} first, in the drafts' order, and then insert in the order of the keys,
 * so that two transactions with the same keys wait for each other in one direction only.
 *
 * @param columns those that are written; not to be changed any more
 */
record EnqueueStatement(Form form, Set<DraftColumn> columns) {

    private static final Field<Long> ORDINAL = field(name("d", "ord"), Long.class);
    private static final String SEQUENCE = "sequence";

    enum Form {

        /** One draft. */
        ONE,

        /** Any number of drafts. */
        MANY,

        /** Returns the ids that were written. */
        COALESCING,

        /** Returns nothing but the number of rows, and so needs no right to read. */
        COALESCING_UNTOLD
    }

    Query query() {
        return switch (form) {
            case ONE -> one();
            case MANY -> many();
            case COALESCING -> coalescing().returningResult(OUTBOX.ID);
            case COALESCING_UNTOLD -> coalescing();
        };
    }

    private Query one() {
        Map<Field<?>, Field<?>> row = row(DraftColumn::value);
        return insertInto(OUTBOX).columns(row.keySet()).values(row.values());
    }

    private Query many() {
        Map<Field<?>, Field<?>> row = row(DraftColumn::element);
        return insertInto(OUTBOX)
                .columns(row.keySet())
                .select(select(row.values()).from(drafts()).orderBy(ORDINAL));
    }

    private InsertReturningStep<OutboxRecord> coalescing() {
        Map<Field<?>, Field<?>> row = row(DraftColumn::element);
        row.put(OUTBOX.SEQ, field("pg_catalog.nextval({0}::regclass)", Long.class, param(SEQUENCE, String.class)));
        List<Field<?>> named = new ArrayList<>();
        row.forEach((column, value) -> named.add(value.as(column.getName())));
        Table<?> numbered = select(named).from(drafts()).orderBy(ORDINAL).asTable("n");
        return insertInto(OUTBOX)
                .columns(row.keySet())
                .select(select(row.keySet().stream()
                                .map(EnqueueStatement::numbered)
                                .toList())
                        .from(numbered)
                        .orderBy(Stream.of(OUTBOX.KIND, OUTBOX.DEDUP_KEY, OUTBOX.ID)
                                .filter(row::containsKey)
                                .map(EnqueueStatement::numbered)
                                .toList()))
                .onConflictDoNothing();
    }

    private static Field<?> numbered(Field<?> column) {
        return field(name("n", column.getName()), column.getType());
    }

    /** A table of drafts with what they say, in their order. */
    private Table<?> drafts() {
        List<String> names =
                new ArrayList<>(columns.stream().map(DraftColumn::text).toList());
        names.add("ord");
        return table(
                        "unnest({0}) with ordinality",
                        list(columns.stream().map(DraftColumn::array).toList()))
                .as("d", names.toArray(String[]::new));
    }

    /** What is written into which column of the outbox, made of what the drafts say. */
    private Map<Field<?>, Field<?>> row(Function<DraftColumn, Field<?>> said) {
        Map<Field<?>, Field<?>> row = new LinkedHashMap<>();
        row.put(OUTBOX.ID, said.apply(DraftColumn.ID));
        row.put(OUTBOX.KIND, said.apply(DraftColumn.KIND));
        row.put(OUTBOX.PAYLOAD, json(said.apply(DraftColumn.PAYLOAD)));
        if (columns.contains(DraftColumn.HEADERS)) {
            row.put(
                    OUTBOX.HEADERS,
                    field("coalesce({0}, {1})", JSONB.class, json(said.apply(DraftColumn.HEADERS)), inline("{}")));
        }
        List<Field<?>> due = times(said, DraftColumn.AVAILABLE_AT, DraftColumn.DELAY);
        if (!due.isEmpty()) {
            due.add(field("current_timestamp"));
            row.put(OUTBOX.RETRY_AT, coalesce(due));
        }
        List<Field<?>> expiry = times(said, DraftColumn.EXPIRES_AT, DraftColumn.LIFETIME);
        if (!expiry.isEmpty()) {
            row.put(OUTBOX.EXPIRES_AT, coalesce(expiry));
        }
        copy(row, OUTBOX.DEDUP_KEY, DraftColumn.DEDUP_KEY, said);
        copy(row, OUTBOX.ORDERING_KEY, DraftColumn.ORDERING_KEY, said);
        copy(row, OUTBOX.PAYLOAD_TYPE, DraftColumn.PAYLOAD_TYPE, said);
        return row;
    }

    private void copy(
            Map<Field<?>, Field<?>> row, Field<?> target, DraftColumn column, Function<DraftColumn, Field<?>> said) {
        if (columns.contains(column)) {
            row.put(target, said.apply(column));
        }
    }

    private List<Field<?>> times(Function<DraftColumn, Field<?>> said, DraftColumn instant, DraftColumn fromNow) {
        List<Field<?>> times = new ArrayList<>();
        if (columns.contains(instant)) {
            times.add(said.apply(instant));
        }
        if (columns.contains(fromNow)) {
            times.add(field("current_timestamp + {0} * interval '1 microsecond'", said.apply(fromNow)));
        }
        return times;
    }

    private static Field<OffsetDateTime> coalesce(List<Field<?>> times) {
        return field("coalesce({0})", OffsetDateTime.class, list(times));
    }

    private static Field<JSONB> json(Field<?> text) {
        return field("{0}::jsonb", JSONB.class, text);
    }

    /** Bind values for these drafts. */
    Map<String, Field<?>> values(List<UUID> ids, List<MessageDraft> drafts, String sequence) {
        Map<String, Field<?>> values = new HashMap<>();
        for (DraftColumn column : columns) {
            Field<?> value = form == Form.ONE ? column.valueOf(ids.get(0), drafts.get(0)) : column.arrayOf(ids, drafts);
            values.put(column.text(), value);
        }
        values.put(SEQUENCE, val(sequence));
        return values;
    }
}
