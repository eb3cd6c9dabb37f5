package org.jooqoutbox.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.PayloadCases;
import org.jooqoutbox.generated.Tables;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in through enqueue comes out as it was, or is refused while the caller's transaction goes on. */
@Tag("conformance")
class EnqueueInputTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("input");
    private static final MessageKind<String> KIND = MessageKind.json("order.placed");
    private static final String EURO = "\u20AC";

    /** Pooled: hundreds of cases would otherwise spend their time on connecting. */
    private static final HikariDataSource POOL = Pools.pool(true, 2);

    private final DSLContext dsl = DSL.using(POOL, SQLDialect.POSTGRES);

    @AfterAll
    static void close() {
        POOL.close();
    }

    @BeforeEach
    void empty() {
        mapped().deleteFrom(Tables.OUTBOX).execute();
        dsl.deleteFrom(DSL.table(OUTBOX.business())).execute();
    }

    static Stream<PayloadCases.Case> accepted() {
        return PayloadCases.all().filter(one -> one.verdict().passes());
    }

    static Stream<PayloadCases.Case> refused() {
        return PayloadCases.all().filter(one -> !one.verdict().passes());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void enqueue_payloadThatIsKept_comesOutWithTheSameValue(PayloadCases.Case one) {
        OutboxRecord row = enqueued(KIND.draft(one.json()));

        assertThat(JsonValues.equal(one.json(), row.getPayload().data())).isTrue();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void enqueue_payloadThatIsNotKept_leavesTheTransactionAlive(PayloadCases.Case one) {
        dsl.transaction(trx -> {
            insertBusiness(trx, 1);
            assertThatExceptionOfType(InvalidMessageException.class)
                    .isThrownBy(() -> OUTBOX.repository().enqueue(trx, KIND.draft("{}"), KIND.draft(one.json())))
                    .withMessageContaining(one.reason());
            insertBusiness(trx, 2);
        });

        assertThat(dsl.fetchCount(DSL.table(OUTBOX.business()))).isEqualTo(2);
        assertThat(mapped().fetchCount(Tables.OUTBOX)).isZero();
    }

    @ParameterizedTest
    @MethodSource("org.jooqoutbox.it.input.HostileTexts#storable")
    void enqueue_hostileTexts_comeOutAsTheyWere(String text) {
        MessageDraft draft = MessageKind.json("kind " + text)
                .draft("{}")
                .withHeader(text, text)
                .withPayloadType(text)
                .withDeduplicationKey(text);

        Message message = enqueuedAndClaimed(draft);

        assertThat(message.kind()).isEqualTo("kind " + text);
        assertThat(message.headers()).isEqualTo(Map.of(text, text));
        assertThat(message.payloadType()).isEqualTo(text);
        assertThat(OUTBOX.row(message.id()).getDedupKey()).isEqualTo(text);
    }

    /** Each stands for an order of its own, and the longest fits into the index. */
    @Test
    void enqueue_hostileOrderingKeys_areStoredAsTheyWere() {
        List<String> keys = Stream.concat(HostileTexts.storable(), Stream.of(EURO.repeat(341) + "x"))
                .toList();
        OUTBOX.repository()
                .enqueueInOwnTransaction(keys.stream()
                        .map(key -> MessageKind.json("kind").draft("{}").withOrderingKey(key))
                        .toList());
        assertThat(OUTBOX.rows()).extracting(OutboxRecord::getOrderingKey).isEqualTo(keys);
    }

    @Test
    void enqueue_longestTexts_comeOutAsTheyWere() {
        String kind = EURO.repeat(85);
        String key = EURO.repeat(341) + "x";
        String header = "\u0001".repeat(16 * 1024 - 1);

        Message message = enqueuedAndClaimed(MessageKind.json(kind)
                .draft("{}")
                .withHeader("a", header)
                .withPayloadType(kind)
                .withDeduplicationKey(key));

        assertThat(message.kind()).isEqualTo(kind);
        assertThat(message.headers()).isEqualTo(Map.of("a", header));
        assertThat(message.payloadType()).isEqualTo(kind);
        assertThat(OUTBOX.row(message.id()).getDedupKey()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "2026-11-23T10:15:30.123456Z", "9999-12-31T23:59:59.999999Z"})
    void enqueue_dueAtTheLimits_isStoredToTheMicrosecond(Instant at) {
        OutboxRecord row = enqueued(KIND.draft("{}").withAvailableAt(at));

        assertThat(row.getRetryAt().toInstant()).isEqualTo(at);
    }

    @Test
    void enqueue_dueBetweenMicroseconds_dropsTheRest() {
        OutboxRecord row = enqueued(KIND.draft("{}").withAvailableAt(Instant.parse("2026-11-23T10:15:30.123456999Z")));

        assertThat(row.getRetryAt().toInstant()).isEqualTo("2026-11-23T10:15:30.123456Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "2026-11-23T10:15:30.123456Z", "9999-12-31T23:59:59.999999Z"})
    void enqueue_expiringAtTheLimits_isStoredToTheMicrosecond(Instant at) {
        OutboxRecord row = enqueued(KIND.draft("{}").withExpiresAt(at));

        assertThat(row.getExpiresAt().toInstant()).isEqualTo(at);
    }

    @Test
    void enqueue_longestTimeToLiveAndDelay_areCountedFromTheTransaction() {
        Duration delay = Duration.ofDays(3653).minusNanos(1000);
        Duration timeToLive = Duration.ofDays(3653);

        OutboxRecord row = enqueued(KIND.draft("{}").withDelay(delay).withTimeToLive(timeToLive));

        assertThat(row.getRetryAt().toInstant())
                .isEqualTo(row.getCreatedAt().plus(delay).toInstant());
        assertThat(row.getExpiresAt().toInstant())
                .isEqualTo(row.getCreatedAt().plus(timeToLive).toInstant());
    }

    @Test
    void enqueue_longestDelay_isCountedFromTheTransaction() {
        Duration delay = Duration.ofDays(3653);

        OutboxRecord row = enqueued(KIND.draft("{}").withDelay(delay));

        OffsetDateTime due = row.getCreatedAt().plus(delay);
        assertThat(row.getRetryAt().toInstant()).isEqualTo(due.toInstant());
    }

    private Message enqueuedAndClaimed(MessageDraft draft) {
        enqueued(draft);
        return OUTBOX.repository().claim(1).get(0);
    }

    private OutboxRecord enqueued(MessageDraft draft) {
        dsl.transaction(trx -> OUTBOX.repository().enqueue(trx, draft));
        return mapped().selectFrom(Tables.OUTBOX).fetchSingle();
    }

    private DSLContext mapped() {
        return OUTBOX.repository().dsl(dsl.configuration());
    }

    private static void insertBusiness(Configuration trx, int id) {
        trx.dsl().execute("insert into {0} values ({1}, 'note')", OUTBOX.business(), DSL.val(id));
    }
}
