package org.jooqoutbox.it.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.Name;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.InvalidMessageException;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** One statement for any number of drafts, in their order, with few rights. */
@Tag("conformance")
class EnqueueStatementTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("enqueue");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void enqueue_ofHundredThousand_isOneStatementInTheirOrder() {
        List<MessageDraft> drafts = IntStream.range(0, 100_000)
                .mapToObj(i -> KIND.draft(Integer.toString(i)))
                .toList();
        List<String> statements = new ArrayList<>();
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration().set(ExecuteListener.onExecuteStart(context -> statements.add(context.sql())));

        EnqueueResult result =
                dsl.transactionResult(trx -> OUTBOXES.repository().enqueue(trx, drafts));

        assertThat(statements)
                .singleElement()
                .asString()
                .containsOnlyOnce("insert into")
                .matches(sql -> sql.chars().filter(c -> c == '?').count() < 20);
        List<String> payloads = OUTBOXES.mapped()
                .select(DSL.field("{0}::text", String.class, OUTBOX.PAYLOAD))
                .from(OUTBOX)
                .orderBy(OUTBOX.SEQ)
                .fetchInto(String.class);
        assertThat(payloads)
                .isEqualTo(drafts.stream().map(MessageDraft::payload).toList());
        assertThat(result.ids()).hasSize(100_000).doesNotHaveDuplicates();
    }

    @Test
    void enqueue_ofDraftsWithKeys_keepsTheirOrderInSeq() {
        List<MessageDraft> drafts = IntStream.range(0, 1_000)
                .mapToObj(i -> KIND.draft(Integer.toString(i)).withDeduplicationKey("key " + (i * 7919) % 1_000))
                .toList();
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, drafts);
        });
        assertThat(OUTBOXES.rows())
                .extracting(row -> row.getPayload().data())
                .isEqualTo(drafts.stream().map(MessageDraft::payload).toList());
    }

    @Test
    void enqueue_ofDraftsWithOrderingKeys_keepsTheirOrderInSeqInEachForm() {
        List<MessageDraft> drafts = IntStream.range(0, 1_000)
                .mapToObj(i -> KIND.draft(Integer.toString(i)).withOrderingKey("key " + i % 7))
                .toList();
        List<MessageDraft> coalescing = drafts.stream()
                .map(draft ->
                        draft.withDeduplicationKey("key " + draft.payload().hashCode() * 7919 % 1_000_003))
                .toList();
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, drafts);
            OUTBOXES.repository().enqueue(trx, coalescing);
        });
        List<String> inOrder = drafts.stream()
                .map(draft -> draft.orderingKey().orElseThrow() + " " + draft.payload())
                .toList();
        List<String> rows = OUTBOXES.rows().stream()
                .map(row -> row.getOrderingKey() + " " + row.getPayload().data())
                .toList();
        assertThat(rows.subList(0, 1_000)).isEqualTo(inOrder);
        assertThat(rows.subList(1_000, 2_000)).isEqualTo(inOrder);
        assertThat(rows).hasSize(2_000);
    }

    @Test
    void enqueue_withoutOrderingKey_hasNone() {
        enqueueInBothForms(KIND.draft("1"));
        assertThat(OUTBOXES.rows())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.getOrderingKey()).isNull());
    }

    @Test
    void enqueueQuery_ofDraftsWithOrderingKeys_writesThemInEachForm() {
        OUTBOXES.dsl().transaction(trx -> {
            MessageDraft draft = KIND.draft("1").withOrderingKey("k");
            OUTBOXES.repository().enqueueQuery(trx, List.of(draft)).execute();
            OUTBOXES.repository()
                    .enqueueQuery(trx, List.of(draft.withDeduplicationKey("d")))
                    .execute();
        });
        assertThat(OUTBOXES.rows())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.getOrderingKey()).isEqualTo("k"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void enqueue_ofDraftsOfWhichSomeSayMore_leavesTheOthersToTheDefaults(boolean coalescing) {
        Instant later = Instant.parse("2031-02-03T04:05:06Z");
        List<MessageDraft> drafts = Stream.of(
                        KIND.draft("1"),
                        KIND.draft("2")
                                .withHeader("h", "v")
                                .withPayloadType("t")
                                .withOrderingKey("o"),
                        KIND.draft("3").withDelay(Duration.ofHours(1)).withTimeToLive(Duration.ofHours(2)),
                        KIND.draft("4").withAvailableAt(later).withExpiresAt(later.plusSeconds(1)))
                .map(draft -> coalescing ? draft.withDeduplicationKey(draft.payload()) : draft)
                .toList();
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, drafts);
        });

        List<OutboxRecord> rows = OUTBOXES.rows();
        assertThat(rows).extracting(row -> row.getHeaders().data()).containsExactly("{}", "{\"h\": \"v\"}", "{}", "{}");
        assertThat(rows).extracting(OutboxRecord::getPayloadType).containsExactly(null, "t", null, null);
        assertThat(rows).extracting(OutboxRecord::getOrderingKey).containsExactly(null, "o", null, null);
        OffsetDateTime now = rows.get(0).getCreatedAt();
        assertThat(rows)
                .extracting(row -> row.getRetryAt().toInstant())
                .containsExactly(
                        now.toInstant(), now.toInstant(), now.plusHours(1).toInstant(), later);
        assertThat(rows)
                .extracting(row ->
                        row.getExpiresAt() == null ? null : row.getExpiresAt().toInstant())
                .containsExactly(null, null, now.plusHours(2).toInstant(), later.plusSeconds(1));
    }

    @Test
    void enqueue_ofOneDraftThatSaysEverything_writesIt() {
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository()
                    .enqueue(
                            trx,
                            KIND.draft("1")
                                    .withHeader("h", "v")
                                    .withPayloadType("t")
                                    .withOrderingKey("o")
                                    .withDelay(Duration.ofHours(1))
                                    .withTimeToLive(Duration.ofHours(2)));
        });
        OutboxRecord row = OUTBOXES.rows().get(0);
        assertThat(row.getHeaders().data()).isEqualTo("{\"h\": \"v\"}");
        assertThat(row.getPayloadType()).isEqualTo("t");
        assertThat(row.getOrderingKey()).isEqualTo("o");
        assertThat(row.getRetryAt()).isEqualTo(row.getCreatedAt().plusHours(1));
        assertThat(row.getExpiresAt()).isEqualTo(row.getCreatedAt().plusHours(2));
    }

    @Test
    void enqueue_withDelay_isDueThen() {
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, KIND.draft("1").withDelay(Duration.ofHours(1)));
        });
        assertThat(OUTBOXES.repository().claim(1)).isEmpty();
        var row = OUTBOXES.rows().get(0);
        assertThat(Duration.between(row.getCreatedAt(), row.getRetryAt())).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void enqueue_withInstant_isDueThen() {
        Instant instant = Instant.parse("2031-02-03T04:05:06.123456789Z");
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, KIND.draft("1").withAvailableAt(instant));
        });
        assertThat(OUTBOXES.rows().get(0).getRetryAt().toInstant())
                .isEqualTo(Instant.parse("2031-02-03T04:05:06.123456Z"));
    }

    @Test
    void enqueue_withTimeToLive_expiresThatLongAfterTheTransactionBegan() {
        enqueueInBothForms(KIND.draft("1").withDelay(Duration.ofHours(1)).withTimeToLive(Duration.ofHours(2)));
        assertThat(OUTBOXES.rows()).hasSize(2).allSatisfy(row -> {
            assertThat(Duration.between(row.getCreatedAt(), row.getExpiresAt())).isEqualTo(Duration.ofHours(2));
            assertThat(Duration.between(row.getCreatedAt(), row.getRetryAt())).isEqualTo(Duration.ofHours(1));
        });
    }

    @Test
    void enqueue_withInstantOfExpiry_expiresThen() {
        enqueueInBothForms(KIND.draft("1").withExpiresAt(Instant.parse("2031-02-03T04:05:06.123456789Z")));
        assertThat(OUTBOXES.rows())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.getExpiresAt().toInstant())
                        .isEqualTo(Instant.parse("2031-02-03T04:05:06.123456Z")));
    }

    @Test
    void enqueue_withoutTimeToLive_neverExpires() {
        enqueueInBothForms(KIND.draft("1"));
        assertThat(OUTBOXES.rows())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.getExpiresAt()).isNull());
    }

    /** Drafts with a key go through another statement than those without. */
    private static void enqueueInBothForms(MessageDraft draft) {
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, draft);
            OUTBOXES.repository().enqueue(trx, draft.withDeduplicationKey("k"));
        });
    }

    @Test
    void enqueue_ofOwnIdTwice_writesOnce() {
        MessageDraft draft = KIND.draft("1").withId(new UUID(7, 7));
        OUTBOXES.dsl().transaction(trx -> {
            assertThat(OUTBOXES.repository().enqueue(trx, draft).coalesced()).isEmpty();
            assertThat(OUTBOXES.repository().enqueue(trx, draft).coalesced()).containsExactly(new UUID(7, 7));
        });
        assertThat(OUTBOXES.rows()).hasSize(1);
    }

    @Test
    void enqueue_ofDraftWithoutId_givesVersion7() {
        OUTBOXES.dsl().transaction(trx -> {
            assertThat(OUTBOXES.repository()
                            .enqueue(trx, KIND.draft("1"))
                            .ids()
                            .get(0)
                            .version())
                    .isEqualTo(7);
        });
    }

    @Test
    void enqueue_ofBadDraftAmongGood_leavesTheTransactionAlive() {
        OUTBOXES.dsl().transaction(trx -> {
            assertThatThrownBy(() ->
                            OUTBOXES.repository().enqueue(trx, KIND.draft("1"), KIND.draft("{\"a\":\"\\u0000\"}")))
                    .isInstanceOf(InvalidMessageException.class);
            OUTBOXES.repository().enqueue(trx, KIND.draft("2"));
        });
        assertThat(OUTBOXES.rows()).extracting(row -> row.getPayload().data()).containsExactly("2");
    }

    @Test
    void enqueue_byRoleThatMayOnlyInsert_works() {
        DSLContext producer = role("producer", "insert");
        producer.transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, KIND.draft("1"), KIND.draft("2").withDelay(Duration.ofSeconds(1)));
        });
        assertThat(OUTBOXES.rows()).hasSize(2);
    }

    @Test
    void enqueue_withKeyByRoleThatMayOnlyInsert_needsToSelectIds() {
        DSLContext producer = role("keyed", "insert");
        assertThatThrownBy(() -> producer.transaction(trx -> {
                    OUTBOXES.repository().enqueue(trx, KIND.draft("1").withDeduplicationKey("k"));
                }))
                .isInstanceOf(DataAccessException.class)
                .satisfies(e -> assertThat(((DataAccessException) e).sqlState()).isEqualTo("42501"));

        OUTBOXES.dsl().execute("grant select (id) on {0} to {1}", table(), DSL.name(role("keyed")));
        producer.transaction(trx -> {
            OUTBOXES.repository().enqueue(trx, KIND.draft("1").withDeduplicationKey("k"));
        });
        assertThat(OUTBOXES.rows()).hasSize(1);
    }

    private static DSLContext role(String name, String rights) {
        String role = role(name);
        DSLContext dsl = OUTBOXES.dsl();
        dsl.execute("create role {0} login password 'secret'", DSL.name(role));
        dsl.execute(
                "grant usage on schema {0} to {1}", DSL.name(OUTBOXES.table().schema()), DSL.name(role));
        dsl.execute("grant " + rights + " on {0} to {1}", table(), DSL.name(role));
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(role);
        dataSource.setPassword("secret");
        return DSL.using(dataSource, SQLDialect.POSTGRES);
    }

    private static String role(String name) {
        return OUTBOXES.table().schema() + "_" + name;
    }

    private static Name table() {
        return DSL.name(OUTBOXES.table().schema(), OUTBOXES.table().name());
    }
}
