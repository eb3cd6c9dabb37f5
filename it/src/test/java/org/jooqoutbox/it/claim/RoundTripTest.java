package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.RoundTrips;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a dispatcher sends is one round trip, settings included; before the driver has prepared it and after. Were it more, the settings would be
 * over when the statement comes.
 */
@Tag("conformance")
class RoundTripTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("roundtrips");
    private static final ClaimRequest REQUEST = ClaimRequest.of(3).kinds(Set.of("a"));
    private static final Duration LATER = Duration.ofDays(1);
    private static final int UNTIL_PREPARED = 10;

    private final Deque<Message> held = new ArrayDeque<>();
    private RoundTrips way;

    @BeforeEach
    void claimSome() throws IOException {
        OUTBOXES.mapped().truncate(OUTBOX).execute();
        new KeyedRows(OUTBOXES).insert("a", null, 500);
        held.addAll(OUTBOXES.repository()
                .claim(ClaimRequest.of(200).lease(Duration.ofHours(1)))
                .messages());
        way = new RoundTrips();
    }

    @AfterEach
    void close() throws IOException {
        way.close();
    }

    private JooqOutboxRepository outbox(boolean ofMany) {
        JooqOutboxRepository outbox = ofMany
                ? JooqOutboxRepository.builder(OUTBOXES.table())
                        .dataSource(way.pool())
                        .lockTimeout(Duration.ofSeconds(5))
                        .build()
                : JooqOutboxRepository.of(way.pool(), OUTBOXES.table());
        outbox.claim(REQUEST); // asks for the isolation level, once
        return outbox;
    }

    private void assertOneRoundTrip(Runnable call) {
        for (int i = 0; i < UNTIL_PREPARED; i++) {
            assertThat(way.of(call)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claim(boolean ofMany) {
        JooqOutboxRepository outbox = outbox(ofMany);
        assertOneRoundTrip(() -> assertThat(outbox.claim(REQUEST).messages()).hasSize(3));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claim_withOrderingKeys(boolean ofMany) {
        OUTBOXES.mapped().truncate(OUTBOX).execute();
        new KeyedRows(OUTBOXES).insertMany("a", 100, 1);
        JooqOutboxRepository outbox = outbox(ofMany);
        assertOneRoundTrip(() -> assertThat(outbox.claim(REQUEST).messages()).isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void settle_allDone(boolean ofMany) {
        JooqOutboxRepository outbox = outbox(ofMany);
        assertOneRoundTrip(() ->
                assertApplied(outbox.settle(List.of(Settlement.done(held.remove()), Settlement.done(held.remove())))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void settle_someFailed(boolean ofMany) {
        JooqOutboxRepository outbox = outbox(ofMany);
        assertOneRoundTrip(() -> assertApplied(outbox.settle(
                List.of(Settlement.done(held.remove()), Settlement.failed(held.remove(), "error", LATER)))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void renew(boolean ofMany) {
        JooqOutboxRepository outbox = outbox(ofMany);
        List<Message> some = List.of(held.remove(), held.remove());
        assertOneRoundTrip(() -> assertApplied(outbox.renew(some, Duration.ofHours(1))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void settleAndClaim(boolean ofMany) {
        JooqOutboxRepository outbox = outbox(ofMany);
        assertOneRoundTrip(() -> assertApplied(outbox.settleAndClaim(List.of(Settlement.done(held.remove())), REQUEST)
                .verdicts()));
    }

    /** BEGIN has an answer of its own, but goes with the removal; so it is two, the commit being the other. */
    @Test
    void deliverInTransaction_handlerThatSendsNothing() throws Exception {
        JooqOutboxRepository outbox = outbox(false);
        for (int i = 0; i < UNTIL_PREPARED; i++) {
            assertThat(way.of(() -> deliver(outbox))).isEqualTo(1 + 2);
        }
    }

    private void deliver(JooqOutboxRepository outbox) {
        try {
            assertApplied(
                    List.of(outbox.deliverInTransaction(held.remove(), Duration.ofSeconds(30), transaction -> {})));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertApplied(List<Settlement.Verdict> verdicts) {
        assertThat(verdicts).containsOnly(Settlement.Verdict.APPLIED);
    }
}
