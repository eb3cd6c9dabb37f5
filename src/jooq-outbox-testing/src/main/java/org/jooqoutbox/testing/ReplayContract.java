package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jooqoutbox.Settlement.Verdict.LEASE_LOST;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** Dead letters can be made due again. */
abstract class ReplayContract<T> extends Contract<T> {

    @Test
    void replay_deadLetter_isDueAtOnceWithAFullBudget() {
        UUID id = enqueueOne(A.draft("1").withHeader("a", "b"));
        applied(Settlement.failed(claimOne(), "first", Duration.ZERO));
        applied(Settlement.dead(claimOne(), "second"));
        DeadLetter.Replay replay = outbox.replay(DeadLetterQuery.all());
        assertThat(replay.replayed()).containsExactly(id);
        assertThat(replay.conflicts()).isEmpty();
        Message again = claimOne();
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.headers()).containsEntry("a", "b");
        assertThat(List.of(again.failures(), again.unsettled())).containsExactly(0, 0);
        assertThat(outbox.deadLetters(anyStatus())).isEmpty();
    }

    @Test
    void replay_deadLetter_keepsTheTokenGrowing() {
        enqueue(A, 1);
        Message first = claimOne();
        outbox.markDead(first, "e");
        outbox.replay(DeadLetterQuery.all());
        assertThat(outbox.markDone(first)).isEqualTo(LEASE_LOST);
        Message again = claimOne();
        assertThat(again.attempts()).isGreaterThan(first.attempts() + 1);
        assertThat(outbox.markDone(first)).isEqualTo(LEASE_LOST);
    }

    @Test
    void replay_ofIds_leavesOutWhatIsNoDeadLetter() {
        UUID dead = deadLetter(A.draft("1"), "e");
        UUID waiting = enqueueOne(A.draft("2"));
        assertThat(outbox.replay(List.of(dead, waiting, new UUID(1, 1))).replayed())
                .containsExactly(dead);
        assertThat(outbox.replay(List.of()).replayed()).isEmpty();
        assertThat(claim()).hasSize(2);
    }

    @Test
    void replay_ofQuery_takesNoOthersAndNoMoreThanItsLimit() {
        deadLetter(A.draft("1"), "e");
        deadLetter(B.draft("2"), "e");
        deadLetter(B.draft("3"), "e");
        DeadLetterQuery query = DeadLetterQuery.all().kinds(Set.of("kind.b"));
        assertThat(outbox.replay(query.limit(1)).replayed()).hasSize(1);
        assertThat(outbox.replay(query).replayed()).hasSize(1);
        assertThat(claim()).extracting(Message::kind).containsExactly("kind.b", "kind.b");
    }

    @Test
    void replay_parked_isDueAtOnce() {
        UUID id = enqueueOne(A.draft("1").withAvailableAt(now().plus(Duration.ofDays(365 * 60))));
        assertThat(outbox.replay(DeadLetterQuery.all()).replayed()).containsExactly(id);
        assertThat(claimOne().id()).isEqualTo(id);
    }

    @Test
    void replay_keyThatWaits_isLeftAsItIsAndReported() {
        UUID dead = deadLetter(A.draft("1").withDeduplicationKey("k"), "e");
        UUID other = deadLetter(A.draft("2").withDeduplicationKey("other"), "e");
        UUID waiting = enqueueOne(A.draft("3").withDeduplicationKey("k"));
        DeadLetter.Replay replay = outbox.replay(DeadLetterQuery.all());
        assertThat(replay.conflicts()).containsExactly(dead);
        assertThat(replay.replayed()).containsExactly(other);
        assertThat(letterIds(anyStatus())).containsExactly(dead);
        assertThat(ids(claim())).containsExactlyInAnyOrder(waiting, other);
    }

    @Test
    void replay_keyThatWasClaimed_isReplayed() {
        UUID dead = deadLetter(A.draft("1").withDeduplicationKey("k"), "e");
        enqueue(A.draft("2").withDeduplicationKey("k"));
        claimOne();
        assertThat(outbox.replay(DeadLetterQuery.all()).replayed()).containsExactly(dead);
    }

    @Test
    void replay_severalOfOneKey_replaysTheOldestAlone() {
        UUID oldest = deadLetter(A.draft("1").withDeduplicationKey("k"), "e");
        harness.elapse(Duration.ofMinutes(1));
        UUID other = deadLetter(A.draft("2").withDeduplicationKey("k"), "e");
        DeadLetter.Replay preview = outbox.previewReplay(DeadLetterQuery.all());
        DeadLetter.Replay replay = outbox.replay(DeadLetterQuery.all());
        assertThat(replay.replayed()).containsExactly(oldest);
        assertThat(replay.conflicts()).containsExactly(other);
        assertThat(preview).isEqualTo(replay);
    }

    @Test
    void replay_spaced_makesThemDueOneAfterTheOther() {
        List<UUID> ids = enqueue(A, 60);
        outbox.settle(
                claim().stream().map(message -> Settlement.dead(message, "e")).toList());
        assertThat(outbox.replay(DeadLetterQuery.all(), 1).replayed()).containsExactlyElementsOf(ids);
        // On a clock that goes on by itself some more may be due by now.
        List<UUID> atOnce = ids(claim());
        assertThat(atOnce).hasSizeBetween(1, 30).isEqualTo(ids.subList(0, atOnce.size()));
        harness.elapse(Duration.ofMinutes(1));
        assertThat(claim()).hasSize(ids.size() - atOnce.size());
    }

    @Test
    void replay_lessThanOnePerSecond_isRefused() {
        UUID dead = deadLetter(A.draft("1"), "e");
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.replay(DeadLetterQuery.all(), 0));
        assertThat(letterIds(anyStatus())).containsExactly(dead);
    }

    @Test
    void preview_some_saysWhatReplayWouldDoAndDoesNothing() {
        UUID dead = deadLetter(A.draft("1").withDeduplicationKey("k"), "e");
        UUID other = deadLetter(A.draft("2"), "e");
        enqueue(A.draft("3").withDeduplicationKey("k"));
        DeadLetter.Replay preview = outbox.previewReplay(DeadLetterQuery.all());
        assertThat(preview.replayed()).containsExactly(other);
        assertThat(preview.conflicts()).containsExactly(dead);
        assertThat(letterIds(anyStatus())).containsExactlyInAnyOrder(dead, other);
        assertThat(claim()).hasSize(1);
    }
}
