package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.junit.jupiter.api.Test;

/** Messages of one ordering key are handed out one at a time, in the order in which they were enqueued; all others go their way. */
abstract class OrderContract<T> extends Contract<T> {

    private static final Duration HOUR = Duration.ofHours(1);

    private static MessageDraft of(MessageKind<String> kind, String key, String payload) {
        return kind.draft(payload).withOrderingKey(key);
    }

    private List<UUID> enqueueOf(String key, int count) {
        return enqueue(IntStream.range(0, count)
                        .mapToObj(i -> of(A, key, Integer.toString(i)))
                        .toArray(MessageDraft[]::new))
                .ids();
    }

    @Test
    void claim_ofOneKey_takesItsFirstAndSeesNoOther() {
        List<UUID> ids = enqueueOf("k", 3);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(ids(claim.messages())).containsExactly(ids.get(0));
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(1, 1, 0);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void claim_settledOneByOne_followsTheOrderOfTheDrafts() {
        List<UUID> ids = enqueue(of(A, "k", "1"), of(B, "k", "2"), of(A, "k", "3"), of(B, "k", "4"))
                .ids();
        List<Message> claimed = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            claimed.add(claimOne());
            applied(Settlement.done(claimed.get(i)));
        }
        assertThat(ids(claimed)).isEqualTo(ids);
        assertThat(claimed).extracting(Message::orderingKey).containsOnly("k");
        assertThat(claimed).extracting(Message::seq).isSorted().doesNotHaveDuplicates();
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
    }

    @Test
    void claim_withoutKey_knowsNone() {
        enqueue(A, 1);
        assertThat(claimOne().orderingKey()).isNull();
    }

    @Test
    void claim_ofSeveralKeys_takesOneOfEachAndAllThatHaveNone() {
        UUID first = enqueueOf("k1", 3).get(0);
        UUID second = enqueueOf("k2", 2).get(0);
        List<UUID> free = enqueue(A, 3);
        List<UUID> expected = new ArrayList<>(List.of(first, second));
        expected.addAll(free);
        assertThat(ids(claim())).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void claim_firstUnderLease_holdsBackItsKeyAlone() {
        enqueueOf("k1", 2);
        claimOne();
        UUID other = enqueueOf("k2", 1).get(0);
        harness.elapse(LEASE.minus(MARGIN));
        assertThat(ids(claim())).containsExactly(other);
    }

    @Test
    void claim_firstFailed_holdsBackItsKeyUntilItIsDelivered() {
        List<UUID> ids = enqueueOf("k", 2);
        applied(Settlement.failed(claimOne(), "e", HOUR));
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(HOUR);
        Message again = claimOne();
        assertThat(again.id()).isEqualTo(ids.get(0));
        applied(Settlement.done(again));
        assertThat(claimOne().id()).isEqualTo(ids.get(1));
    }

    @Test
    void claim_firstPostponedOrGivenBack_takesItAgainBeforeTheNext() {
        List<UUID> ids = enqueueOf("k", 2);
        applied(Settlement.postponed(claimOne(), "later", Duration.ZERO));
        applied(Settlement.released(claimOne()));
        assertThat(claimOne().id()).isEqualTo(ids.get(0));
    }

    @Test
    void claim_firstDelayed_holdsBackWhatIsDue() {
        UUID first = enqueueOne(of(A, "k", "1").withDelay(HOUR));
        enqueueOf("k", 1);
        assertThat(outbox.claim(HUNDRED).seen()).isZero();
        harness.elapse(HOUR.plus(MARGIN));
        assertThat(claimOne().id()).isEqualTo(first);
    }

    @Test
    void claim_leaseOfFirstEnded_takesItAgainBeforeTheNext() {
        List<UUID> ids = enqueueOf("k", 2);
        crash();
        Message again = claimOne();
        assertThat(again.id()).isEqualTo(ids.get(0));
        assertThat(again.unsettled()).isEqualTo(1);
        applied(Settlement.done(again));
        assertThat(claimOne().id()).isEqualTo(ids.get(1));
    }

    @Test
    void claim_firstGivenUp_takesTheNext() {
        List<UUID> ids = enqueueOf("k", 2);
        applied(Settlement.dead(claimOne(), "e"));
        assertThat(claimOne().id()).isEqualTo(ids.get(1));
    }

    @Test
    void claim_firstExpired_isSetAsideAndTheNextFollows() {
        UUID first = enqueueOne(of(A, "k", "1").withTimeToLive(HOUR));
        UUID second = enqueueOf("k", 1).get(0);
        harness.elapse(HOUR);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(ids(claim.expired())).containsExactly(first);
        List<Message> messages = claim.messages().isEmpty() ? claim() : claim.messages();
        assertThat(ids(messages)).containsExactly(second);
    }

    @Test
    void claim_firstDiedTooOften_isGivenUpAndTheNextFollows() {
        List<UUID> ids = enqueueOf("k", 2);
        crash();
        crash();
        Claim claim = outbox.claim(HUNDRED.maxDeaths(1));
        assertThat(ids(claim.deadLettered())).containsExactly(ids.get(0));
        List<Message> messages = claim.messages().isEmpty() ? claim() : claim.messages();
        assertThat(ids(messages)).containsExactly(ids.get(1));
    }

    @Test
    void claim_headsThatAreSuspects_areTakenOneByOne() {
        enqueueOf("k1", 2);
        enqueueOf("k2", 2);
        assertThat(crash().messages()).hasSize(2);
        Claim claim = outbox.claim(HUNDRED);
        assertThat(claim.messages()).hasSize(1);
        assertThat(List.of(claim.seen(), claim.picked(), claim.suspects())).containsExactly(2, 1, 2);
    }

    @Test
    void claim_firstOfAnotherKind_holdsBackTheKindThatIsAsked() {
        enqueue(of(A, "k", "1"), of(B, "k", "2"));
        assertThat(outbox.claim(HUNDRED.kinds(Set.of("kind.b"))).seen()).isZero();
        applied(Settlement.done(claimOne()));
        assertThat(outbox.claim(HUNDRED.kinds(Set.of("kind.b"))).messages()).hasSize(1);
    }

    @Test
    void claim_limited_countsHeadsAndOthersTogether() {
        IntStream.range(0, 5).forEach(i -> enqueueOf("k" + i, 2));
        enqueue(A, 5);
        Claim claim = outbox.claim(ClaimRequest.of(4).lease(LEASE));
        assertThat(claim.messages()).hasSize(4);
        assertThat(claim()).hasSize(6);
    }

    @Test
    void claim_kindLimits_countHeadsAndOthersTogether() {
        IntStream.range(0, 5).forEach(i -> enqueueOf("k" + i, 2));
        enqueue(A, 5);
        enqueue(B, 5);
        Claim claim = outbox.claim(HUNDRED.kindLimits(Map.of("kind.a", 3, "kind.b", 2)));
        assertThat(claim.messages())
                .extracting(Message::kind)
                .containsExactlyInAnyOrder("kind.a", "kind.a", "kind.a", "kind.b", "kind.b");
    }

    @Test
    void settleAndClaim_ofTheFirst_takesTheNext() {
        List<UUID> ids = enqueueOf("k", 2);
        Claim.WithVerdicts both = outbox.settleAndClaim(List.of(Settlement.done(claimOne())), HUNDRED);
        assertThat(both.verdicts()).containsExactly(Verdict.APPLIED);
        List<Message> messages =
                both.claim().messages().isEmpty() ? claim() : both.claim().messages();
        assertThat(ids(messages)).containsExactly(ids.get(1));
    }

    @Test
    void deliverInTransaction_ofTheFirst_holdsBackTheNextUntilItIsCommitted() throws Exception {
        List<UUID> ids = enqueueOf("k", 2);
        Message first = claimOne();
        List<Message> meanwhile = new ArrayList<>();
        outbox.deliverInTransaction(first, MARGIN, transaction -> meanwhile.addAll(claim()));
        assertThat(meanwhile).isEmpty();
        assertThat(claimOne().id()).isEqualTo(ids.get(1));
    }

    @Test
    void replay_ofTheFirst_putsItBeforeTheNext() {
        List<UUID> ids = enqueueOf("k", 2);
        applied(Settlement.dead(claimOne(), "e"));
        outbox.replay(List.of(ids.get(0)));
        assertThat(claimOne().id()).isEqualTo(ids.get(0));
    }

    @Test
    void enqueue_rolledBackOfTheSameKey_holdsNothingBack() {
        assertThatThrownBy(() -> harness.inTransaction(transaction -> {
                    outbox.enqueue(transaction, of(A, "k", "1"));
                    throw new IllegalStateException("no invoice");
                }))
                .hasMessage("no invoice");
        UUID id = enqueueOf("k", 1).get(0);
        assertThat(claimOne().id()).isEqualTo(id);
    }

    /** Whatever becomes of them: what is claimed of a key is the first that has not come to its end. */
    @Test
    void claim_ofManyKeysUntilNothingIsLeft_keepsTheOrderOfEach() {
        SplittableRandom random = new SplittableRandom(7);
        Map<String, List<UUID>> left = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            String key = "k" + random.nextInt(7);
            UUID id = enqueueOne(of(random.nextBoolean() ? A : B, key, "1"));
            left.computeIfAbsent(key, missing -> new ArrayList<>()).add(id);
        }
        for (int claims = 0; !left.isEmpty() && claims < 1_000; claims++) {
            for (Message message : outbox.claim(1 + random.nextInt(10))) {
                List<UUID> ofKey = left.getOrDefault(message.orderingKey(), List.of());
                assertThat(message.id()).isEqualTo(ofKey.get(0));
                switch (random.nextInt(5)) {
                    case 0 -> applied(Settlement.failed(message, "e", Duration.ZERO));
                    case 1 -> applied(Settlement.released(message));
                    case 2 -> end(Settlement.dead(message, "e"), left);
                    default -> end(Settlement.done(message), left);
                }
            }
        }
        assertThat(left).isEmpty();
    }

    private void end(Settlement settlement, Map<String, List<UUID>> left) {
        applied(settlement);
        left.computeIfPresent(
                settlement.message().orderingKey(),
                (key, ids) -> ids.size() == 1 ? null : new ArrayList<>(ids.subList(1, ids.size())));
    }
}
