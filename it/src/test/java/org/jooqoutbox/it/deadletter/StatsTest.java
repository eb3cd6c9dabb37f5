package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("conformance")
class StatsTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("stats");
    private static final int CAP = OutboxStats.COUNTED_TO;

    private final Letters letters = new Letters(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void stats_ofEmptyOutbox_areZeroAtTheDatabasesTime() {
        Instant before = databaseTime();
        OutboxStats stats = outbox.stats();
        assertThat(stats.at()).isBetween(before, databaseTime());
        assertThat(stats).isEqualTo(new OutboxStats(0, Duration.ZERO, 0, 0, 0, 0, 0, 0, stats.at()));
    }

    @Test
    void stats_ofOneOfEach_countEachOnce() {
        UUID due = letters.add(row -> row.with(OUTBOX.KIND, "a").with(OUTBOX.ATTEMPTS, 2));
        letters.setTime(due, OUTBOX.RETRY_AT, "-90 seconds");
        letters.add(row -> row.with(OUTBOX.KIND, "b").with(OUTBOX.ATTEMPTS, 0));
        letters.setTime(letters.add(row -> row.with(OUTBOX.UNSETTLED, 1)), OUTBOX.RETRY_AT, "30 seconds");
        letters.setTime(letters.add(row -> row.with(OUTBOX.ATTEMPTS, 5)), OUTBOX.RETRY_AT, "30 seconds");
        letters.setTime(letters.add(row -> row.with(OUTBOX.ATTEMPTS, 0)), OUTBOX.RETRY_AT, "10 years");
        letters.parked("kind", "error");
        letters.dead("kind", "error");
        letters.dead("kind", "error");
        letters.expired("kind", "error");
        OutboxStats stats = outbox.stats();
        assertThat(stats)
                .isEqualTo(
                        new OutboxStats(2, Duration.between(retryAt(due), stats.at()), 1, 2, 0, 3, 1, 5, stats.at()));
        assertThat(stats.oldestDueAge()).isGreaterThanOrEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void peakAttempts_ofDueInFlightAndDelayed_leaveDeadLettersOut() {
        letters.add(row -> row.with(OUTBOX.STATUS, "dead").with(OUTBOX.ATTEMPTS, 99));
        letters.add(row -> row.with(OUTBOX.STATUS, "expired").with(OUTBOX.ATTEMPTS, 98));
        letters.parked("kind", "error");
        assertThat(outbox.stats().peakAttempts()).isZero();
        letters.add(row -> row.with(OUTBOX.ATTEMPTS, 3));
        assertThat(outbox.stats().peakAttempts()).isEqualTo(3);
        letters.setTime(letters.add(row -> row.with(OUTBOX.ATTEMPTS, 4)), OUTBOX.RETRY_AT, "1 hour");
        assertThat(outbox.stats().peakAttempts()).isEqualTo(4);
        letters.setTime(
                letters.add(row -> row.with(OUTBOX.ATTEMPTS, 5).with(OUTBOX.UNSETTLED, 1)), OUTBOX.RETRY_AT, "1 hour");
        assertThat(outbox.stats().peakAttempts()).isEqualTo(5);
    }

    @Test
    void message_throughItsLife_isCountedWhereItIs() {
        letters.add(row -> row.with(OUTBOX.ATTEMPTS, 0));
        assertThat(outbox.stats().due()).isEqualTo(1);
        var message = outbox.claim(ClaimRequest.of(1).lease(Duration.ofDays(1)))
                .messages()
                .get(0);
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::inFlight, OutboxStats::delayed)
                .containsExactly(0L, 1L, 0L);
        outbox.settle(java.util.List.of(Settlement.failed(message, "no", Duration.ofHours(1))));
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::inFlight, OutboxStats::delayed)
                .containsExactly(0L, 0L, 1L);
    }

    @Test
    void leaseThatEnded_isDueAgain() {
        letters.setTime(letters.add(row -> row.with(OUTBOX.UNSETTLED, 1)), OUTBOX.RETRY_AT, "-1 second");
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::inFlight)
                .containsExactly(1L, 0L);
    }

    /** Retries of other kinds lie before, between and after the leases. */
    @Test
    void inFlight_amongManyThatAreDelayed_areFound() {
        letters.addMany(
                40_000, "'kind' || i % 4", "'pending'", "now() + interval '30 s' + i * interval '1 s'", "0", "1");
        letters.addMany(
                300, "'kind' || i % 5", "'pending'", "now() + interval '1 minute' + i * interval '100 ms'", "1", "1");
        assertThat(outbox.stats())
                .extracting(OutboxStats::inFlight, OutboxStats::delayed)
                .containsExactly(300L, (long) CAP);
    }

    /** The oldest belongs to the kind that is read last, behind more than are counted. */
    @Test
    void counts_stopWhereTheySay_andTheOldestIsExactNevertheless() {
        letters.addMany(CAP + 5, "'a'", "'pending'", "now() - interval '1 minute'", "0", "1");
        letters.addMany(CAP + 5, "'b'", "'pending'", "now() + interval '1 hour'", "0", "1");
        letters.addMany(CAP + 5, "'c'", "'pending'", "now() + interval '1 minute'", "1", "1");
        letters.addMany(CAP + 5, "'c'", "'pending'", "now() + interval '100 years'", "0", "1");
        letters.addMany(CAP + 5, "'c'", "'dead'", "now()", "0", "1");
        letters.addMany(CAP + 5, "'c'", "'expired'", "now()", "0", "1");
        UUID oldest = letters.add(row -> row.with(OUTBOX.KIND, "z"));
        letters.setTime(oldest, OUTBOX.RETRY_AT, "-2 hours");
        OutboxStats stats = outbox.stats();
        assertThat(stats)
                .isEqualTo(new OutboxStats(
                        CAP, Duration.between(retryAt(oldest), stats.at()), CAP, CAP, 0, CAP, CAP, 1, stats.at()));
    }

    @Test
    void counts_justBelowWhereTheyStop_areExact() {
        letters.addMany(CAP - 1, "'a'", "'pending'", "now()", "0", "1");
        letters.addMany(
                CAP - 1,
                "'kind' || i % 5",
                "'pending'",
                "now() + interval '1 hour' + i * interval '1 second'",
                "0",
                "1");
        letters.addMany(CAP - 3, "'c'", "'dead'", "now()", "0", "1");
        letters.parked("kind", "error");
        letters.parked("other", "error");
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::delayed, OutboxStats::dead)
                .containsExactly(CAP - 1L, CAP - 1L, CAP - 1L);
    }

    @Test
    void messages_withOrderingKey_areCountedByTheFirstOfTheirKey() {
        UUID due = keyed("k1", "-2 hours", 0);
        keyed("k1", "-3 hours", 0);
        keyed("k2", "1 minute", 1);
        keyed("k2", "1 hour", 0);
        keyed("k3", "1 hour", 0);
        keyed("k3", "-4 hours", 0);
        keyed("k4", "100 years", 0);
        letters.add(row -> row.with(OUTBOX.ORDERING_KEY, "k5").with(OUTBOX.STATUS, "dead"));
        OutboxStats stats = outbox.stats();
        assertThat(stats)
                .isEqualTo(
                        new OutboxStats(1, Duration.between(retryAt(due), stats.at()), 1, 1, 3, 1, 0, 1, stats.at()));
    }

    private UUID keyed(String key, String dueIn, int unsettled) {
        UUID id = letters.add(row -> row.with(OUTBOX.ORDERING_KEY, key).with(OUTBOX.UNSETTLED, unsettled));
        letters.setTime(id, OUTBOX.RETRY_AT, dueIn);
        return id;
    }

    @Test
    void counts_ofMessagesWithOrderingKeys_stopWhereTheySay() {
        addKeyed(CAP + 5, "'a'");
        addKeyed(CAP + 5, "'b' || 100000 + i");
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::waiting)
                .containsExactly((long) CAP, (long) CAP);
        OUTBOXES.clear();
        addKeyed(CAP - 1, "'b' || 100000 + i");
        addKeyed(CAP - 1, "'b' || 100000 + i");
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::waiting)
                .containsExactly(CAP - 1L, CAP - 1L);
        letters.addMany(10, "'a'", "'pending'", "now()", "0", "1");
        assertThat(outbox.stats().due()).isEqualTo(CAP);
    }

    private static void addKeyed(int count, String key) {
        OUTBOXES.mapped()
                .execute(
                        "insert into {0} (kind, payload, ordering_key) select 'kind', '1', " + key
                                + " from generate_series(1, {1}) i",
                        OUTBOX,
                        DSL.inline(count));
    }

    private static Instant retryAt(UUID id) {
        return OUTBOXES.row(id).getRetryAt().toInstant();
    }

    private static Instant databaseTime() {
        return OUTBOXES.dsl()
                .fetchSingle(DSL.field("clock_timestamp()", java.time.OffsetDateTime.class))
                .value1()
                .toInstant();
    }
}
