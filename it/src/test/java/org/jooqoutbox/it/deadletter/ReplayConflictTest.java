package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.List;
import java.util.UUID;
import org.jooqoutbox.DeadLetter.Replay;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A replay does what enqueueing would do: of messages with one kind and key the one that came first is kept. */
@Tag("conformance")
class ReplayConflictTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("conflicts");
    private static final DeadLetterQuery ALL = DeadLetterQuery.all();

    private final Letters letters = new Letters(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void letter_whoseTwinWaitsForItsFirstDelivery_isLeftAndReported() {
        UUID dead = dead("a", "k");
        UUID otherKey = dead("a", "k2");
        UUID otherKind = dead("b", "k");
        UUID noKey = letters.dead("a", "error");
        letters.add(
                row -> row.with(OUTBOX.KIND, "a").with(OUTBOX.DEDUP_KEY, "k").with(OUTBOX.ATTEMPTS, 0));
        assertThat(outbox.replay(ALL)).isEqualTo(new Replay(List.of(otherKey, otherKind, noKey), List.of(dead)));
        assertThat(OUTBOXES.row(dead))
                .extracting(OutboxRecord::getStatus, OutboxRecord::getAttempts)
                .containsExactly("dead", 1);
    }

    @Test
    void letter_whoseTwinWasDelivered_isReplayed() {
        UUID dead = dead("a", "k");
        letters.add(
                row -> row.with(OUTBOX.KIND, "a").with(OUTBOX.DEDUP_KEY, "k").with(OUTBOX.ATTEMPTS, 1));
        assertThat(outbox.replay(ALL)).isEqualTo(new Replay(List.of(dead), List.of()));
    }

    @Test
    void letters_ofOneKey_onlyTheOldestIsReplayed() {
        UUID oldest = dead("a", "k");
        UUID second = dead("a", "k");
        UUID third = dead("a", "k");
        letters.setTime(oldest, OUTBOX.UPDATED_AT, "-1 hour");
        assertThat(outbox.replay(ALL)).isEqualTo(new Replay(List.of(oldest), List.of(second, third)));
        assertThat(outbox.replay(ALL)).isEqualTo(new Replay(List.of(second), List.of(third)));
    }

    @Test
    void parkedLetter_followsTheSameRules() {
        UUID free = parked("a", "k");
        UUID taken = parked("a", "k2");
        letters.add(
                row -> row.with(OUTBOX.KIND, "a").with(OUTBOX.DEDUP_KEY, "k2").with(OUTBOX.ATTEMPTS, 0));
        assertThat(outbox.replay(ALL)).isEqualTo(new Replay(List.of(free), List.of(taken)));
    }

    /** Nobody delivered it yet: it is not a twin of its own. */
    @Test
    void parkedLetter_neverDelivered_isNoConflictWithItself() {
        UUID id = parked("a", "k");
        OUTBOXES.mapped().update(OUTBOX).set(OUTBOX.ATTEMPTS, 0).execute();
        assertThat(outbox.replay(ALL)).isEqualTo(new Replay(List.of(id), List.of()));
    }

    @Test
    void rate_countsReplayedOnesOnly() {
        UUID first = dead("a", "k");
        dead("a", "k");
        UUID last = letters.dead("a", "error");
        outbox.replay(ALL, 1);
        assertThat(OUTBOXES.row(last).getRetryAt())
                .isEqualTo(OUTBOXES.row(first).getRetryAt().plusSeconds(1));
    }

    @Test
    void preview_isWhatTheReplayThenDoes() {
        dead("a", "k");
        dead("a", "k");
        dead("b", "k");
        parked("b", "k3");
        letters.expired("a", "error");
        letters.dead(3);
        letters.add(
                row -> row.with(OUTBOX.KIND, "b").with(OUTBOX.DEDUP_KEY, "k").with(OUTBOX.ATTEMPTS, 0));
        DeadLetterQuery query = ALL.limit(6);
        List<OutboxRecord> before = OUTBOXES.rows();
        Replay preview = outbox.previewReplay(query);
        assertThat(OUTBOXES.rows()).isEqualTo(before);
        assertThat(preview.replayed()).isNotEmpty();
        assertThat(preview.conflicts()).isNotEmpty();
        assertThat(outbox.replay(query)).isEqualTo(preview);
    }

    @Test
    void preview_whileSomebodyHoldsTheRows_neitherWaitsNorLeavesThemOut() {
        UUID id = dead("a", "k");
        OUTBOXES.dsl().transaction(trx -> {
            outbox.dsl(trx).selectFrom(OUTBOX).forUpdate().fetch();
            assertThat(outbox.previewReplay(ALL)).isEqualTo(new Replay(List.of(id), List.of()));
        });
    }

    private UUID dead(String kind, String key) {
        return letters.add(
                row -> row.with(OUTBOX.STATUS, "dead").with(OUTBOX.KIND, kind).with(OUTBOX.DEDUP_KEY, key));
    }

    private UUID parked(String kind, String key) {
        UUID id = letters.add(
                row -> row.with(OUTBOX.KIND, kind).with(OUTBOX.DEDUP_KEY, key).with(OUTBOX.ATTEMPTS, 10));
        letters.setTime(id, OUTBOX.RETRY_AT, "100 years");
        return id;
    }
}
