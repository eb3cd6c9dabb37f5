package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.jooqoutbox.schema.OutboxTable;

/** What memory a worker takes that has delivered from all its outboxes: in its backends, which cache plans and catalog entries, and in its heap. */
final class TenantsMemory {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final double MEGABYTE = 1 << 20;
    private static final double KILOBYTE = 1 << 10;

    private final Bench bench;
    private final Database database;
    private final List<OutboxTable> tables;
    private final Measurements measured;

    TenantsMemory(Bench bench, Database database, List<OutboxTable> tables) {
        this.bench = bench;
        this.database = database;
        this.tables = tables;
        this.measured = new Measurements("tenants-memory", bench.results());
    }

    void run(List<Integer> sizes) throws Exception {
        int passes = bench.settings().pick(1, 3);
        Table table = new Table(
                "outboxes",
                "backends",
                "MB of all backends",
                "MB of the largest",
                "kB of all, per outbox",
                "kB of heap, per outbox");
        for (int size : sizes) {
            measure(tables.subList(0, size), passes, table);
        }
        bench.results()
                .text(
                        "### Memory\n\nAfter %d messages were delivered from each outbox. Of a backend: anonymous memory, without shared buffers.\n"
                                .formatted(passes));
        bench.results().text(table.toString());
    }

    private void measure(List<OutboxTable> some, int passes, Table table) throws Exception {
        Journeys journeys = new Journeys();
        double heapBefore = usedHeap();
        try (HikariDataSource pool = database.pool("bench-producer", 1);
                TenantWorker worker =
                        new TenantWorker(database, some, (payload, message) -> journeys.arrived(message.id()))) {
            Producer producer = new Producer(pool, true);
            for (int pass = 0; pass < passes; pass++) {
                for (OutboxTable each : some) {
                    UUID id = UUID.randomUUID();
                    journeys.departed(id, producer.send(worker.outboxes().outbox(each), Producer.draft(id)));
                }
                journeys.awaitAll(PATIENCE);
            }
            double heap = usedHeap() - heapBefore;
            List<Double> backends = backends();
            double all = backends.stream().mapToDouble(Double::doubleValue).sum();
            double largest =
                    backends.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
            String variant = some.size() + " outboxes";
            measured.add(variant, "bytes of all backends", all);
            measured.add(variant, "bytes of the largest backend", largest);
            measured.add(variant, "bytes of heap", heap);
            table.row(
                    some.size(),
                    backends.size(),
                    backends.isEmpty() ? Double.NaN : all / MEGABYTE,
                    largest / MEGABYTE,
                    backends.isEmpty() ? Double.NaN : all / KILOBYTE / some.size(),
                    heap / KILOBYTE / some.size());
        }
    }

    /** Bytes of each of the worker's backends; empty where they cannot be looked at. */
    private List<Double> backends() {
        if (bench.server().processes().isEmpty()) {
            return List.of();
        }
        return database
                .dsl()
                .fetch(
                        "select pid from pg_stat_activity where application_name = {0}",
                        DSL.val(TenantWorker.APPLICATION))
                .getValues(0, Long.class)
                .stream()
                .flatMap(pid -> ProcessFiles.anonymousBytes(pid).stream())
                .map(Long::doubleValue)
                .toList();
    }

    private static double usedHeap() {
        System.gc();
        return (double) Runtime.getRuntime().totalMemory()
                - Runtime.getRuntime().freeMemory();
    }
}
