package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/** How long messages of quiet outboxes wait while another has a large backlog, and while it has none. */
final class TenantsFlood {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int AT_ONCE = 1_000;
    private static final long SHORTEST_GAP_MICROS = 25_000;
    private static final int GAPS_DIFFER_BY_MICROS = 50_000;
    private static final long HANDLER_MICROS = 1_000;
    private static final String RATE = "messages per second of the backlog";
    private static final String P50 = "p50, ms";
    private static final String P99 = "p99, ms";
    private static final String MAX = "max, ms";

    private final Bench bench;
    private final Database database;
    private final List<OutboxTable> tables;
    private final Measurements measured;

    private enum Variant {
        LOOKED_FOR(false, false, "written by others, no backlog"),
        LOOKED_FOR_FLOODED(false, true, "written by others, backlog"),
        WOKEN_UP(true, false, "written in the same process, no backlog"),
        WOKEN_UP_FLOODED(true, true, "written in the same process, backlog");

        final boolean wakesUp;
        final boolean flooded;
        final String words;

        Variant(boolean wakesUp, boolean flooded, String words) {
            this.wakesUp = wakesUp;
            this.flooded = flooded;
            this.words = words;
        }

        Variant calm() {
            return wakesUp ? WOKEN_UP : LOOKED_FOR;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    TenantsFlood(Bench bench, Database database, List<OutboxTable> tables) {
        this.bench = bench;
        this.database = database;
        this.tables = tables;
        this.measured = new Measurements("tenants-flood", bench.results());
    }

    void run() throws Exception {
        Rounds.run(1, List.of(Variant.values()), bench.random(), this::measure);
        bench.results().text("""
                        ### One outbox is flooded

                        From the commit to the beginning of the handler, of a message into one of the quiet outboxes every 25 to 75 ms. The backlog: %,d
                        messages of one other outbox, each handled in 1 ms. What others write is looked for every %.0f ms or sooner.
                        """.formatted(backlog(), TenantWorker.LOOK_MILLIS));
        Table table = new Table(
                "",
                P50,
                P99,
                MAX,
                "p50, times that without backlog",
                "p99, times that without",
                "p99 in look intervals",
                RATE);
        for (Variant variant : Variant.values()) {
            table.row(
                    variant,
                    measured.of(variant, P50),
                    measured.of(variant, P99),
                    measured.of(variant, MAX),
                    measured.ratio(variant, variant.calm(), P50),
                    measured.ratio(variant, variant.calm(), P99),
                    measured.of(variant, P99).median() / TenantWorker.LOOK_MILLIS,
                    measured.of(variant, RATE));
        }
        bench.results().text(table.toString());
    }

    private void measure(Variant variant) throws Exception {
        OutboxTable flooded = tables.get(0);
        CountDownLatch backlog = new CountDownLatch(variant.flooded ? backlog() : 0);
        Journeys quiet = new Journeys();
        Journeys warmUp = new Journeys();
        try (HikariDataSource pool = database.pool("bench-producer", 2);
                TenantWorker worker = new TenantWorker(database, tables, (payload, message) -> {
                    if (message.outbox().equals(flooded.toString())) {
                        Clock.pass(HANDLER_MICROS);
                        backlog.countDown();
                    } else if (message.headers().isEmpty()) {
                        quiet.arrived(message.id());
                    } else {
                        warmUp.arrived(message.id());
                    }
                })) {
            warmUp(worker, new Producer(pool, true), warmUp);
            if (variant.flooded) {
                flood(pool, worker.outboxes().outbox(flooded));
            }
            Cpu.Moment begin = Cpu.now(bench.server().processes());
            writeQuietly(worker, new Producer(pool, variant.wakesUp), quiet, variant.flooded ? backlog : null);
            quiet.awaitAll(PATIENCE);
            if (!backlog.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new BenchException("of the backlog, " + backlog.getCount() + " messages are lost");
            }
            double seconds = begin.untilNow(bench.server().processes()).wallSeconds();
            measured.add(variant, RATE, variant.flooded ? backlog() / seconds : Double.NaN);
        }
        Percentiles latencies = quiet.latencies();
        measured.add(variant, P50, latencies.millis(50));
        measured.add(variant, P99, latencies.millis(99));
        measured.add(variant, MAX, latencies.maxMillis());
        requireEmpty();
    }

    /** Once through all, so that nothing is done for the first time when it counts. */
    private void warmUp(TenantWorker worker, Producer producer, Journeys journeys) throws InterruptedException {
        for (OutboxTable each : tables.subList(1, tables.size())) {
            UUID id = UUID.randomUUID();
            MessageDraft draft = Producer.draft(id).withHeader("warm", "up");
            journeys.departed(id, producer.send(worker.outboxes().outbox(each), draft));
        }
        journeys.awaitAll(PATIENCE);
        Clock.pass(bench.settings().pick(300_000, 2_000_000));
    }

    /** All of it in one transaction, so that it is there at once. */
    private void flood(HikariDataSource pool, JooqOutboxRepository outbox) {
        List<MessageDraft> some = IntStream.range(0, AT_ONCE)
                .mapToObj(i -> Producer.KIND.draft(Producer.PAYLOAD))
                .toList();
        DSL.using(pool, SQLDialect.POSTGRES).transaction(trx -> {
            for (int written = 0; written < backlog(); written += AT_ONCE) {
                outbox.enqueue(trx, some);
            }
        });
    }

    private void writeQuietly(
            TenantWorker worker, Producer producer, Journeys quiet, @Nullable CountDownLatch backlog) {
        int samples = bench.settings().pick(15, 200);
        for (int i = 0; i < samples && (backlog == null || backlog.getCount() > 0); i++) {
            OutboxTable table = tables.get(1 + bench.random().nextInt(tables.size() - 1));
            UUID id = UUID.randomUUID();
            quiet.departed(id, producer.send(worker.outboxes().outbox(table), Producer.draft(id)));
            Clock.pass(SHORTEST_GAP_MICROS + bench.random().nextInt(GAPS_DIFFER_BY_MICROS));
        }
    }

    private void requireEmpty() {
        for (OutboxTable table : tables) {
            int left = database.count(table);
            if (left > 0) {
                throw new BenchException(left + " messages are left in " + table);
            }
        }
    }

    private int backlog() {
        return bench.settings().pick(5_000, 100_000);
    }
}
