package org.jooqoutbox.bench;

import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import org.jooqoutbox.bench.OverheadOperation.Task;
import org.jooqoutbox.bench.OverheadOperation.Way;

/**
 * What the library costs its callers beyond the SQL it sends.
 *
 * <p>Not JMH: each call needs a table in another state, and what is asked for is a ratio of CPU. So library and plain JDBC take turns in one process,
 * after both were warmed up, and the calling thread's own CPU and allocations are counted, call by call.
 */
final class OverheadScenario implements Scenario {

    private static final List<Integer> SIZES = List.of(1, 10, 100, 1_000);
    private static final String CPU = "CPU of the client per call, µs";
    private static final String BYTES = "allocated per call, kB";
    private static final String WALL = "time per call, µs";
    private static final double KILO = 1_000;

    /** What is called, with how many messages at once. */
    private record Variant(OverheadOperation operation, int messages, Way way) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s, %,d, %s", operation.title(), messages, way);
        }
    }

    @Override
    public String name() {
        return "overhead";
    }

    @Override
    public String title() {
        return "what the library costs beside the same SQL over plain JDBC";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        Measurements measured = new Measurements(name(), bench.results());
        try (OverheadSite site = new OverheadSite(database);
                Connection callers = site.pool().getConnection()) {
            OverheadTwin twin = new OverheadTwin(site.pool(), site.outbox().name());
            List<OverheadOperation> operations = List.of(
                    new OverheadEnqueue(site, callers),
                    new OverheadClaim(site, twin),
                    new OverheadSettle(site, twin),
                    new OverheadSettleAndClaim(site, twin));
            introduce(bench, CallCost.ofNothing());
            for (OverheadOperation operation : operations) {
                measure(bench, operation, measured);
                report(bench.results(), operation, measured);
            }
        }
    }

    private static void introduce(Bench bench, CallCost nothing) {
        bench.results().text(String.format(Locale.ROOT, """
                        CPU and memory are those of the calling thread alone, and those of the call: getting messages to settle, rolling back
                        and the like are left out. Measuring itself takes %.2f µs of CPU, which is part of each figure. Commits do not wait
                        for the disk here. In the quick form much of the code is not compiled yet, of the library more than of the driver: for a look only.

                        - enqueue: an ExecuteListener is registered and called. Plain JDBC that validates makes the same drafts, applies the same
                          limits, makes ids, and sends what is needed for drafts with nothing but kind and payload: insert … select … from
                          unnest(ids, kinds, payloads).
                        - The same statement and values: what the library would send is learned before, and is not part of the figure.
                        """, nothing.cpuMicros()));
    }

    private static void measure(Bench bench, OverheadOperation operation, Measurements measured) throws Exception {
        int most = bench.settings().pick(1, 4) * operation.haste();
        // The code is the same whatever the number of messages.
        for (int messages : List.of(1, 100)) {
            Rounds.run(
                    bench.settings().pick(2, 8),
                    variants(operation, messages),
                    bench.random(),
                    variant -> turn(variant, most * calls(messages)));
        }
        for (int messages : SIZES) {
            Rounds.run(
                    bench.settings().pick(2, 8),
                    variants(operation, messages),
                    bench.random(),
                    variant -> note(measured, variant, turn(variant, most * calls(messages))));
        }
    }

    private static int calls(int messages) {
        return messages >= 1_000 ? 3 : messages >= 100 ? 15 : 60;
    }

    private static List<Variant> variants(OverheadOperation operation, int messages) {
        return operation.ways().stream()
                .map(way -> new Variant(operation, messages, way))
                .toList();
    }

    private static CallCost turn(Variant variant, int calls) throws Exception {
        variant.operation().fill(calls * variant.messages());
        Task task = variant.operation().task(variant.way(), variant.messages());
        CallCost cost = new CallCost();
        for (int i = 0; i < calls; i++) {
            task.before();
            cost.measure(task::run);
            task.after();
        }
        return cost;
    }

    private static void note(Measurements measured, Variant variant, CallCost cost) {
        measured.add(variant, CPU, cost.cpuMicros());
        measured.add(variant, BYTES, cost.bytes() / KILO);
        measured.add(variant, WALL, cost.wallMicros());
    }

    private static void report(Results results, OverheadOperation operation, Measurements measured) {
        Table table = new Table(
                operation.title(),
                "by",
                CPU,
                "per message, µs",
                "jooq-outbox, times that",
                BYTES,
                "jooq-outbox, times that",
                WALL);
        for (int messages : SIZES) {
            Variant ours = new Variant(operation, messages, Way.LIBRARY);
            for (Variant variant : variants(operation, messages)) {
                table.row(
                        messages,
                        variant.way(),
                        measured.of(variant, CPU),
                        measured.of(variant, CPU).median() / messages,
                        measured.ratio(ours, variant, CPU),
                        measured.of(variant, BYTES),
                        measured.ratio(ours, variant, BYTES),
                        measured.of(variant, WALL));
            }
        }
        results.text(table.toString());
    }
}
