package org.jooqoutbox.it.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.Effort;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nothing of one tenant's is read or written for another one. PostgreSQL is the judge: each tenant's connections have a role that may touch what is in
 * its own schema and nothing else, and whatever it refuses fails the test.
 */
@Timeout(600)
class TenantIsolationTest {

    private static final int THREADS = 64;
    private static final int MESSAGES_OF_A_THREAD = 4 * Effort.TENANTS / 10;
    private static final MessageKind<String> KIND = MessageKind.json("tenant.message");

    private final List<JooqOutboxRepository> outboxes = new ArrayList<>();
    private final List<DSLContext> contexts = new ArrayList<>();
    private final Map<String, Integer> handled = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    // F54 to F58, T18
    @Test
    void tenants_byManyThreadsAndOneWorker_touchNothingOfEachOther() throws Exception {
        long seed = Effort.seed();
        Tenants tenants = Tenants.hostile(Effort.TENANTS, seed);
        try (HikariDataSource pool = Pools.pool(true, 16)) {
            connect(tenants, pool);
            int sent = THREADS * MESSAGES_OF_A_THREAD;
            CountDownLatch all = new CountDownLatch(sent);
            try (Worker worker = worker(all)) {
                worker.start();
                inThreads(thread -> send(new SplittableRandom(seed + thread), thread));
                assertThat(all.await(5, TimeUnit.MINUTES))
                        .as("seed %s: %s of %s handled; %s", seed, handled.size(), sent, wrong)
                        .isTrue();
                assertThat(worker.stop().clean()).isTrue();
            }
            assertThat(wrong).as("seed %s", seed).isEmpty();
            assertThat(handled)
                    .hasSize(sent)
                    .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
            assertNothingIsLeft();
        }
    }

    @Test
    void judge_ofAStatementForAnotherTenant_refuses() throws SQLException {
        Tenants tenants = Tenants.hostile(2, 1);
        try (HikariDataSource pool = Pools.pool(true, 2)) {
            connect(tenants, pool);
            assertThatThrownBy(() ->
                            contexts.get(0).transaction(trx -> outboxes.get(1).enqueue(trx, KIND.draft("1"))))
                    .isInstanceOfSatisfying(
                            DataAccessException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42501"));
            JooqOutboxRepository crossed =
                    JooqOutboxRepository.of(new RoleDataSource(pool, tenants.role(0)), tenants.table(1));
            assertThatThrownBy(() -> crossed.claim(1)).isInstanceOf(DataAccessException.class);
            outboxes.get(0).claim(1);
        }
    }

    private void connect(Tenants tenants, HikariDataSource pool) {
        for (int i = 0; i < tenants.tables().size(); i++) {
            RoleDataSource own = new RoleDataSource(pool, tenants.role(i));
            outboxes.add(JooqOutboxRepository.of(own, tenants.table(i)));
            contexts.add(DSL.using(own, SQLDialect.POSTGRES));
        }
    }

    private Worker worker(CountDownLatch all) {
        return Worker.builder(() -> outboxes)
                .handle(KIND, (payload, message) -> {
                    String[] of = payload.substring(1, payload.length() - 1).split(" ", 2);
                    if (!outboxes.get(Integer.parseInt(of[0])).name().equals(message.outbox())) {
                        wrong.add(payload + " came from " + message.outbox());
                    }
                    handled.merge(payload, 1, Integer::sum);
                    all.countDown();
                })
                .longestPoll(Duration.ofMillis(500))
                .listener(new DispatchListener() {
                    @Override
                    public DispatchListener forOutbox(String outbox) {
                        return telling(outbox);
                    }
                })
                .build();
    }

    private DispatchListener telling(String outbox) {
        return new DispatchListener() {
            @Override
            public void claimFailed(Throwable error, Duration retryAfter) {
                wrong.add(outbox + ": " + error);
            }

            @Override
            public void settleFailed(List<org.jooqoutbox.Message> messages, Throwable error) {
                wrong.add(outbox + ": " + error);
            }
        };
    }

    private interface Work {
        void of(int thread) throws Exception;
    }

    private static void inThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<@Nullable Void>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                all.add(() -> {
                    work.of(thread);
                    return null;
                });
            }
            for (Future<?> result : threads.invokeAll(all)) {
                result.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** Each with a business row, and some rolled back. */
    private void send(SplittableRandom random, int thread) {
        for (int i = 0; i < MESSAGES_OF_A_THREAD; i++) {
            int tenant = random.nextInt(outboxes.size());
            String payload = "\"" + tenant + " " + thread + " " + i + "\"";
            if (random.nextInt(10) == 0) {
                assertThatThrownBy(() -> write(tenant, "\"" + tenant + " rolled back\"", true))
                        .hasMessage("as intended");
            }
            write(tenant, payload, false);
        }
    }

    private void write(int tenant, String payload, boolean fails) {
        JooqOutboxRepository outbox = outboxes.get(tenant);
        contexts.get(tenant).transaction(trx -> {
            trx.dsl()
                    .execute(
                            "insert into {0} (note) values ({1})",
                            DSL.name(outbox.table().schema(), "business rows"), DSL.val(payload));
            outbox.enqueue(trx, KIND.draft(payload));
            if (fails) {
                throw new IllegalStateException("as intended");
            }
        });
    }

    private void assertNothingIsLeft() {
        for (int i = 0; i < outboxes.size(); i++) {
            assertThat(outboxes.get(i).dsl(contexts.get(i).configuration()).fetchCount(OUTBOX))
                    .isZero();
        }
    }
}
