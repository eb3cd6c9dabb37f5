package org.jooqoutbox.it.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.Effort;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * F80, F81, T23: three workers on one outbox, with handlers that fail, answer all sorts of things and outlast their leases, connections that are
 * cut, and claimers that die. The order of every key holds.
 */
@Timeout(180)
class OrderUnderFaultsTest {

    private static final int KEYS = 40;
    private static final int MESSAGES_OF_A_KEY = 25;
    private static final int DEAD_CLAIMERS = 12;
    private static final Duration LEASE = Duration.ofMillis(800);
    private static final MessageKind<String> A = MessageKind.json("a");
    private static final MessageKind<String> B = MessageKind.json("b");

    private final TestOutbox outbox = TestOutbox.create("faults");
    private final OrderChecker checker = new OrderChecker();
    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch everything = new CountDownLatch(1);

    @Test
    void order_underEveryFaultAtOnce_holdsForEachKey() throws Exception {
        long seed = Effort.seed();
        SplittableRandom random = new SplittableRandom(seed);
        send(random);
        try (HikariDataSource pool = Pools.pool(true, 12);
                Worker first = worker(pool);
                Worker second = worker(pool);
                Worker third = worker(pool)) {
            List.of(first, second, third).forEach(Worker::start);
            disturb(random);
            assertThat(everything.await(2, TimeUnit.MINUTES))
                    .as("seed %s: all of it over; violations %s", seed, checker.violations())
                    .isTrue();
        }
        assertThat(checker.violations()).as("seed %s", seed).isEmpty();
        assertThat(failures).as("failures, seed %s", seed).hasPositiveValue();
    }

    /** The keys' messages mixed, of two kinds. */
    private void send(SplittableRandom random) {
        List<MessageDraft> drafts = new ArrayList<>();
        for (int i = 0; i < KEYS * MESSAGES_OF_A_KEY; i++) {
            MessageKind<String> kind = random.nextBoolean() ? A : B;
            drafts.add(kind.draft("1").withOrderingKey("key " + i % KEYS));
        }
        outbox.repository().enqueueInOwnTransaction(drafts);
        Map<String, List<Long>> seqs = new LinkedHashMap<>();
        outbox.rows()
                .forEach(row -> seqs.computeIfAbsent(row.get(OUTBOX.ORDERING_KEY), key -> new ArrayList<>())
                        .add(row.get(OUTBOX.SEQ)));
        assertThat(seqs).hasSize(KEYS);
        seqs.forEach(checker::expect);
    }

    private Worker worker(HikariDataSource pool) {
        return Worker.builder(JooqOutboxRepository.of(pool, outbox.table()))
                .lease(LEASE)
                .handlerDeadline(Duration.ofMillis(600))
                .settleWithin(Duration.ofMillis(5))
                .longestPoll(Duration.ofMillis(100))
                .shortestPoll(Duration.ofMillis(20))
                .unlimitedDeaths()
                .retry(RetryPolicy.fixed(Duration.ofMillis(20)).unlimited())
                .handleWithOutcome(A, this::handle, KindOptions.defaults().withoutBreaker())
                .handleWithOutcome(B, this::handle, KindOptions.defaults().withoutBreaker())
                .listener(new DispatchListener() {
                    @Override
                    public void deadLettered(Message message, String error, @Nullable Throwable cause) {
                        checkEnd();
                    }

                    @Override
                    public void delivered(Message message) {
                        checkEnd();
                    }
                })
                .build();
    }

    private void checkEnd() {
        if (checker.isComplete()) {
            everything.countDown();
        }
    }

    private Outcome handle(String payload, Message message) throws InterruptedException {
        checker.begins(message);
        switch (ThreadLocalRandom.current().nextInt(40)) {
            case 0, 1 -> {
                failures.incrementAndGet();
                throw new IllegalStateException("no");
            }
            case 2 -> {
                return Outcome.retry(Duration.ofMillis(30), "later");
            }
            case 3 -> {
                return Outcome.postpone(Duration.ofMillis(30), "not now");
            }
            case 4 -> {
                checker.over(message);
                return Outcome.dead("enough");
            }
            case 5 -> {
                if (message.attempts() == 1) {
                    new CountDownLatch(1).await(2, TimeUnit.SECONDS); // until the deadline's interrupt
                }
            }
            default -> {}
        }
        checker.over(message);
        return Outcome.done();
    }

    /** Claimers that die with what they claimed, and connections that are cut, as long as there is something left. */
    private void disturb(SplittableRandom random) throws InterruptedException {
        JooqOutboxRepository dying = JooqOutboxRepository.of(Postgres.dataSource(), outbox.table());
        for (int i = 0; i < DEAD_CLAIMERS && !everything.await(300, TimeUnit.MILLISECONDS); i++) {
            dying.claim(ClaimRequest.of(1 + random.nextInt(5))
                    .lease(LEASE)
                    .kinds(List.of("a", "b"))
                    .maxDeaths(Integer.MAX_VALUE));
            if (random.nextBoolean()) {
                terminateOne();
            }
        }
    }

    private void terminateOne() {
        outbox.dsl()
                .fetch(
                        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                                + " and position({0} in query) > 0 limit 1",
                        org.jooq.impl.DSL.val(outbox.table().schema()));
    }
}
