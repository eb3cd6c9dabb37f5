package org.jooqoutbox.it.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done by hand to pending messages: what becomes of their rows, who is told, and that nobody waits. */
@Tag("conformance")
@Timeout(60)
class InterventionTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("interventions");

    private final KeyedRows rows = new KeyedRows(OUTBOXES);
    private final List<String> told = new ArrayList<>();
    private final JooqOutboxRepository outbox = JooqOutboxRepository.builder(OUTBOXES.table())
            .dataSource(OUTBOXES.dataSource())
            .redactErrors(text -> text.replace("secret", "***"))
            .audit(new Recorder())
            .build();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    private UUID failed(String dueIn, int unsettled) {
        return rows.add(
                "k",
                dueIn,
                row -> row.with(OUTBOX.ATTEMPTS, 5)
                        .with(OUTBOX.FAILURES, 4)
                        .with(OUTBOX.UNSETTLED, unsettled)
                        .with(OUTBOX.LAST_ERROR, "disk full"));
    }

    @Test
    void retryNow_ofFailed_changesNothingButFailuresAndTimes() {
        UUID id = failed("1 hour", 0);
        OutboxRecord before = OUTBOXES.row(id);
        assertThat(outbox.retryNow(List.of(id))).containsExactly(id);
        OutboxRecord after = OUTBOXES.row(id);
        assertThat(after.getRetryAt()).isEqualTo(after.getUpdatedAt()).isBefore(before.getRetryAt());
        assertThat(after.getFailures()).isZero();
        assertThat(after.with(OUTBOX.RETRY_AT, before.getRetryAt())
                        .with(OUTBOX.UPDATED_AT, before.getUpdatedAt())
                        .with(OUTBOX.FAILURES, before.getFailures()))
                .isEqualTo(before);
    }

    @Test
    void retryNow_ofLeaseThatEnded_spendsItsToken() {
        UUID id = failed("-1 second", 2);
        outbox.retryNow(List.of(id));
        assertThat(OUTBOXES.row(id))
                .extracting(OutboxRecord::getAttempts, OutboxRecord::getUnsettled)
                .containsExactly(6, 0);
    }

    @Test
    void giveUp_ofFailed_storesTheRedactedReason() {
        UUID id = failed("1 hour", 0);
        assertThat(outbox.giveUp(List.of(id), "the secret is out")).containsExactly(id);
        OutboxRecord row = OUTBOXES.row(id);
        assertThat(row)
                .extracting(OutboxRecord::getStatus, OutboxRecord::getLastError, OutboxRecord::getFailures)
                .containsExactly("dead", "the *** is out", 4);
        assertThat(row.getUpdatedAt()).isAfter(row.getCreatedAt());
    }

    @Test
    void interventions_onLockedRows_waitForNobodyAndLeaveThemAlone() {
        UUID locked = failed("1 hour", 0);
        UUID free = failed("1 hour", 0);
        OUTBOXES.dsl().transaction(trx -> {
            OUTBOXES.repository()
                    .dsl(trx)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(locked))
                    .forUpdate()
                    .fetch();
            assertThat(outbox.retryNow(List.of(locked, free))).containsExactly(free);
            assertThat(outbox.giveUp(List.of(locked, free), "e")).containsExactly(free);
        });
        assertThat(OUTBOXES.row(locked).getFailures()).isEqualTo(4);
    }

    @Test
    void interventions_onManyAtOnce_changeAll() {
        rows.addMany(5_000, "'k' || i", "now() + interval '1 hour'");
        List<UUID> ids = OUTBOXES.rows().stream().map(OutboxRecord::getId).toList();
        assertThat(outbox.retryNow(ids)).isEqualTo(ids);
        assertThat(outbox.giveUp(ids, "e")).isEqualTo(ids);
        assertThat(outbox.stats().dead()).isEqualTo(5_000);
    }

    @Test
    void audits_afterTheCommit_areToldWhatChanged() {
        UUID id = failed("1 hour", 0);
        UUID leased = failed("1 hour", 1);
        outbox.retryNow(List.of(leased, id));
        outbox.giveUp(List.of(leased, id), "e");
        outbox.retryNow(List.of(leased));
        outbox.giveUp(List.of(), "e");
        assertThat(told)
                .containsExactly(
                        OUTBOXES.table() + " retried " + List.of(id) + ", seen as pending",
                        OUTBOXES.table() + " gave up " + List.of(id) + ", seen as dead");
    }

    private final class Recorder implements DeadLetter.Audit {

        @Override
        public void retried(String outbox, List<UUID> ids) {
            told(outbox + " retried " + ids, ids);
        }

        @Override
        public void givenUp(String outbox, List<UUID> ids) {
            told(outbox + " gave up " + ids, ids);
        }

        private void told(String what, List<UUID> ids) {
            told.add(what + ", seen as " + OUTBOXES.row(ids.get(0)).getStatus());
        }
    }
}
