package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many claimers, few keys, every outcome, leases that lapse: no message is claimed before those in front of it are settled. */
@Tag("conformance")
class KeyOrderTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("keyorder");
    private static final int CLAIMERS = 8;
    private static final int KEYS = 40;
    private static final int OF_EACH = 25;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Order order = new Order();
    private final Set<UUID> done = ConcurrentHashMap.newKeySet();

    @Test
    void claims_byManyClaimers_followTheOrderOfEveryKey() throws Exception {
        KeyedRows rows = new KeyedRows(OUTBOX);
        for (int i = 0; i < KEYS; i++) {
            order.expect("key " + i, rows.insert(i % 2 == 0 ? "a" : "b", "key " + i, OF_EACH));
        }
        rows.insert("a", null, 200);
        ExecutorService executor = Executors.newFixedThreadPool(CLAIMERS);
        try {
            List<Callable<Void>> claimers = new ArrayList<>();
            for (int i = 0; i < CLAIMERS; i++) {
                Random random = new Random(i);
                // Some share a repository and its cursors, some do not.
                JooqOutboxRepository outbox =
                        i % 2 == 0 ? OUTBOX.repository() : JooqOutboxRepository.of(OUTBOX.dataSource(), OUTBOX.table());
                claimers.add(() -> {
                    work(outbox, random);
                    return null;
                });
            }
            for (Future<Void> result : executor.invokeAll(claimers)) {
                result.get();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(OUTBOX.rows()).isEmpty();
        assertThat(done).hasSize(KEYS * OF_EACH + 200);
    }

    private void work(JooqOutboxRepository outbox, Random random) {
        List<Settlement> settlements = List.of();
        while (done.size() < KEYS * OF_EACH + 200) {
            boolean lapses = random.nextInt(20) == 0;
            ClaimRequest request = request(random).lease(lapses ? SHORT : LONG);
            Claim claim = settlements.isEmpty() ? outbox.claim(request) : settleAndClaim(outbox, settlements, request);
            claim.messages().forEach(message -> order.claimed(message, !lapses));
            settlements = claim.messages().stream()
                    .filter(message -> !lapses || random.nextInt(3) == 0)
                    .map(message -> anyOutcome(message, random))
                    .toList();
            settlements.forEach(order::settles);
            if (random.nextBoolean()) {
                settle(outbox, settlements);
                settlements = List.of();
            }
        }
        settle(outbox, settlements);
    }

    private Claim settleAndClaim(JooqOutboxRepository outbox, List<Settlement> settlements, ClaimRequest request) {
        Claim.WithVerdicts both = outbox.settleAndClaim(settlements, request);
        settle(outbox, busy(settlements, both.verdicts()));
        return both.claim();
    }

    private void settle(JooqOutboxRepository outbox, List<Settlement> settlements) {
        List<Settlement> left = settlements;
        while (!left.isEmpty()) {
            left = busy(left, outbox.settle(left));
        }
    }

    private List<Settlement> busy(List<Settlement> settlements, List<Verdict> verdicts) {
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i) == Verdict.APPLIED && settlements.get(i) instanceof Settlement.Done applied) {
                assertThat(done.add(applied.message().id())).isTrue();
            }
        }
        return IntStream.range(0, verdicts.size())
                .filter(i -> verdicts.get(i) == Verdict.BUSY)
                .mapToObj(settlements::get)
                .toList();
    }

    private static ClaimRequest request(Random random) {
        ClaimRequest any = ClaimRequest.of(1 + random.nextInt(20)).maxDeaths(Integer.MAX_VALUE);
        return switch (random.nextInt(4)) {
            case 0 -> any.kinds(Set.of("a"));
            case 1 -> any.kindLimits(Map.of("a", 1 + random.nextInt(5), "b", 1 + random.nextInt(5)));
            case 2 -> any.withoutSuspects();
            default -> any;
        };
    }

    private static Settlement anyOutcome(Message message, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> Settlement.released(message);
            case 1 -> Settlement.failed(message, "failed", Duration.ofNanos(random.nextInt(5_000_000)));
            default -> Settlement.done(message);
        };
    }

    /** The judge. What counts as settled is noted before it is sent: who sees its effect finds it noted. */
    private static final class Order {

        private final Map<String, List<UUID>> expected = new HashMap<>();
        private final Map<String, UUID> held = new ConcurrentHashMap<>();
        private final Set<String> tokens = ConcurrentHashMap.newKeySet();
        private final Set<UUID> sentAsDone = ConcurrentHashMap.newKeySet();

        void expect(String key, List<UUID> ids) {
            expected.put(key, ids);
        }

        void claimed(Message message, boolean held) {
            assertThat(tokens.add(message.id() + "/" + message.attempts()))
                    .as("token of %s", message)
                    .isTrue();
            String key = message.orderingKey();
            if (key == null) {
                return;
            }
            assertThat(sentAsDone).as("before %s", message).containsAll(before(message, key));
            UUID other = held ? this.held.put(key, message.id()) : this.held.get(key);
            assertThat(other).as("held besides %s", message).isNull();
        }

        void settles(Settlement settlement) {
            Message message = settlement.message();
            if (settlement instanceof Settlement.Done) {
                sentAsDone.add(message.id());
            }
            if (message.orderingKey() != null) {
                held.remove(message.orderingKey(), message.id());
            }
        }

        private Collection<UUID> before(Message message, String key) {
            List<UUID> ids = Objects.requireNonNull(expected.get(key));
            return ids.subList(0, ids.indexOf(message.id()));
        }
    }
}
