package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository.BlockedKey;
import org.jooqoutbox.OutboxRepository.BlockedKey.Reason;
import org.jooqoutbox.Settlement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which ordering keys wait, for what, and what can be done about it. */
abstract class BlockedKeysContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);

    private List<UUID> enqueueOf(String key, int count) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(enqueueOne(A.draft("1").withOrderingKey(key)));
        }
        return ids;
    }

    private BlockedKey blocked() {
        List<BlockedKey> keys = outbox.blockedKeys(null, 100);
        assertThat(keys).hasSize(1);
        return keys.get(0);
    }

    private List<String> page(@Nullable String after, int limit) {
        return outbox.blockedKeys(after, limit).stream().map(BlockedKey::key).toList();
    }

    @Test
    void blockedKeys_ofMessagesWithoutKey_areNone() {
        assertThat(outbox.blockedKeys(null, 1)).isEmpty();
        enqueue(A, 3);
        assertThat(outbox.blockedKeys(null, 1)).isEmpty();
    }

    @Test
    void blockedKey_due_isUnclaimed() {
        List<UUID> ids = enqueueOf("k", 3);
        harness.elapse(HOUR);
        BlockedKey key = blocked();
        assertThat(key).isEqualTo(new BlockedKey("k", Reason.UNCLAIMED, ids.get(0), "kind.a", 0, "", key.dueIn(), 3));
        assertThat(key.dueIn()).isBetween(HOUR.plus(MARGIN).negated(), HOUR.negated());
    }

    @Test
    void blockedKey_delayed_saysForHowLong() {
        UUID head = enqueueOne(B.draft("1").withOrderingKey("k").withDelay(HOUR));
        enqueueOf("k", 1);
        BlockedKey key = blocked();
        assertThat(key).isEqualTo(new BlockedKey("k", Reason.DELAYED, head, "kind.b", 0, "", key.dueIn(), 2));
        assertThat(key.dueIn()).isBetween(HOUR.minus(MARGIN), HOUR);
    }

    @Test
    void blockedKey_failed_saysWhyAndUntilWhen() {
        UUID head = enqueueOf("k", 2).get(0);
        applied(Settlement.failed(claimOne(), "disk full", HOUR));
        BlockedKey key = blocked();
        assertThat(key).isEqualTo(new BlockedKey("k", Reason.FAILED, head, "kind.a", 1, "disk full", key.dueIn(), 2));
        assertThat(key.dueIn()).isBetween(HOUR.minus(MARGIN), HOUR);
        harness.elapse(HOUR);
        assertThat(blocked().reason()).isEqualTo(Reason.UNCLAIMED);
    }

    @Test
    void blockedKey_postponed_isToBeTriedAgain() {
        enqueueOf("k", 1);
        applied(Settlement.postponed(claimOne(), "later", HOUR));
        assertThat(blocked())
                .extracting(BlockedKey::reason, BlockedKey::failures, BlockedKey::lastError)
                .containsExactly(Reason.FAILED, 0, "later");
    }

    @Test
    void blockedKeys_underLease_areNone() {
        enqueueOf("k", 2);
        claimOne();
        assertThat(outbox.blockedKeys(null, 10)).isEmpty();
        endLeases();
        assertThat(blocked().reason()).isEqualTo(Reason.UNCLAIMED);
    }

    @Test
    void blockedKeys_pageByPage_areAllOfThemInTheirOrder() {
        for (int i = 4; i >= 0; i--) {
            enqueueOf("k" + i, 2);
        }
        assertThat(page(null, 10)).containsExactly("k0", "k1", "k2", "k3", "k4");
        assertThat(page(null, 2)).containsExactly("k0", "k1");
        assertThat(page("k1", 2)).containsExactly("k2", "k3");
        assertThat(page("k3", 2)).containsExactly("k4");
        assertThat(page("k4", 2)).isEmpty();
        assertThat(page("k00", 1)).containsExactly("k1");
        assertThat(outbox.blockedKeys(null, 10)).extracting(BlockedKey::waiting).containsOnly(2L);
    }

    @Test
    void blockedKeys_amongOthersUnderLease_fillTheirPages() {
        for (int i = 0; i < 6; i++) {
            enqueueOf("k" + i, 1);
        }
        for (Message message : claim()) {
            if (List.of("k1", "k4", "k5").contains(message.orderingKey())) {
                applied(Settlement.failed(message, "e", HOUR));
            }
        }
        assertThat(page(null, 2)).containsExactly("k1", "k4");
        assertThat(page("k4", 2)).containsExactly("k5");
    }

    @Test
    void retryNow_ofTheHead_makesItDueAndKeepsTheOrder() {
        List<UUID> ids = enqueueOf("k", 2);
        applied(Settlement.failed(claimOne(), "e", HOUR));
        assertThat(outbox.retryNow(List.of(blocked().head()))).containsExactly(ids.get(0));
        assertThat(blocked().reason()).isEqualTo(Reason.UNCLAIMED);
        assertThat(claimOne().id()).isEqualTo(ids.get(0));
    }

    @Test
    void giveUp_ofTheHead_makesTheNextOneTheHead() {
        List<UUID> ids = enqueueOf("k", 2);
        assertThat(outbox.giveUp(List.of(blocked().head()), "the customer is gone"))
                .containsExactly(ids.get(0));
        assertThat(blocked()).extracting(BlockedKey::head, BlockedKey::waiting).containsExactly(ids.get(1), 1L);
        assertThat(letter(ids.get(0)))
                .extracting(DeadLetter::status, DeadLetter::lastError)
                .containsExactly(DeadLetter.Status.DEAD, "the customer is gone");
    }

    @Test
    void limit_outOfRange_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.blockedKeys(null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.blockedKeys(null, 10_001));
    }
}
