package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.DeadLetter.Status.DEAD;
import static org.jooqoutbox.DeadLetter.Status.EXPIRED;
import static org.jooqoutbox.DeadLetter.Status.PARKED;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jooq.impl.DSL;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("conformance")
class ReplayTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("replays");
    private static final DeadLetterQuery ANY =
            DeadLetterQuery.all().statuses(DEAD, EXPIRED, PARKED).limit(10_000);

    private final Letters letters = new Letters(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void replayed_whateverItsStatus_isDueWithItsPastForgottenAndItsTokenGrown() {
        letters.dead("kind", "why");
        letters.expired("kind", "why");
        letters.parked("kind", "why");
        OffsetDateTime past = OffsetDateTime.parse("2020-01-01T00:00:00Z");
        OUTBOXES.mapped()
                .update(OUTBOX)
                .set(OUTBOX.ATTEMPTS, 7)
                .set(OUTBOX.FAILURES, 5)
                .set(OUTBOX.UNSETTLED, 2)
                .set(OUTBOX.UPDATED_AT, past)
                .set(OUTBOX.EXPIRES_AT, past)
                .execute();
        assertThat(outbox.replay(ANY).replayed()).hasSize(3);
        assertThat(OUTBOXES.rows()).hasSize(3).allSatisfy(row -> {
            assertThat(row.getStatus()).isEqualTo("pending");
            assertThat(row.getAttempts()).isEqualTo(8);
            assertThat(row.getFailures()).isZero();
            assertThat(row.getUnsettled()).isZero();
            assertThat(row.getExpiresAt()).isNull();
            assertThat(row.getLastError()).isEqualTo("why");
            assertThat(row.getUpdatedAt()).isAfter(past).isEqualTo(row.getRetryAt());
        });
        assertThat(outbox.claim(10)).hasSize(3);
        assertThat(outbox.deadLetters(ANY)).isEmpty();
    }

    @Test
    void holder_ofTheTokenBeforeTheReplay_changesNothing() {
        outbox.enqueueInOwnTransaction(List.of(MessageKind.json("kind").draft("1")));
        Message stale = outbox.claim(1).get(0);
        assertThat(outbox.markDead(stale, "no")).isEqualTo(APPLIED);
        outbox.replay(List.of(stale.id()));
        assertThat(outbox.markDone(stale)).isEqualTo(LEASE_LOST);
        assertThat(outbox.renew(List.of(stale), Duration.ofHours(1))).containsExactly(LEASE_LOST);
        Message again = outbox.claim(1).get(0);
        assertThat(again.attempts()).isEqualTo(stale.attempts() + 2);
        assertThat(outbox.markDead(stale, "stale")).isEqualTo(LEASE_LOST);
        assertThat(outbox.markDone(again)).isEqualTo(APPLIED);
    }

    @Test
    void replay_limited_takesTheFirstOfTheListingAndAnswersInOrderOfCreation() {
        List<UUID> ids = letters.dead(5);
        letters.setTime(ids.get(0), OUTBOX.UPDATED_AT, "1 minute");
        letters.setTime(ids.get(3), OUTBOX.UPDATED_AT, "3 minutes");
        letters.setTime(ids.get(1), OUTBOX.UPDATED_AT, "2 minutes");
        assertThat(outbox.replay(DeadLetterQuery.all().limit(3)).replayed())
                .containsExactly(ids.get(0), ids.get(1), ids.get(3));
        assertThat(outbox.deadLetters(ANY))
                .extracting(DeadLetter::id)
                .containsExactlyInAnyOrder(ids.get(2), ids.get(4));
    }

    @Test
    void replay_atARate_isDueOneAfterTheOtherInOrderOfCreation() {
        List<UUID> ids = letters.dead(7);
        assertThat(outbox.replay(ANY, 3).replayed()).containsExactlyElementsOf(ids);
        List<Long> micros = OUTBOXES.mapped()
                .select(DSL.field(
                        "(extract(epoch from {0} - {1}) * 1000000)::bigint",
                        Long.class, OUTBOX.RETRY_AT, OUTBOX.UPDATED_AT))
                .from(OUTBOX)
                .orderBy(OUTBOX.CREATED_AT, OUTBOX.SEQ)
                .fetch(row -> row.value1());
        assertThat(micros).containsExactly(0L, 333_333L, 666_666L, 1_000_000L, 1_333_333L, 1_666_666L, 2_000_000L);
    }

    @Test
    void replay_atNoRate_isRefused() {
        UUID id = letters.dead("kind", "error");
        assertThatThrownBy(() -> outbox.replay(ANY, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
        assertThat(OUTBOXES.row(id).getStatus()).isEqualTo("dead");
    }

    @Test
    void replay_whileSomebodyHoldsTheRow_neitherWaitsNorTakesIt() {
        List<UUID> ids = letters.dead(2);
        OUTBOXES.dsl().transaction(trx -> {
            outbox.dsl(trx)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(ids.get(0)))
                    .forUpdate()
                    .fetch();
            assertThat(outbox.replay(ANY)).isEqualTo(new DeadLetter.Replay(ids.subList(1, 2), List.of()));
        });
        assertThat(OUTBOXES.row(ids.get(0)).getStatus()).isEqualTo("dead");
    }

    /** Both want all of them, in opposite orders where they come by id. */
    @Test
    void replays_ofTheSameAtOnce_shareNothingAndLeaveNothing() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 3; round++) {
                OUTBOXES.clear();
                List<UUID> ids = new ArrayList<>(letters.dead(200));
                CyclicBarrier start = new CyclicBarrier(2);
                Future<List<UUID>> one = executor.submit(() -> replayed(start, ANY.ids(ids)));
                List<UUID> reversed = new ArrayList<>(ids);
                Collections.reverse(reversed);
                Future<List<UUID>> other = executor.submit(() -> replayed(start, ANY.ids(reversed)));
                List<UUID> both = new ArrayList<>(one.get(60, TimeUnit.SECONDS));
                both.addAll(other.get(60, TimeUnit.SECONDS));
                assertThat(both).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);
                assertThat(OUTBOXES.rows())
                        .extracting(OutboxRecord::getAttempts)
                        .containsOnly(2);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private List<UUID> replayed(CyclicBarrier start, DeadLetterQuery query) throws Exception {
        start.await(60, TimeUnit.SECONDS);
        return outbox.replay(query).replayed();
    }
}
