package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jooq.Field;
import org.jooq.InsertReturningStep;
import org.jooq.JSONB;
import org.jooq.Query;
import org.jooq.Table;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes any number of drafts with one statement and a constant number of bind values: one array per column.
 *
 * <p>There are two forms. The plain one needs the right to INSERT and nothing else. The other leaves out drafts that are there already, by id
 * or by deduplication key, and has to read ids back to tell which. It takes {@code seq} first, in the drafts' order, and then inserts in the
 * order of the keys, so that two transactions with the same keys wait for each other in one direction only.
 */
final class EnqueueStatement {

    private static final Table<?> DRAFTS = table(
                    "unnest({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}) with ordinality",
                    param("ids", UUID[].class),
                    param("kinds", String[].class),
                    param("payloads", String[].class),
                    param("headers", String[].class),
                    param("delays", Long[].class),
                    param("available", OffsetDateTime[].class),
                    param("lifetimes", Long[].class),
                    param("expiries", OffsetDateTime[].class),
                    param("dedup_keys", String[].class),
                    param("ordering_keys", String[].class),
                    param("payload_types", String[].class))
            .as(
                    "d",
                    "id",
                    "kind",
                    "payload",
                    "headers",
                    "delay",
                    "available_at",
                    "lifetime",
                    "expires_at",
                    "dedup_key",
                    "ordering_key",
                    "payload_type",
                    "ord");

    private static final Field<UUID> ID = field(name("d", "id"), UUID.class);
    private static final Field<String> KIND = field(name("d", "kind"), String.class);
    private static final Field<JSONB> PAYLOAD = field("{0}::jsonb", JSONB.class, field(name("d", "payload")));
    private static final Field<JSONB> HEADERS = field("{0}::jsonb", JSONB.class, field(name("d", "headers")));
    private static final Field<OffsetDateTime> RETRY_AT = field(
            "coalesce({0}, current_timestamp + {1} * interval '1 microsecond', current_timestamp)",
            OffsetDateTime.class, field(name("d", "available_at")), field(name("d", "delay")));
    private static final Field<OffsetDateTime> EXPIRES_AT = field(
            "coalesce({0}, current_timestamp + {1} * interval '1 microsecond')",
            OffsetDateTime.class, field(name("d", "expires_at")), field(name("d", "lifetime")));
    private static final Field<String> DEDUP_KEY = field(name("d", "dedup_key"), String.class);
    private static final Field<String> ORDERING_KEY = field(name("d", "ordering_key"), String.class);
    private static final Field<String> PAYLOAD_TYPE = field(name("d", "payload_type"), String.class);
    private static final Field<Long> ORDINAL = field(name("d", "ord"), Long.class);

    private EnqueueStatement() {}

    static Query plain() {
        return insertInto(
                        OUTBOX,
                        OUTBOX.ID,
                        OUTBOX.KIND,
                        OUTBOX.PAYLOAD,
                        OUTBOX.HEADERS,
                        OUTBOX.RETRY_AT,
                        OUTBOX.EXPIRES_AT,
                        OUTBOX.DEDUP_KEY,
                        OUTBOX.ORDERING_KEY,
                        OUTBOX.PAYLOAD_TYPE)
                .select(select(ID, KIND, PAYLOAD, HEADERS, RETRY_AT, EXPIRES_AT, DEDUP_KEY, ORDERING_KEY, PAYLOAD_TYPE)
                        .from(DRAFTS)
                        .orderBy(ORDINAL));
    }

    /** Returns the ids that were written. */
    static Query coalescing() {
        return coalescingInsert().returningResult(OUTBOX.ID);
    }

    /** Returns nothing but the number of rows, and so needs no right to read. */
    static Query coalescingUntold() {
        return coalescingInsert();
    }

    private static InsertReturningStep<OutboxRecord> coalescingInsert() {
        Field<Long> nextSeq = field("pg_catalog.nextval({0}::regclass)", Long.class, param("sequence", String.class))
                .as("seq");
        Table<?> numbered = select(
                        ID,
                        KIND,
                        PAYLOAD.as("payload"),
                        HEADERS.as("headers"),
                        RETRY_AT.as("retry_at"),
                        EXPIRES_AT.as("expires_at"),
                        DEDUP_KEY,
                        ORDERING_KEY,
                        PAYLOAD_TYPE,
                        nextSeq)
                .from(DRAFTS)
                .orderBy(ORDINAL)
                .asTable("n");
        return insertInto(
                        OUTBOX,
                        OUTBOX.ID,
                        OUTBOX.KIND,
                        OUTBOX.PAYLOAD,
                        OUTBOX.HEADERS,
                        OUTBOX.RETRY_AT,
                        OUTBOX.EXPIRES_AT,
                        OUTBOX.DEDUP_KEY,
                        OUTBOX.ORDERING_KEY,
                        OUTBOX.PAYLOAD_TYPE,
                        OUTBOX.SEQ)
                .select(select(
                                column("id", UUID.class),
                                column("kind", String.class),
                                column("payload", JSONB.class),
                                column("headers", JSONB.class),
                                column("retry_at", OffsetDateTime.class),
                                column("expires_at", OffsetDateTime.class),
                                column("dedup_key", String.class),
                                column("ordering_key", String.class),
                                column("payload_type", String.class),
                                column("seq", Long.class))
                        .from(numbered)
                        .orderBy(
                                column("kind", String.class),
                                column("dedup_key", String.class),
                                column("id", UUID.class)))
                .onConflictDoNothing();
    }

    private static <T> Field<T> column(String name, Class<T> type) {
        return field(name("n", name), type);
    }

    static Map<String, Field<?>> values(List<UUID> ids, List<MessageDraft> drafts, String sequence) {
        Map<String, Field<?>> values = new LinkedHashMap<>();
        values.put("ids", val(ids.toArray(UUID[]::new)));
        values.put("kinds", texts(drafts, MessageDraft::kind));
        values.put("payloads", texts(drafts, MessageDraft::payload));
        values.put("headers", texts(drafts, draft -> HeadersJson.write(draft.headers())));
        values.put("delays", micros(drafts, MessageDraft::delay));
        values.put("available", instants(drafts, MessageDraft::availableAt));
        values.put("lifetimes", micros(drafts, MessageDraft::timeToLive));
        values.put("expiries", instants(drafts, MessageDraft::expiresAt));
        values.put("dedup_keys", texts(drafts, draft -> draft.deduplicationKey().orElse(null)));
        values.put("ordering_keys", texts(drafts, draft -> draft.orderingKey().orElse(null)));
        values.put("payload_types", texts(drafts, draft -> draft.payloadType().orElse(null)));
        values.put("sequence", val(sequence));
        return values;
    }

    private static Field<String[]> texts(List<MessageDraft> drafts, Function<MessageDraft, @Nullable String> text) {
        return val(drafts.stream().map(text).toArray(String[]::new));
    }

    private static Field<Long[]> micros(
            List<MessageDraft> drafts, Function<MessageDraft, Optional<Duration>> duration) {
        return val(drafts.stream()
                .map(draft -> duration.apply(draft)
                        .map(TimeUnit.MICROSECONDS::convert)
                        .orElse(null))
                .toArray(Long[]::new));
    }

    private static Field<OffsetDateTime[]> instants(
            List<MessageDraft> drafts, Function<MessageDraft, Optional<Instant>> instant) {
        return val(drafts.stream()
                .map(draft -> instant.apply(draft)
                        .map(at -> at.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC))
                        .orElse(null))
                .toArray(OffsetDateTime[]::new));
    }
}
