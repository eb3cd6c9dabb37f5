package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stopping from everywhere at once, and as often as one likes. What stopping does step by step is tested in virtual time. */
@Timeout(180)
class StartStopTest {

    private static final int CYCLES = 1_000;

    private final TestOutbox outbox = TestOutbox.create("lifecycle");
    private final Gauge gauge = new Gauge();

    // F70: a handler, a listener and ten threads, all of them at the same time.
    @Test
    void stop_fromHandlerListenerAndTenThreadsAtOnce_allReturnAndNothingIsLost() throws Exception {
        Sender.send(outbox, 100);
        Set<UUID> handled = ConcurrentHashMap.newKeySet();
        CompletableFuture<Worker> self = new CompletableFuture<>();
        CountDownLatch underWay = new CountDownLatch(1);
        Worker worker = Worker.builder(outbox.repository())
                .handle(Sender.KIND, (payload, message) -> {
                    handled.add(message.id());
                    underWay.countDown();
                    self.join().stop();
                })
                .listener(stoppingListener(self))
                .listener(gauge)
                .build();
        worker.start();
        self.complete(worker);
        underWay.await();
        List<Worker.StopReport> reports = fromTenThreads(worker);
        assertThat(reports).allMatch(Worker.StopReport::clean).containsOnly(worker.stop());
        assertThat(worker.stop().delivered()).isEqualTo(handled.size());
        assertThat(outbox.rows())
                .hasSize(100 - handled.size())
                .allSatisfy(row -> assertThat(row.getUnsettled()).isZero());
    }

    private static DispatchListener stoppingListener(CompletableFuture<Worker> self) {
        return new DispatchListener() {
            @Override
            public void delivered(Message message) {
                self.join().stop();
            }
        };
    }

    private static List<Worker.StopReport> fromTenThreads(Worker worker) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            List<Future<Worker.StopReport>> stops = Stream.generate(() -> threads.submit(worker::stop))
                    .limit(10)
                    .toList();
            List<Worker.StopReport> reports = new ArrayList<>();
            for (Future<Worker.StopReport> stop : stops) {
                reports.add(stop.get(60, TimeUnit.SECONDS));
            }
            return reports;
        } finally {
            threads.shutdownNow();
        }
    }

    // F72: most are stopped at once, some after their only delivery, some while another message waits.
    @Test
    void startStop_thousandTimesOnOnePool_leaksNoThreadAndNoConnection() throws Exception {
        try (HikariDataSource pool = Pools.pool(true, 2)) {
            pool.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
            JooqOutboxRepository repository = JooqOutboxRepository.of(pool, outbox.table());
            cycle(repository, 1);
            Set<Thread> before = threads();
            int connections = pool.getHikariPoolMXBean().getTotalConnections();
            for (int i = 0; i < CYCLES; i++) {
                cycle(repository, Math.max(0, i % 10 - 7));
            }
            for (Thread thread : newThreads(before)) {
                thread.join(TimeUnit.SECONDS.toMillis(20));
                assertThat(thread.isAlive()).as("%s", thread).isFalse();
            }
            HikariPoolMXBean state = pool.getHikariPoolMXBean();
            assertThat(state.getActiveConnections()).isZero();
            assertThat(state.getTotalConnections()).isLessThanOrEqualTo(Math.max(2, connections));
        }
        assertThat(gauge.count(Event.CLAIM_FAILED)).isZero();
        assertThat(outbox.rows())
                .allSatisfy(row -> assertThat(row.getUnsettled()).isZero());
    }

    private void cycle(JooqOutboxRepository repository, int deliveries) throws Exception {
        int delivered = gauge.count(Event.DELIVERED);
        if (deliveries > 0) {
            Sender.send(repository, deliveries);
        }
        try (Worker worker = Worker.builder(repository)
                .listener(gauge)
                .concurrency(1)
                .handle(Sender.KIND, (payload, message) -> {})
                .build()) {
            worker.start();
            if (deliveries > 0) {
                gauge.await(Event.DELIVERED, delivered + 1);
            }
            assertThat(worker.stop().clean()).isTrue();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("outbox-"))
                .collect(Collectors.toSet());
    }

    private static Set<Thread> newThreads(Set<Thread> before) {
        Set<Thread> now = threads();
        now.removeAll(before);
        return now;
    }
}
