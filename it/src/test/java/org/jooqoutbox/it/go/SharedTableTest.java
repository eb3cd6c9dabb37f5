package org.jooqoutbox.it.go;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One table, two libraries. With Go producers everything holds. With Go workers beside ours nothing is lost, leases of ours are respected and
 * dead letters stay dead; duplicates are possible.
 */
class SharedTableTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("shared");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private final JooqOutboxRepository ours = OUTBOXES.repository();
    private final GoOutbox go = new GoOutbox(
            Postgres.dataSource(),
            OUTBOXES.table().quoted(),
            () -> Instant.now().plusMillis(100));

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void message_ofGoProducer_isClaimedWithEveryDefault() throws SQLException {
        UUID id = go.enqueue("kind", "{\"n\": 1}");
        OUTBOXES.makeAllDue();
        Message message = ours.claim(1).get(0);
        assertThat(message)
                .isEqualTo(new Message(
                        message.outbox(),
                        id,
                        "kind",
                        "{\"n\": 1}",
                        Map.of(),
                        1,
                        0,
                        0,
                        message.createdAt(),
                        null,
                        null,
                        message.seq()));
        assertThat(ours.markDone(message)).isEqualTo(Verdict.APPLIED);
    }

    @Test
    void message_ofOurProducer_isDeliveredByGoWorker() throws SQLException {
        UUID id = enqueue(1).get(0);
        assertThat(go.claim(10)).extracting(GoOutbox.Claimed::id).containsExactly(id);
        go.markDone(id);
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @Test
    void lease_ofOurs_isRespectedByGoWorker() throws SQLException {
        enqueue(5);
        List<Message> messages = ours.claim(5);
        assertThat(go.claim(10)).isEmpty();
        assertThat(ours.settle(messages.stream().map(Settlement::done).toList()))
                .containsOnly(Verdict.APPLIED);
    }

    @Test
    void claim_byGoWorker_takesTheLeaseFromAStaleHolderOfOurs() throws SQLException {
        enqueue(1);
        Message stale = ours.claim(1).get(0);
        OUTBOXES.makeAllDue();
        GoOutbox.Claimed holder = go.claim(1).get(0);
        assertThat(ours.markDone(stale)).isEqualTo(Verdict.LEASE_LOST);
        go.markDone(holder.id());
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @Test
    void deadLetter_ofOurs_staysOutOfGoWorkersReach() throws SQLException {
        enqueue(1);
        ours.markDead(ours.claim(1).get(0), "no");
        OUTBOXES.makeAllDue();
        assertThat(go.claim(10)).isEmpty();
    }

    @Test
    void message_parkedByGoWorker_isListedAsDeadLetterAndCanBeReplayed() throws SQLException {
        UUID id = enqueue(1).get(0);
        for (int attempt = 1; attempt < GoOutbox.MAX_ATTEMPTS; attempt++) {
            OUTBOXES.makeAllDue();
            go.fail(go.claim(1).get(0), "broken");
        }
        DeadLetter letter = ours.deadLetters(10).get(0);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.status()).isEqualTo(DeadLetter.Status.PARKED);
        assertThat(letter.lastError()).isEqualTo("broken");

        assertThat(ours.replay(List.of(id)).replayed()).containsExactly(id);
        Message message = ours.claim(1).get(0);
        assertThat(message.attempts()).isEqualTo(GoOutbox.MAX_ATTEMPTS + 1);
        assertThat(ours.markDone(message)).isEqualTo(Verdict.APPLIED);
    }

    @Test
    void failures_ofGoWorker_areNoDeathsToUs() throws SQLException {
        enqueue(1);
        for (int failure = 0; failure < 6; failure++) {
            OUTBOXES.makeAllDue();
            go.fail(go.claim(1).get(0), "broken");
        }
        OUTBOXES.makeAllDue();
        Claim claim = ours.claim(ClaimRequest.of(10));
        assertThat(claim.deadLettered()).isEmpty();
        assertThat(claim.suspects()).isZero();
        assertThat(claim.messages()).hasSize(1);
    }

    /** Two workers of each library on one table, some deliveries failing, none crashing: every message is delivered at least once. */
    @Test
    void workers_ofBoth_loseNothing() throws Exception {
        Set<UUID> enqueued = ConcurrentHashMap.newKeySet();
        Set<UUID> delivered = ConcurrentHashMap.newKeySet();
        enqueued.addAll(enqueue(150));
        for (int i = 0; i < 150; i++) {
            enqueued.add(go.enqueue("kind", "{}"));
        }
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> workers = Stream.of(0, 1, 2, 3)
                    .map(i -> i % 2 == 0 ? goWorker(new Random(i), delivered) : ourWorker(new Random(i), delivered))
                    .toList();
            for (Future<Void> result : executor.invokeAll(workers)) {
                result.get();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(delivered).isEqualTo(enqueued);
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    private Callable<Void> goWorker(Random random, Set<UUID> delivered) {
        return () -> {
            while (!OUTBOXES.rows().isEmpty()) {
                for (GoOutbox.Claimed claimed : go.claim(5)) {
                    if (random.nextInt(10) == 0) {
                        go.markFailed(claimed.id(), "now and then", Instant.now());
                    } else {
                        delivered.add(claimed.id());
                        go.markDone(claimed.id());
                    }
                }
            }
            return null;
        };
    }

    private Callable<Void> ourWorker(Random random, Set<UUID> delivered) {
        return () -> {
            while (!OUTBOXES.rows().isEmpty()) {
                for (Message message : ours.claim(ClaimRequest.of(5).lease(Duration.ofMillis(200)))
                        .messages()) {
                    if (random.nextInt(10) == 0) {
                        ours.settle(List.of(Settlement.failed(message, "now and then", Duration.ZERO)));
                    } else {
                        delivered.add(message.id());
                        ours.markDone(message);
                    }
                }
            }
            return null;
        };
    }

    private List<UUID> enqueue(int count) {
        return ours.enqueueInOwnTransaction(IntStream.range(0, count)
                        .mapToObj(i -> KIND.draft(Integer.toString(i)))
                        .toList())
                .ids();
    }
}
