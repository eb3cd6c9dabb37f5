package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A claim takes at most so many of each kind, and so many in all. */
@Tag("conformance")
class KindLimitsTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("kindlimits");

    // Of its own for each test: where it is slow, claims begin where those of another test got to.
    private final JooqOutboxRepository outbox = JooqOutboxRepository.of(OUTBOXES.dataSource(), OUTBOXES.table());

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void claim_withinTheTotal_takesTheLimitOfEachKind() {
        enqueue("a", 20);
        enqueue("b", 20);
        enqueue("c", 2);
        enqueue("d", 5);

        Claim claim = outbox.claim(ClaimRequest.of(100).kindLimits(Map.of("a", 7, "b", 1, "c", 50)));

        assertThat(byKind(claim)).isEqualTo(Map.of("a", 7L, "b", 1L, "c", 2L));
        assertThat(claim.seen()).isEqualTo(10);
        assertThat(OUTBOXES.mapped().fetchCount(OUTBOX, OUTBOX.ATTEMPTS.gt(0))).isEqualTo(10);
    }

    @Test
    void claim_limitsBeyondTheTotal_takesTheTotal() {
        enqueue("a", 20);
        enqueue("b", 20);

        Claim claim = outbox.claim(ClaimRequest.of(9).kindLimits(Map.of("a", 6, "b", 6)));

        assertThat(claim.messages()).hasSize(9);
        assertThat(byKind(claim).values()).containsExactlyInAnyOrder(6L, 3L);
        assertThat(OUTBOXES.mapped().fetchCount(OUTBOX, OUTBOX.ATTEMPTS.gt(0))).isEqualTo(9);
    }

    @Test
    void claim_ofEachKind_takesTheOldest() {
        List<UUID> ids = enqueue("a", 10);

        Claim claim = outbox.claim(ClaimRequest.of(100).kindLimits(Map.of("a", 3)));

        assertThat(claim.messages()).extracting(Message::id).containsExactlyElementsOf(ids.subList(0, 3));
    }

    @Test
    void claim_besideABacklogOfThousands_stillTakesTheOtherKind() {
        OUTBOXES.mapped()
                .execute(
                        "insert into {0} (kind, payload, retry_at) select 'a', '1', now() - interval '1 day' from generate_series(1, 5000)",
                        OUTBOX);
        enqueue("b", 30);
        ClaimRequest request = ClaimRequest.of(10).kindLimits(Map.of("a", 5, "b", 5));

        for (int i = 0; i < 6; i++) {
            assertThat(byKind(outbox.claim(request))).isEqualTo(Map.of("a", 5L, "b", 5L));
        }
        assertThat(byKind(outbox.claim(request))).isEqualTo(Map.of("a", 5L));
    }

    /** The order of the kinds changes from claim to claim, so that the total is not always used up by the same one. */
    @Test
    void claims_ofMoreThanTheTotal_favourNoKind() {
        enqueue("a", 50);
        enqueue("b", 50);
        ClaimRequest request = ClaimRequest.of(5).kindLimits(Map.of("a", 5, "b", 5));

        Map<String, Long> taken = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            byKind(outbox.claim(request)).forEach((kind, count) -> taken.merge(kind, count, Long::sum));
        }

        assertThat(taken).containsOnly(Map.entry("a", 10L), Map.entry("b", 10L));
    }

    @Test
    void claim_ofAThousandKinds_hasNoMoreBindValuesThanOfOne() {
        List<String> statements = new ArrayList<>();
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration().set(ExecuteListener.onExecuteStart(context -> statements.add(context.sql())));
        JooqOutboxRepository watched = JooqOutboxRepository.of(dsl, OUTBOXES.table());
        enqueue("kind 999", 3);
        watched.claim(ClaimRequest.of(1));
        statements.clear();

        watched.claim(ClaimRequest.of(10).kindLimits(Map.of("a", 1)));
        Claim claim = watched.claim(ClaimRequest.of(10)
                .kindLimits(
                        IntStream.range(0, 1_000).boxed().collect(Collectors.toMap(i -> "kind " + i, i -> 1 + i % 2))));

        assertThat(byKind(claim)).isEqualTo(Map.of("kind 999", 2L));
        assertThat(statements).hasSize(2);
        assertThat(statements.get(0))
                .isEqualTo(statements.get(1))
                .matches(sql -> sql.chars().filter(c -> c == '?').count() < 20);
    }

    private static Map<String, Long> byKind(Claim claim) {
        return claim.messages().stream().collect(Collectors.groupingBy(Message::kind, Collectors.counting()));
    }

    private List<UUID> enqueue(String kind, int count) {
        MessageKind<String> of = MessageKind.json(kind);
        return outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                        .mapToObj(i -> of.draft(Integer.toString(i)))
                        .toList())
                .ids();
    }
}
