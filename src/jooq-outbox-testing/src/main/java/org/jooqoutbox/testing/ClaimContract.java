package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** What a claim takes, and in which order. */
abstract class ClaimContract<T> extends Contract<T> {

    @Test
    void claim_emptyOutbox_seesNothing() {
        Claim claim = outbox.claim(HUNDRED);
        assertThat(claim.messages()).isEmpty();
        assertThat(claim.deadLettered()).isEmpty();
        assertThat(claim.expired()).isEmpty();
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(0, 0, 0);
    }

    @Test
    void claim_some_countsWhatItSawAndPicked() {
        enqueue(A, 3);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(claim.messages()).hasSize(3);
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(3, 3, 0);
    }

    @Test
    void claim_limited_takesTheOldestFirst() {
        List<UUID> ids = enqueue(A, 3);
        ClaimRequest two = ClaimRequest.of(2).lease(LEASE);
        assertThat(ids(outbox.claim(two).messages())).containsExactlyElementsOf(ids.subList(0, 2));
        assertThat(ids(outbox.claim(two).messages())).containsExactlyElementsOf(ids.subList(2, 3));
        assertThat(outbox.claim(two).seen()).isZero();
    }

    @Test
    void claim_ofDifferentDueTimes_takesTheLongestDueFirst() {
        UUID last = enqueueOne(A.draft("1").withDelay(Duration.ofMinutes(30)));
        UUID first = enqueueOne(A.draft("2").withDelay(Duration.ofMinutes(10)));
        UUID second = enqueueOne(A.draft("3").withDelay(Duration.ofMinutes(20)));
        harness.elapse(Duration.ofHours(1));
        assertThat(ids(outbox.claim(ClaimRequest.of(2)).messages())).containsExactly(first, second);
        assertThat(claimOne().id()).isEqualTo(last);
    }

    @Test
    void claim_byLimitAlone_takesAnyKindForTheDefaultLease() {
        enqueue(A, 1);
        enqueue(B, 1);
        assertThat(outbox.claim(10)).hasSize(2);
        harness.elapse(ClaimRequest.DEFAULT_LEASE.plusSeconds(1));
        assertThat(outbox.claim(HUNDRED).seen()).isEqualTo(2);
    }

    @Test
    void claim_ofKinds_leavesOthersAlone() {
        UUID other = enqueue(A, 1).get(0);
        UUID wanted = enqueue(B, 1).get(0);
        Claim claim = outbox.claim(HUNDRED.kinds(Set.of("kind.b", "kind.c")));
        assertThat(ids(claim.messages())).containsExactly(wanted);
        assertThat(claim.seen()).isEqualTo(1);
        Message message = claimOne();
        assertThat(message.id()).isEqualTo(other);
        assertThat(message.attempts()).isEqualTo(1);
    }

    @Test
    void claim_kindLimits_takesAtMostThatOfEach() {
        List<UUID> a = enqueue(A, 5);
        List<UUID> b = enqueue(B, 5);
        Claim claim = outbox.claim(HUNDRED.kindLimits(Map.of("kind.a", 1, "kind.b", 3)));
        assertThat(ids(claim.messages())).containsExactlyInAnyOrder(a.get(0), b.get(0), b.get(1), b.get(2));
        assertThat(claim.seen()).isEqualTo(4);
    }

    @Test
    void claim_kindLimitsAboveItsLimit_takesNoMoreThanItsLimit() {
        enqueue(A, 5);
        enqueue(B, 5);
        Claim claim = outbox.claim(ClaimRequest.of(4).kindLimits(Map.of("kind.a", 3, "kind.b", 3)));
        assertThat(claim.messages()).hasSize(4);
    }

    @Test
    void claim_oneAtATimeOfTwoKinds_favoursNone() {
        enqueue(A, 20);
        enqueue(B, 20);
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            Claim claim = outbox.claim(ClaimRequest.of(1).lease(LEASE).kinds(List.of("kind.a", "kind.b")));
            first.add(claim.messages().get(0).kind());
        }
        assertThat(first).containsExactlyInAnyOrder("kind.a", "kind.b");
    }

    @Test
    void claim_underLease_isTakenByNobodyElse() {
        enqueue(A, 1);
        claimOne();
        harness.elapse(LEASE.minus(MARGIN));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void claim_leaseEnded_isTakenAgain() {
        UUID id = enqueue(A, 1).get(0);
        claimOne();
        endLeases();
        Message again = claimOne();
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.attempts()).isEqualTo(2);
        assertThat(again.unsettled()).isEqualTo(1);
        assertThat(again.failures()).isZero();
    }

    @Test
    void claim_failed_isTakenWhenItsPauseIsOver() {
        enqueue(A, 1);
        applied(Settlement.failed(claimOne(), "later", Duration.ofHours(1)));
        harness.elapse(Duration.ofMinutes(58));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(Duration.ofMinutes(3));
        Message again = claimOne();
        assertThat(List.of(again.attempts(), again.failures(), again.unsettled()))
                .containsExactly(2, 1, 0);
    }

    @Test
    void claim_headersAndPayload_areTheSameAtEveryDelivery() {
        enqueue(A.draft("{\"n\": 1}").withHeader("a", "b"));
        Message first = claimOne();
        endLeases();
        Message second = claimOne();
        assertThat(second.payload()).isEqualTo(first.payload());
        assertThat(second.headers()).isEqualTo(first.headers());
    }

    @Test
    void request_outOfRange_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.claim(0));
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.claim(10_001));
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.claim(-1));
    }
}
