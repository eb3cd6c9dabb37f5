package org.jooqoutbox.jooq;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.val;

import java.lang.reflect.Array;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageDraft;
import org.jspecify.annotations.Nullable;

/** Something that a draft may say, and how the database is told: by a value, or by an array with an element for each draft. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state, and types of jOOQ that nobody changes
enum DraftColumn {
    ID(UUID.class, "uuid", (id, draft) -> id),
    KIND(String.class, "text", (id, draft) -> draft.kind()),
    PAYLOAD(String.class, "text", (id, draft) -> draft.payload()),
    HEADERS(String.class, "text", (id, draft) -> draft.headers().isEmpty() ? null : HeadersJson.write(draft.headers())),
    DELAY(
            Long.class,
            "int8",
            (id, draft) -> draft.delay().map(DraftColumn::micros).orElse(null)),
    AVAILABLE_AT(
            OffsetDateTime.class,
            "timestamptz",
            (id, draft) -> draft.availableAt().map(DraftColumn::atMicros).orElse(null)),
    LIFETIME(
            Long.class,
            "int8",
            (id, draft) -> draft.timeToLive().map(DraftColumn::micros).orElse(null)),
    EXPIRES_AT(
            OffsetDateTime.class,
            "timestamptz",
            (id, draft) -> draft.expiresAt().map(DraftColumn::atMicros).orElse(null)),
    DEDUP_KEY(String.class, "text", (id, draft) -> draft.deduplicationKey().orElse(null)),
    ORDERING_KEY(String.class, "text", (id, draft) -> draft.orderingKey().orElse(null)),
    PAYLOAD_TYPE(String.class, "text", (id, draft) -> draft.payloadType().orElse(null));

    private static final Set<DraftColumn> ALWAYS = EnumSet.range(ID, PAYLOAD);
    private static final List<DraftColumn> SOMETIMES = List.copyOf(EnumSet.range(HEADERS, PAYLOAD_TYPE));

    private final String text = name().toLowerCase(Locale.ROOT);
    private final Class<?> type;
    private final DataType<Object> bound;
    private final BiFunction<UUID, MessageDraft, @Nullable Object> said;

    DraftColumn(Class<?> type, String postgresType, BiFunction<UUID, MessageDraft, @Nullable Object> said) {
        this.type = type;
        this.bound = DriverBinding.type(postgresType);
        this.said = said;
    }

    /** What one of the drafts at least says. */
    static Set<DraftColumn> saidIn(List<UUID> ids, List<MessageDraft> drafts) {
        Set<DraftColumn> columns = EnumSet.copyOf(ALWAYS);
        for (DraftColumn column : SOMETIMES) {
            if (column.isSaidIn(ids, drafts)) {
                columns.add(column);
            }
        }
        return columns;
    }

    private boolean isSaidIn(List<UUID> ids, List<MessageDraft> drafts) {
        for (int i = 0; i < ids.size(); i++) {
            if (said.apply(ids.get(i), drafts.get(i)) != null) {
                return true;
            }
        }
        return false;
    }

    /** The name of the parameter, and of the column in a table of drafts. */
    String text() {
        return text;
    }

    /** The parameter for one draft. */
    Param<?> value() {
        return param(text, type);
    }

    /** The parameter for any number of drafts. */
    Param<?> array() {
        return param(text, type.arrayType());
    }

    /** The column in a table of drafts, which is called d. */
    Field<?> element() {
        return field(DSL.name("d", text), type);
    }

    /** What is bound to {@link #value()}. */
    Field<?> valueOf(UUID id, MessageDraft draft) {
        return val(said.apply(id, draft), bound);
    }

    /** What is bound to {@link #array()}. */
    Field<?> arrayOf(List<UUID> ids, List<MessageDraft> drafts) {
        Object[] elements = (Object[]) Array.newInstance(type, ids.size());
        for (int i = 0; i < elements.length; i++) {
            elements[i] = said.apply(ids.get(i), drafts.get(i));
        }
        return val((Object) elements, bound);
    }

    private static Long micros(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration);
    }

    private static OffsetDateTime atMicros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
