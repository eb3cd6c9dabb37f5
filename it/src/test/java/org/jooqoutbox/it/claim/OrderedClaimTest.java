package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages with an ordering key: one at a time per key, in the order of seq; whatever is wrong with the first one, the others wait for it. */
@Tag("conformance")
class OrderedClaimTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("ordered");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ClaimRequest ANY_KIND = ClaimRequest.of(100).lease(HOUR);
    private static final ClaimRequest OF_KINDS = ANY_KIND.kinds(Set.of("a", "b"));

    private final JooqOutboxRepository outbox = JooqOutboxRepository.of(OUTBOXES.dataSource(), OUTBOXES.table());
    private final KeyedRows rows = new KeyedRows(OUTBOXES);

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claim_ofKeys_takesTheFirstOfEach(boolean anyKind) {
        List<UUID> ofK = rows.insert("a", "k", 3);
        List<UUID> ofL = rows.insert("b", "l", 2);
        UUID without = rows.insert("a", null);

        Claim claim = outbox.claim(anyKind ? ANY_KIND : OF_KINDS);

        assertThat(ids(claim)).containsExactlyInAnyOrder(ofK.get(0), ofL.get(0), without);
        assertThat(claim.seen()).isEqualTo(3);
        assertThat(claim.picked()).isEqualTo(3);
        assertThat(claim.coverage()).isNotEqualTo(Claim.Coverage.PART);
        assertThat(claim.messages())
                .filteredOn(message -> message.id().equals(ofK.get(0)))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.orderingKey()).isEqualTo("k");
                    assertThat(message.seq())
                            .isEqualTo(OUTBOXES.row(message.id()).getSeq());
                });
    }

    @Test
    void claims_oneAfterTheOther_followSeq() {
        List<UUID> ids = rows.insert("a", "k", 5);
        rows.insert("a", "l", 5);
        // What is due earlier is not delivered earlier.
        set(OUTBOX.ID.eq(ids.get(4)), "retry_at = now() - interval '1 day'");

        List<UUID> delivered = new ArrayList<>();
        Claim claim = outbox.claim(OF_KINDS);
        while (claim.seen() > 0) {
            delivered.addAll(ids(claim));
            claim = outbox.settleAndClaim(allDone(claim), OF_KINDS).claim();
        }

        assertThat(delivered).hasSize(10).containsSubsequence(ids);
        assertThat(claim.coverage()).isNotEqualTo(Claim.Coverage.PART);
    }

    @Test
    void claim_ofLeasedKey_takesNothingOfIt() {
        rows.insert("a", "k", 3);
        assertThat(ids(outbox.claim(OF_KINDS))).hasSize(1);

        Claim claim = outbox.claim(OF_KINDS);

        assertThat(claim.seen()).isZero();
        assertThat(claim.coverage()).isNotEqualTo(Claim.Coverage.PART);
    }

    @Test
    void claim_behindFailedHead_waitsForItsNextTry() {
        List<UUID> ids = rows.insert("a", "k", 2);
        outbox.settle(List.of(Settlement.failed(outbox.claim(1).get(0), "not now", HOUR)));
        UUID other = rows.insert("a", "l");

        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(other);
        assertThat(outbox.claim(OF_KINDS).seen()).isZero();
        set(OUTBOX.ID.eq(ids.get(0)), "retry_at = now()");
        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ids.get(0));
    }

    @Test
    void claim_behindDelayedHead_waitsForIt() {
        List<UUID> ids = rows.insert("a", "k", 2);
        set(OUTBOX.ID.eq(ids.get(0)), "retry_at = now() + interval '1 hour'");

        assertThat(outbox.claim(OF_KINDS).seen()).isZero();
        OUTBOXES.elapse(HOUR.plusMinutes(1));
        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ids.get(0));
    }

    @Test
    void claim_behindHeadOfKindNotAsked_waitsForIt() {
        UUID theirs = rows.insert("theirs", "k");
        UUID ours = rows.insert("a", "k");

        Claim claim = outbox.claim(OF_KINDS);
        assertThat(claim.seen()).isZero();
        assertThat(claim.coverage()).isNotEqualTo(Claim.Coverage.PART);

        outbox.markDone(outbox.claim(ClaimRequest.of(1).kinds(Set.of("theirs")))
                .messages()
                .get(0));
        assertThat(OUTBOXES.rows()).extracting(row -> row.getId()).doesNotContain(theirs);
        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ours);
    }

    @Test
    void claim_behindDeadHead_goesOn() {
        List<UUID> ids = rows.insert("a", "k", 2);
        outbox.settle(List.of(Settlement.dead(outbox.claim(1).get(0), "hopeless")));

        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ids.get(1));
    }

    @Test
    void claim_ofReleasedHead_takesItAgain() {
        List<UUID> ids = rows.insert("a", "k", 2);
        outbox.settle(List.of(Settlement.released(outbox.claim(1).get(0))));

        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ids.get(0));
    }

    @Test
    void claim_ofExpiredHead_setsItAsideAndThenGoesOn() {
        List<UUID> ids = rows.insert("a", "k", 2);
        set(OUTBOX.ID.eq(ids.get(0)), "expires_at = now() - interval '1 second'");

        Claim claim = outbox.claim(OF_KINDS);
        assertThat(claim.expired()).extracting(Message::id).containsExactly(ids.get(0));
        assertThat(claim.messages()).isEmpty();
        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ids.get(1));
    }

    @Test
    void claim_ofHeadThatDiedTooOften_makesADeadLetterAndThenGoesOn() {
        List<UUID> ids = rows.insert("a", "k", 2);
        set(OUTBOX.ID.eq(ids.get(0)), "unsettled = 4");

        Claim claim = outbox.claim(OF_KINDS);
        assertThat(claim.deadLettered()).extracting(Message::id).containsExactly(ids.get(0));
        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(ids.get(1));
    }

    @Test
    void claim_ofSuspectHead_takesItAloneAndTheOthersNext() {
        List<UUID> ids = rows.insert("a", "m", 2);
        set(OUTBOX.ID.eq(ids.get(0)), "unsettled = 1, retry_at = now() - interval '1 minute'");
        rows.insertMany("a", 10, 1);
        rows.insert("a", null, 10);

        Claim alone = outbox.claim(OF_KINDS);
        assertThat(ids(alone)).containsExactly(ids.get(0));
        assertThat(alone.suspects()).isEqualTo(1);
        assertThat(ids(outbox.claim(OF_KINDS))).hasSize(20).doesNotContain(ids.get(1));
    }

    @Test
    void claim_withoutSuspects_leavesTheirKeysWaiting() {
        List<UUID> ids = rows.insert("a", "k", 2);
        set(OUTBOX.ID.eq(ids.get(0)), "unsettled = 1, retry_at = now() - interval '1 minute'");
        UUID other = rows.insert("a", "l");

        Claim claim = outbox.claim(OF_KINDS.withoutSuspects());

        assertThat(ids(claim)).containsExactly(other);
        assertThat(claim.suspects()).isEqualTo(1);
    }

    @Test
    void claim_ofMoreThanTheLimit_takesNoMoreAndSaysSo() {
        rows.insertMany("a", 50, 1);
        rows.insert("a", null, 50);
        Set<UUID> claimed = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            Claim claim = outbox.claim(ClaimRequest.of(10).lease(HOUR).kinds(Set.of("a")));
            assertThat(claim.messages()).hasSize(10);
            assertThat(OUTBOXES.mapped().fetchCount(OUTBOX, OUTBOX.ATTEMPTS.gt(0)))
                    .isEqualTo(10 * (i + 1));
            claimed.addAll(ids(claim));
        }
        assertThat(claimed).hasSize(100);
        assertThat(outbox.claim(OF_KINDS).seen()).isZero();
    }

    @Test
    void claim_withKindLimits_countsBothSortsTogether() {
        rows.insertMany("a", 30, 1);
        rows.insert("b", "k", 30);
        rows.insert("a", null, 30);
        rows.insert("b", null, 30);

        for (int i = 0; i < 4; i++) {
            Claim claim = outbox.claim(ANY_KIND.kindLimits(Map.of("a", 7, "b", 3)));
            assertThat(claim.messages().stream().collect(Collectors.groupingBy(Message::kind, Collectors.counting())))
                    .isEqualTo(Map.of("a", 7L, "b", 3L));
        }
    }

    /** With a backlog of both, each has its share of every kind and of the whole, however small the limits are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void claims_withBacklogsOfBothSorts_starveNeither(int limit) {
        rows.insertMany("a", 60, 1);
        rows.insert("a", null, 60);
        int keyed = 0;
        int claimed = 0;
        for (int i = 0; i < 40 / limit; i++) {
            Claim claim = outbox.claim(ClaimRequest.of(100).lease(HOUR).kindLimits(Map.of("a", limit)));
            claimed += claim.messages().size();
            keyed += keyed(claim);
        }
        assertThat(claimed).isEqualTo(40);
        assertThat(keyed).isBetween(15, 25);
    }

    @Test
    void claims_withNothingButKeys_takeNearlyAsManyAsTheyMay() {
        rows.insertMany("a", 400, 1);
        outbox.claim(OF_KINDS);

        assertThat(outbox.claim(OF_KINDS).messages()).hasSize(99);
        assertThat(outbox.claim(OF_KINDS).messages()).hasSize(99);
    }

    /** Kinds have few places, and one has many keys: the keys of both come in turn nevertheless. */
    @Test
    void claims_withFewPlacesPerKind_meetEveryKey() {
        for (int i = 0; i < 20; i++) {
            rows.insert("a", "a" + i, 3);
            rows.insert("b", "b" + i, 3);
        }
        Set<String> met = new HashSet<>();
        for (int i = 0; i < 200 && met.size() < 40; i++) {
            Claim claim = outbox.claim(ANY_KIND.kindLimits(Map.of("a", 1, "b", 1)));
            claim.messages().forEach(message -> met.add(message.orderingKey()));
            // Given back: each key is ready again.
            outbox.settle(claim.messages().stream().map(Settlement::released).toList());
        }
        assertThat(met).hasSize(40);
    }

    /** More keys are stuck than a claim looks at: what lies behind them is found by the next one, and the next. */
    @Test
    void claims_behindManyStuckKeys_goOnWhereTheLastOneStopped() {
        rows.insertMany("a", 1_700, 1);
        set(DSL.trueCondition(), "retry_at = now() + interval '1 hour'");
        UUID last = rows.insert("a", "999999999");

        List<Claim> claims = new ArrayList<>();
        do {
            claims.add(outbox.claim(OF_KINDS));
        } while (claims.get(claims.size() - 1).seen() == 0 && claims.size() < 10);

        assertThat(claims).hasSizeBetween(2, 4).allMatch(claim -> claim.coverage() == Claim.Coverage.PART);
        assertThat(ids(claims.get(claims.size() - 1))).containsExactly(last);
    }

    @Test
    void claim_afterNoKeysWereThere_findsThemAtOnce() {
        rows.insert("a", null);
        outbox.claim(OF_KINDS);
        assertThat(outbox.claim(OF_KINDS).coverage()).isNotEqualTo(Claim.Coverage.PART);
        UUID id = rows.insert("a", "k");

        assertThat(ids(outbox.claim(OF_KINDS))).containsExactly(id);
    }

    @Test
    void claim_besideFirstKeys_saysThatItDidNotLookAtThem() {
        outbox.claim(OF_KINDS);
        rows.insert("a", "k");
        rows.insert("a", null);

        Claim claim = outbox.claim(OF_KINDS);

        assertThat(keyed(claim)).isZero();
        assertThat(claim.messages()).hasSize(1);
        assertThat(claim.coverage()).isEqualTo(Claim.Coverage.PART);
        assertThat(keyed(outbox.claim(OF_KINDS))).isEqualTo(1);
    }

    @Test
    void settleAndClaim_ofTheOnlyKey_takesItsNextMessage() {
        List<UUID> ids = rows.insert("a", "k", 3);
        ClaimRequest one = ClaimRequest.of(1).kinds(Set.of("a"));
        Message message = outbox.claim(one).messages().get(0);
        for (UUID next : ids.subList(1, 3)) {
            Claim claim = outbox.settleAndClaim(List.of(Settlement.done(message)), one)
                    .claim();
            assertThat(ids(claim)).containsExactly(next);
            message = claim.messages().get(0);
        }
    }

    /** The library writes none, but a plain INSERT may. */
    @Test
    void claim_ofTheEmptyKey_takesIt() {
        UUID id = rows.insert("a", "");
        UUID other = rows.insert("a", "k");
        assertThat(ids(outbox.claim(OF_KINDS))).containsExactlyInAnyOrder(id, other);
    }

    private static void set(Condition which, String assignments) {
        OUTBOXES.mapped().execute("update {0} set " + assignments + " where {1}", OUTBOX, which);
    }

    private static List<UUID> ids(Claim claim) {
        return claim.messages().stream().map(Message::id).toList();
    }

    private static int keyed(Claim claim) {
        return (int) claim.messages().stream()
                .filter(message -> message.orderingKey() != null)
                .count();
    }

    private static List<Settlement> allDone(Claim claim) {
        return claim.messages().stream().map(Settlement::done).toList();
    }
}
