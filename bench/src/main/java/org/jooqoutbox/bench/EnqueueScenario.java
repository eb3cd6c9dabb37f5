package org.jooqoutbox.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jooqoutbox.bench.systems.QueueSystem;

/** How many messages producers write, each time with a business row in one transaction. */
final class EnqueueScenario implements Scenario {

    private static final List<Integer> DRAFTS = List.of(1, 10, 100, 1_000);
    private static final List<Integer> PRODUCERS = List.of(1, 8);
    private static final int MOST = 8;
    private static final String RATE = "messages per second";
    private static final String CLIENT = "CPU of the client per message, µs";
    private static final String SERVER = "CPU of the server per message, µs";
    private static final String WAL = "WAL per message, bytes";

    /** How much is written at once, by how many, and into what. */
    private record Variant(int drafts, int producers, String target) {

        Variant into(String other) {
            return new Variant(drafts, producers, other);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d messages, %d producers, %s", drafts, producers, target);
        }
    }

    @Override
    public String name() {
        return "enqueue";
    }

    @Override
    public String title() {
        return "messages written in the transaction of a business row";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        database.dsl().execute("create table public.business (id uuid primary key, note text)");
        Map<String, EnqueueTarget> targets = targets(bench, database);
        Measurements measured = new Measurements(name(), bench.results());
        ExecutorService threads = Executors.newFixedThreadPool(MOST);
        try {
            EnqueueTurn turn = new EnqueueTurn(bench, database, threads);
            for (int producers : PRODUCERS) {
                for (int drafts : DRAFTS) {
                    measure(bench, turn, targets, new Variant(drafts, producers, ""), measured);
                }
            }
        } finally {
            threads.shutdown();
        }
        report(bench, measured, List.copyOf(targets.keySet()));
    }

    private static Map<String, EnqueueTarget> targets(Bench bench, Database database) throws Exception {
        Map<String, EnqueueTarget> targets = new LinkedHashMap<>();
        EnqueueTarget byHand = EnqueueTarget.ofJdbc(database);
        targets.put(byHand.title(), byHand);
        for (QueueSystem system : systems(bench)) {
            EnqueueTarget target = EnqueueTarget.of(system, database);
            if (canSend(target)) {
                targets.put(target.title(), target);
            }
        }
        return targets;
    }

    /** Quick: this library beside plain JDBC only. */
    private static List<QueueSystem> systems(Bench bench) {
        Stream<QueueSystem> peers = bench.settings().full() ? Systems.peers().stream() : Stream.empty();
        return Stream.concat(Stream.of(Systems.ours()), peers).toList();
    }

    private static boolean canSend(EnqueueTarget target) throws Exception {
        try {
            target.sender().close();
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    private static void measure(
            Bench bench, EnqueueTurn turn, Map<String, EnqueueTarget> targets, Variant each, Measurements measured)
            throws Exception {
        List<Variant> variants = targets.keySet().stream().map(each::into).toList();
        long millis = millis(bench);
        Rounds.run(1, variants, bench.random(), variant -> run(turn, targets, variant, millis));
        Rounds.run(bench.settings().pick(2, 4), variants, bench.random(), variant -> {
            EnqueueTurn.Written written = run(turn, targets, variant, millis);
            measured.add(variant, RATE, written.rate());
            measured.add(variant, CLIENT, written.clientMicros());
            measured.add(variant, SERVER, written.serverMicros());
            measured.add(variant, WAL, written.walBytes());
        });
    }

    private static long millis(Bench bench) {
        return bench.settings().pick(120, 600);
    }

    private static EnqueueTurn.Written run(
            EnqueueTurn turn, Map<String, EnqueueTarget> targets, Variant variant, long millis) throws Exception {
        EnqueueTarget target = Objects.requireNonNull(targets.get(variant.target()));
        return turn.run(target, variant.drafts(), variant.producers(), millis);
    }

    private static void report(Bench bench, Measurements measured, List<String> targets) {
        bench.results().text("""
                Each producer commits a business row and so many messages, one transaction after the other, for %d ms a turn. Tables are empty at its
                beginning. Plain JDBC sends one insert … select … from unnest(…), and checks nothing.
                """.formatted(millis(bench)));
        Table table = new Table(
                "messages", "producers", "by", RATE, "times plain JDBC", CLIENT, "times plain JDBC", SERVER, WAL);
        for (int producers : PRODUCERS) {
            for (int drafts : DRAFTS) {
                targets.forEach(target -> row(table, measured, new Variant(drafts, producers, target), targets.get(0)));
            }
        }
        bench.results().text(table.toString());
    }

    private static void row(Table table, Measurements measured, Variant variant, String base) {
        table.row(
                variant.drafts(),
                variant.producers(),
                variant.target(),
                measured.of(variant, RATE),
                measured.ratio(variant, variant.into(base), RATE),
                measured.of(variant, CLIENT),
                measured.ratio(variant, variant.into(base), CLIENT),
                measured.of(variant, SERVER),
                measured.of(variant, WAL));
    }
}
