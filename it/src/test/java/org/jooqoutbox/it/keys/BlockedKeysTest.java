package org.jooqoutbox.it.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.jooqoutbox.OutboxRepository.BlockedKey;
import org.jooqoutbox.OutboxRepository.BlockedKey.Reason;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What blocked keys and a look ahead make of rows as they may stand in a table. */
@Tag("conformance")
class BlockedKeysTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("blocked");

    private final KeyedRows rows = new KeyedRows(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void blockedKeys_ofEachState_sayWhy() {
        UUID failed = rows.add(
                "failed",
                "1 hour",
                row -> row.with(OUTBOX.ATTEMPTS, 3).with(OUTBOX.FAILURES, 2).with(OUTBOX.LAST_ERROR, "disk full"));
        UUID failedUntold = rows.add(
                "failed untold", "1 hour", row -> row.with(OUTBOX.ATTEMPTS, 1).with(OUTBOX.FAILURES, 1));
        UUID delayed = rows.add("delayed", "1 hour", row -> {});
        UUID due =
                rows.add("due", "-1 hour", row -> row.with(OUTBOX.ATTEMPTS, 3).with(OUTBOX.FAILURES, 3));
        UUID lapsed = rows.add(
                "lapsed", "-1 second", row -> row.with(OUTBOX.ATTEMPTS, 1).with(OUTBOX.UNSETTLED, 1));
        rows.add("leased", "1 minute", row -> row.with(OUTBOX.ATTEMPTS, 1).with(OUTBOX.UNSETTLED, 1));
        rows.add("dead", "-1 hour", row -> row.with(OUTBOX.STATUS, "dead"));

        assertThat(outbox.blockedKeys(null, 100))
                .extracting(BlockedKey::key, BlockedKey::head, BlockedKey::reason)
                .containsExactlyInAnyOrder(
                        tuple("failed", failed, Reason.FAILED),
                        tuple("failed untold", failedUntold, Reason.FAILED),
                        tuple("delayed", delayed, Reason.DELAYED),
                        tuple("due", due, Reason.UNCLAIMED),
                        tuple("lapsed", lapsed, Reason.UNCLAIMED));
    }

    /** The order is PostgreSQL's own, whatever its collation: what counts is that each page goes on where the last one ended. */
    @Test
    void blockedKeys_ofHostileNames_arePagedWithoutGapsAndTwice() {
        List<String> keys =
                List.of("", " ", "a", "A", "ä", "a b", "a-b", "ab", "'\"\\{0}?:x", "z", "Z", "日本語", "\uFFFF");
        keys.forEach(key -> rows.add(key, "1 hour", row -> {}));
        List<String> paged = new ArrayList<>();
        for (List<BlockedKey> page = outbox.blockedKeys(null, 2);
                !page.isEmpty();
                page = outbox.blockedKeys(paged.get(paged.size() - 1), 2)) {
            page.forEach(key -> paged.add(key.key()));
        }
        assertThat(paged).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void waiting_ofALongKey_stopsWhereItSays() {
        rows.addMany(OutboxStats.COUNTED_TO + 5, "'k'", "now()");
        rows.addMany(OutboxStats.COUNTED_TO - 1, "'l'", "now()");
        assertThat(outbox.blockedKeys(null, 2))
                .extracting(BlockedKey::waiting)
                .containsExactly((long) OutboxStats.COUNTED_TO, OutboxStats.COUNTED_TO - 1L);
    }

    @Test
    void nextDue_ofMoreKeysThanItLooksAt_isSoon() {
        rows.addMany(98, "'k' || 1000 + i", "now() + interval '3 hours'");
        rows.add("l", "1 hour", row -> {});
        assertThat(outbox.nextDue(List.of("kind")))
                .hasValueSatisfying(next -> assertThat(next).isBetween(Duration.ofMinutes(59), Duration.ofHours(1)));
        rows.add("m", "1 minute", row -> {});
        assertThat(outbox.nextDue(List.of("kind"))).hasValue(Duration.ofSeconds(1));
    }

    @Test
    void nextDue_ofTimesThatNoMessageHas_isZeroOrUnknown() {
        UUID id = rows.add("k", "0", row -> {});
        UUID other = rows.add("k", "0", row -> {});
        for (String time : List.of("infinity", "2200-01-01")) {
            setRetryAt(id, time, "k");
            setRetryAt(other, time, null);
            assertThat(outbox.nextDue(List.of("kind"))).isEmpty();
            assertThat(outbox.blockedKeys(null, 1))
                    .extracting(BlockedKey::reason)
                    .containsExactly(Reason.DELAYED);
        }
        setRetryAt(id, "-infinity", "k");
        assertThat(outbox.nextDue(List.of("kind"))).contains(Duration.ZERO);
        assertThat(outbox.blockedKeys(null, 1)).extracting(BlockedKey::reason).containsExactly(Reason.UNCLAIMED);
        setRetryAt(id, "infinity", "k");
        setRetryAt(other, "-infinity", null);
        assertThat(outbox.nextDue(List.of("kind"))).contains(Duration.ZERO);
    }

    private static void setRetryAt(UUID id, String time, @Nullable String key) {
        OUTBOXES.mapped()
                .execute(
                        "update {0} set retry_at = {1}::timestamptz, ordering_key = {2} where id = {3}",
                        OUTBOX, DSL.inline(time), DSL.val(key, String.class), DSL.val(id));
    }
}
