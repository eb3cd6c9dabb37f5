package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The claim stays small and exact whatever the planner does: counted in pages and rows, not in milliseconds. */
@Tag("conformance")
class ClaimPlanTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("plans");
    private static final ClaimRequest OF_OURS = ClaimRequest.of(100).kinds(Set.of("ours", "also ours"));

    @BeforeEach
    void empty() {
        // Not what the test before deleted: dead rows are read, too.
        OUTBOXES.mapped().truncate(OUTBOX).execute();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claim_behindManyRowsOfOtherKinds_readsFewPages(boolean analyzed) {
        fill("theirs", 100_000, "now() - interval '1 day'");
        fill("ours", 200, "now()");
        fill("ours", 20_000, "now() + interval '1 day'");
        if (analyzed) {
            OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        }
        assertThat(pagesRead(OF_OURS)).isLessThan(2_000);
        Claim claim = OUTBOXES.repository().claim(OF_OURS);
        assertThat(claim.messages())
                .hasSize(100)
                .allMatch(message -> message.kind().equals("ours"));
    }

    /** It has room for more: nothing tells it to stop but the time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claim_beforeManyRowsThatAreNotDue_readsFewPages(boolean analyzed) {
        fill("ours", 20, "now()");
        fill("ours", 50_000, "now() + interval '30 seconds'");
        fill("also ours", 50_000, "now() + i * interval '1 minute'");
        if (analyzed) {
            OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        }
        assertThat(pagesRead(OF_OURS)).isLessThan(200);
        assertThat(pagesRead(ClaimRequest.of(100))).isLessThan(200);
    }

    /** The rows lie in no order on disk, and the planner does not know how few of each kind are wanted. */
    @Test
    void claim_ofFewFromAnUnorderedBacklog_readsFewPages() {
        fill("ours", 100_000, "now() - random() * interval '30 days'");
        fill("also ours", 100_000, "now() - random() * interval '30 days'");
        OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        assertThat(pagesRead(ClaimRequest.of(100).kindLimits(Map.of("ours", 10, "also ours", 5))))
                .isLessThan(500);
    }

    @Test
    void claim_ofAnyKind_readsFewPages() {
        fill("a", 50_000, "now()");
        fill("b", 50_000, "now() + interval '1 day'");
        assertThat(pagesRead(ClaimRequest.of(100))).isLessThan(2_000);
    }

    /** The first message of one key waits for its next try, and thousands wait for it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claim_besideAStuckKey_readsFewPages(boolean analyzed) {
        fill("ours", 1, "now() + interval '1 hour'", "'stuck'");
        fill("ours", 50_000, "now() - interval '1 hour'", "'stuck'");
        fill("ours", 1_000, "now()", "(i % 200)::text");
        fill("ours", 100, "now()");
        if (analyzed) {
            OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        }
        assertThat(pagesRead(OF_OURS)).isLessThan(3_000);
        assertThat(pagesRead(ClaimRequest.of(100))).isLessThan(3_000);
    }

    /** Heads that may not be taken are looked at, but no more than some hundreds. */
    @Test
    void claim_besideKeysOfOtherKinds_readsABoundedNumberOfPages() {
        fill("theirs", 20_000, "now() - interval '1 hour'", "i::text");
        fill("ours", 100, "now()");
        OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        assertThat(pagesRead(OF_OURS)).isLessThan(5_000);
    }

    /** The statistics are of a time when keyed messages were all there was. */
    @Test
    void claim_whereAllKeyedMessagesAreGone_searchesForNone() {
        fill("ours", 20_000, "now() + interval '1 hour'", "i::text");
        OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        OUTBOXES.mapped().update(OUTBOX).setNull(OUTBOX.ORDERING_KEY).execute();
        assertThat(pagesRead(OF_OURS)).isLessThan(500);
    }

    /** A plan made for good while the table was empty would read all of it after a bulk load, if it were not left nothing but indexes. */
    @Test
    void plans_madeOnAnEmptyTable_areOfIndexesOnly() {
        try (HikariDataSource pool = Pools.pool(true, 1)) {
            JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, OUTBOXES.table());
            for (int i = 0; i < 20; i++) {
                assertThat(outbox.claim(OF_OURS).seen()).isZero();
                outbox.settle(List.of(Settlement.done(ghost())));
                outbox.settle(List.of(Settlement.failed(ghost(), "error", Duration.ZERO)));
                outbox.renew(List.of(ghost()), Duration.ofSeconds(30));
                outbox.settleAndClaim(List.of(Settlement.done(ghost())), OF_OURS);
            }
            long scans = wholeTableScans(pool);
            fill("ours", 50_000, "now()");
            for (int i = 0; i < 5; i++) {
                List<Message> messages = outbox.claim(OF_OURS).messages();
                assertThat(messages).hasSize(100);
                outbox.renew(messages, Duration.ofSeconds(30));
                outbox.settle(messages.stream().map(Settlement::done).toList());
                Message failed = outbox.claim(OF_OURS).messages().get(0);
                outbox.settleAndClaim(List.of(Settlement.failed(failed, "error", Duration.ofDays(1))), OF_OURS);
            }
            assertThat(wholeTableScans(pool)).isEqualTo(scans);
            assertThat(prepared(pool)).isPositive();
        }
    }

    /** How claims are sent: planned once; planned anew; in a transaction that we begin. */
    enum Sent {
        USUALLY,
        WITH_LIMIT_FOR_LOCKS,
        WHERE_REPEATABLE_READ_IS_THE_DEFAULT
    }

    /** Of an empty one it would read all, and of one that statistics take for empty. */
    @ParameterizedTest
    @EnumSource
    void claim_neverReadsTheWholeTable(Sent sent) {
        try (HikariDataSource pool = sent == Sent.WHERE_REPEATABLE_READ_IS_THE_DEFAULT
                ? Pools.pool("repeatable read", 1)
                : Pools.pool(true, 1)) {
            JooqOutboxRepository.Builder builder =
                    JooqOutboxRepository.builder(OUTBOXES.table()).dataSource(pool);
            JooqOutboxRepository outbox =
                    (sent == Sent.WITH_LIMIT_FOR_LOCKS ? builder.lockTimeout(Duration.ofSeconds(5)) : builder).build();
            long before = wholeTableScans(pool);
            assertThat(outbox.claim(OF_OURS).seen()).isZero();
            outbox.settle(List.of(Settlement.failed(ghost(), "error", Duration.ZERO)));
            outbox.settleAndClaim(List.of(Settlement.done(ghost())), OF_OURS);
            assertThat(wholeTableScans(pool)).isEqualTo(before);
        }
    }

    /** Of so small a table PostgreSQL would read all, if it were let; and what it is let do is no matter to the handler. */
    @Test
    void removal_inTheTransactionOfAHandler_isByIndexAndTheHandlersPlansAreItsOwn() throws Exception {
        fill("ours", 20, "now()");
        OUTBOXES.mapped().execute("vacuum analyze {0}", OUTBOX);
        try (HikariDataSource pool = Pools.pool(true, 1)) {
            JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, OUTBOXES.table());
            List<Message> messages = outbox.claim(OF_OURS).messages();
            List<String> settings = new ArrayList<>();
            long before = wholeTableScans(pool);
            for (Message message : messages) {
                outbox.deliverInTransaction(
                        message,
                        Duration.ofSeconds(30),
                        transaction -> settings.add(transaction
                                .dsl()
                                .fetchValue("select current_setting('enable_seqscan')")
                                .toString()));
            }
            assertThat(wholeTableScans(pool)).isEqualTo(before);
            assertThat(settings).hasSize(20).containsOnly("on");
        }
    }

    @Test
    void statements_whereTheDriverIsToPrepareNone_areNotPrepared() {
        try (HikariDataSource pool = Pools.preparingNothing(1)) {
            JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, OUTBOXES.table());
            for (int i = 0; i < 20; i++) {
                outbox.settleAndClaim(List.of(Settlement.done(ghost())), OF_OURS);
            }
            assertThat(prepared(pool)).isZero();
        }
    }

    @Test
    void settings_thatPlansAreMadeWith_areNotLeftInTheSession() {
        try (HikariDataSource pool = Pools.pool(true, 1)) {
            JooqOutboxRepository.of(pool, OUTBOXES.table()).claim(OF_OURS);
            assertThat(
                            DSL.using(pool, SQLDialect.POSTGRES)
                                    .fetchValues(
                                            "select setting from pg_settings where name in"
                                                    + " ('enable_seqscan', 'enable_bitmapscan', 'jit', 'plan_cache_mode') and source = 'session'"))
                    .isEmpty();
        }
    }

    private static int prepared(HikariDataSource pool) {
        return DSL.using(pool, SQLDialect.POSTGRES)
                .fetchCount(DSL.table("pg_prepared_statements")
                        .where(DSL.field("statement").likeIgnoreCase("%skip locked%")));
    }

    /** As the pool's only session counts them. */
    private static long wholeTableScans(HikariDataSource pool) {
        DSLContext session = DSL.using(pool, SQLDialect.POSTGRES);
        session.fetch("select pg_stat_force_next_flush()");
        return session.fetchSingle(
                        "select seq_scan from pg_stat_user_tables where relid = {0}::regclass",
                        DSL.inline(OUTBOXES.table().toString()))
                .get(0, Long.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "enable_indexscan=off",
                "enable_indexscan=off -c enable_bitmapscan=off",
                "enable_seqscan=off",
                "enable_tidscan=off",
                "enable_nestloop=off",
                "enable_hashjoin=off -c enable_mergejoin=off",
                "enable_material=off -c enable_hashjoin=off",
                "enable_sort=off",
                "plan_cache_mode=force_generic_plan",
                "jit=on -c jit_above_cost=0"
            })
    void claim_underAnyPlan_takesTheLimitAndNoMore(String options) {
        fill("ours", 50, "now()");
        fill("also ours", 50, "now()");
        fill("ours", 50, "now()", "(i % 10)::text");
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(Postgres.user());
        dataSource.setPassword(Postgres.password());
        dataSource.setOptions("-c " + options);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(dataSource, OUTBOXES.table());
        for (ClaimRequest request : List.of(
                ClaimRequest.of(3),
                OF_OURS.kinds(Set.of("ours", "also ours")),
                ClaimRequest.of(7).kinds(Set.of("ours")),
                ClaimRequest.of(5).kindLimits(Map.of("ours", 2, "also ours", 4)))) {
            int before = claimedRows();
            List<Message> messages = outbox.claim(request).messages();
            assertThat(messages).hasSizeLessThanOrEqualTo(request.limit()).isNotEmpty();
            assertThat(claimedRows() - before).isEqualTo(messages.size());
            request.kindLimits()
                    .forEach((kind, most) -> assertThat(messages)
                            .filteredOn(message -> message.kind().equals(kind))
                            .hasSizeLessThanOrEqualTo(most));
            OUTBOXES.mapped()
                    .update(OUTBOX)
                    .set(OUTBOX.UNSETTLED, 0)
                    .set(OUTBOX.RETRY_AT, DSL.currentOffsetDateTime())
                    .execute();
            OUTBOXES.mapped().update(OUTBOX).set(OUTBOX.ATTEMPTS, 0).execute();
        }
    }

    @Test
    void kinds_inTurn_areAllServed() {
        fill("ours", 5_000, "now() - interval '1 day'");
        fill("also ours", 10, "now()");
        int claims = 0;
        while (OUTBOXES.mapped().fetchCount(OUTBOX, OUTBOX.KIND.eq("also ours").and(OUTBOX.ATTEMPTS.eq(0))) > 0) {
            OUTBOXES.repository().claim(OF_OURS);
            claims++;
        }
        assertThat(claims).isLessThanOrEqualTo(2);
    }

    private static int claimedRows() {
        return OUTBOXES.mapped().fetchCount(OUTBOX, OUTBOX.ATTEMPTS.gt(0));
    }

    private static Message ghost() {
        return new Message("o", new UUID(0, 0), "ours", "1", Map.of(), 1, 0, 0, Instant.EPOCH, null, null, 1);
    }

    private static void fill(String kind, int rows, String retryAt) {
        fill(kind, rows, retryAt, "null");
    }

    private static void fill(String kind, int rows, String retryAt, String orderingKey) {
        OUTBOXES.mapped()
                .execute(
                        "insert into {0} (kind, payload, retry_at, ordering_key) select {1}, '1', " + retryAt + ", "
                                + orderingKey + " from generate_series(1, {2}) i",
                        OUTBOX,
                        DSL.val(kind),
                        DSL.inline(rows));
    }

    /** The pages that PostgreSQL touches for such a claim, by its own count. One claim is made to get at the statement, one is explained. */
    private static long pagesRead(ClaimRequest request) {
        AtomicReference<String> claim = new AtomicReference<>("");
        DSLContext watched = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        watched.configuration().set(ExecuteListener.onExecuteStart(context -> {
            if (context.sql().contains("skip locked")) {
                claim.set(context.dsl().renderInlined(context.query()));
            }
        }));
        JooqOutboxRepository.of(watched, OUTBOXES.table()).claim(request);
        AtomicLong pages = new AtomicLong();
        assertThatThrownBy(() -> OUTBOXES.dsl().transaction(trx -> {
                    String plan = trx.dsl()
                            .fetch("explain (analyze, buffers, costs off) " + claim.get())
                            .formatCSV();
                    pages.set(pagesOf(plan));
                    throw new IllegalStateException("only explained");
                }))
                .hasMessage("only explained");
        return pages.get();
    }

    /** The first line about buffers is that of the whole statement. */
    private static long pagesOf(String plan) {
        Matcher total = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?")
                .matcher(plan);
        assertThat(total.find()).as(plan).isTrue();
        return Stream.of(total.group(1), total.group(2))
                .filter(Objects::nonNull)
                .mapToLong(Long::parseLong)
                .sum();
    }
}
