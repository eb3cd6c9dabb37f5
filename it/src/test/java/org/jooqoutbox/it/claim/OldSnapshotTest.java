package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.PagesRead;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Somebody holds an old snapshot, so that nothing which was delivered goes away: claims leave it behind them, and what becomes due there is found by
 * the next sweep. Sweeps are made to seem slow, so that it does not depend on the machine when they are.
 */
@Tag("conformance")
class OldSnapshotTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("snapshots");
    private static final ClaimRequest REQUEST =
            ClaimRequest.of(100).lease(Duration.ofHours(1)).kinds(Set.of("a"));
    private static final String SEARCHED = "pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()";

    private final AtomicReference<String> lastClaim = new AtomicReference<>("");
    private final KeyedRows rows = new KeyedRows(OUTBOXES);

    @BeforeEach
    void empty() {
        OUTBOXES.mapped().truncate(OUTBOX).execute();
    }

    @Test
    void claim_afterThousandsWereDelivered_readsNoMoreThanBefore() throws SQLException {
        JooqOutboxRepository outbox = whereSweepsSeemToTake("1 minute");
        try (Connection snapshot = Postgres.dataSource().getConnection();
                Statement statement = snapshot.createStatement()) {
            snapshot.setAutoCommit(false);
            snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("select count(*) from pg_class");

            long before = pagesOfAClaim(outbox);
            deliver(20_000);
            getOnTheFastPath(outbox);
            long after = pagesOfAClaim(outbox);
            long sweep = pagesOfAClaim(whereSweepsSeemToTake("0 seconds"));

            assertThat(after).isLessThan(before + 500);
            assertThat(sweep).as("there is something to be left behind").isGreaterThan(after + 10_000);
            snapshot.rollback();
        }
    }

    /** As after a late commit, an update by hand, or an insert by a clock that is behind. */
    @Test
    void claim_ofMessageDueLongAgo_comesWithTheNextSweep() {
        JooqOutboxRepository outbox = onTheFastPath("6 milliseconds");
        UUID late = rows.insert("a", null);
        setDue(late, "now() - interval '1 hour'");

        Claim recent = outbox.claim(REQUEST);
        assertThat(recent.seen()).isZero();
        assertThat(recent.coverage()).isEqualTo(Claim.Coverage.RECENT);
        assertIsMetAt(outbox, late, Duration.ofSeconds(1));
    }

    /** To answer, it would look at everything each time. */
    @Test
    void nextDue_whereSweepsAreSlow_isLeftToTheClaim() {
        assertThat(onTheFastPath("1 hour").nextDue(List.of("a"))).hasValue(Duration.ZERO);
        assertThat(JooqOutboxRepository.of(Postgres.dataSource(), OUTBOXES.table())
                        .nextDue(List.of("a")))
                .isEmpty();
    }

    @Test
    void claim_ofMessageDueNow_doesNotWaitForASweep() {
        JooqOutboxRepository outbox = onTheFastPath("1 hour");
        UUID now = rows.insert("a", null);
        UUID aMomentAgo = rows.insert("a", null);
        setDue(aMomentAgo, "now() - interval '1 second'");

        assertThat(claimedUntilTaken(outbox, now, aMomentAgo)).allMatch(c -> c == Claim.Coverage.RECENT);
    }

    /** What those that look back a little further find soon enough, the first need not have found. */
    private static List<Claim.Coverage> claimedUntilTaken(JooqOutboxRepository outbox, UUID... ids) {
        Set<UUID> left = new HashSet<>(Set.of(ids));
        List<Claim.Coverage> claims = new ArrayList<>();
        long begin = System.nanoTime();
        while (!left.isEmpty()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            Claim claim = outbox.claim(REQUEST);
            claim.messages().forEach(message -> left.remove(message.id()));
            claims.add(claim.coverage());
        }
        return claims;
    }

    /** Somebody else had it locked while claims went past it, and then left it as it was. */
    @Test
    void claim_ofMessageThatWasLockedMeanwhile_comesWithTheNextSweep() {
        UUID locked = rows.insert("a", null);
        setDue(locked, "now() - interval '1 minute'");
        JooqOutboxRepository outbox = whereSweepsSeemToTake("6 milliseconds");
        OUTBOXES.dsl().transaction(somebody -> {
            OUTBOXES.repository()
                    .dsl(somebody)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(locked))
                    .forUpdate()
                    .fetch();
            getOnTheFastPath(outbox);
        });
        assertIsMetAt(outbox, locked, Duration.ofSeconds(1));
    }

    @Test
    void claim_ofKindThatWasNotAskedBefore_looksAtAllOfIt() {
        JooqOutboxRepository outbox = onTheFastPath("1 hour");
        UUID ofNewKind = rows.insert("new", null);
        setDue(ofNewKind, "now() - interval '1 hour'");

        Claim claim = outbox.claim(REQUEST.kinds(Set.of("a", "new")));

        assertThat(claim.messages()).extracting(Message::id).containsExactly(ofNewKind);
    }

    /** Seen, and not taken: no claim goes past it. */
    @Test
    void claim_ofSuspectThatWasLeftOut_takesItAtOnce() {
        UUID suspect = rows.insert("a", null);
        OUTBOXES.mapped().execute("update {0} set unsettled = 1, retry_at = now() - interval '1 hour'", OUTBOX);
        rows.insert("a", null, 5);
        JooqOutboxRepository outbox = whereSweepsSeemToTake("1 hour");
        for (int i = 0; i < 4; i++) {
            assertThat(outbox.claim(REQUEST.withoutSuspects()).suspects()).isEqualTo(1);
        }
        assertThat(outbox.claim(REQUEST).messages()).extracting(Message::id).containsExactly(suspect);
    }

    /** More than a claim takes, and some of it far back: the sweep begins at the front, and the claims after it go on from there. */
    @Test
    void claims_ofABacklog_leaveNothing() {
        rows.insert("a", null, 450);
        rows.insert("b", null, 450);
        OUTBOXES.mapped().execute("update {0} set retry_at = now() - seq % 1000 * interval '1 minute'", OUTBOX);
        JooqOutboxRepository outbox = whereSweepsSeemToTake("1 hour");
        int claimed = 0;
        for (int i = 0; i < 20; i++) {
            claimed += outbox.claim(
                            ClaimRequest.of(100).lease(Duration.ofHours(1)).kindLimits(Map.of("a", 80, "b", 60)))
                    .messages()
                    .size();
        }
        assertThat(claimed).isEqualTo(900);
    }

    @Test
    void claim_ofAnyKind_isAlwaysASweep() {
        JooqOutboxRepository outbox = onTheFastPath("1 hour");
        UUID late = rows.insert("a", null);
        setDue(late, "now() - interval '1 hour'");
        assertThat(outbox.claim(ClaimRequest.of(10)).messages())
                .extracting(Message::id)
                .containsExactly(late);
    }

    private void assertIsMetAt(JooqOutboxRepository outbox, UUID id, Duration pause) {
        long begin = System.nanoTime();
        Claim claim = outbox.claim(REQUEST);
        while (claim.seen() == 0) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(pause.plusSeconds(20));
            claim = outbox.claim(REQUEST);
        }
        assertThat(claim.messages()).extracting(Message::id).containsExactly(id);
        assertThat(claim.coverage()).isEqualTo(Claim.Coverage.ALL);
    }

    private JooqOutboxRepository onTheFastPath(String sweep) {
        JooqOutboxRepository outbox = whereSweepsSeemToTake(sweep);
        getOnTheFastPath(outbox);
        return outbox;
    }

    private static void getOnTheFastPath(JooqOutboxRepository outbox) {
        for (int i = 0; i < 3; i++) {
            assertThat(outbox.claim(REQUEST).seen()).isZero();
        }
        assertThat(outbox.claim(REQUEST).coverage()).isEqualTo(Claim.Coverage.RECENT);
    }

    private JooqOutboxRepository whereSweepsSeemToTake(String interval) {
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration()
                .set(
                        ExecuteListener.onRenderEnd(
                                context -> context.sql(context.sql().replace(SEARCHED, "interval '" + interval + "'"))),
                        ExecuteListener.onExecuteStart(context -> {
                            if (context.sql().contains("\"due\"")) {
                                lastClaim.set(context.dsl().renderInlined(context.query()));
                            }
                        }));
        return JooqOutboxRepository.of(dsl, OUTBOXES.table());
    }

    private static void deliver(int count) {
        JooqOutboxRepository outbox = OUTBOXES.repository();
        for (int i = 0; i < count; i += 2_000) {
            // In no order on disk: each dead row costs a page.
            OUTBOXES.mapped()
                    .execute(
                            "insert into {0} (kind, payload, retry_at)"
                                    + " select 'a', '1', now() - (1 + random()) * interval '1 minute' from generate_series(1, 2000)",
                            OUTBOX);
            ClaimRequest request = ClaimRequest.of(1_000);
            for (int j = 0; j < 2; j++) {
                outbox.settle(outbox.claim(request).messages().stream()
                        .map(Settlement::done)
                        .toList());
            }
        }
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    /** Of one that finds a hundred messages, and gives them back undone. */
    private long pagesOfAClaim(JooqOutboxRepository outbox) {
        rows.insert("a", null, 100);
        List<Message> messages = outbox.claim(REQUEST).messages();
        assertThat(messages).hasSize(100);
        outbox.settle(messages.stream().map(Settlement::released).toList());
        long pages = PagesRead.of(OUTBOXES, Objects.requireNonNull(lastClaim.get()));
        outbox.settle(
                outbox.claim(REQUEST).messages().stream().map(Settlement::done).toList());
        return pages;
    }

    private static void setDue(UUID id, String time) {
        OUTBOXES.mapped().execute("update {0} set retry_at = " + time + " where {1}", OUTBOX, OUTBOX.ID.eq(id));
    }
}
