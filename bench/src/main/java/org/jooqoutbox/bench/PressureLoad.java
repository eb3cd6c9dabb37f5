package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jooqoutbox.bench.systems.QueueSystem;

/** Live producers at half the rate that is sustained, while something else weighs on the database, and at one and a half of it for a while. */
final class PressureLoad {

    private static final LoadShape SHAPE = new LoadShape(8, 10);
    private static final double OVERLOAD = 1.5;
    private static final int BURST = 20_000;

    private static final String RATE = "handled per second";
    private static final String OFFERED = "times what was offered";
    private static final String P50 = "commit to handler, p50, ms";
    private static final String P99 = "p99";
    private static final String BACKLOG = "greatest backlog";
    private static final String DEAD = "most dead rows";
    private static final String RECOVERY = "seconds until the backlog was as before";

    private final Bench bench;
    private final double seconds;
    private final double lead;
    private final Measurements measured;
    private final Map<QueueSystem, Double> sustained = new HashMap<>();
    private final Map<String, Course> courses = new LinkedHashMap<>();
    private final AtomicInteger stages = new AtomicInteger();

    PressureLoad(Bench bench) {
        this.bench = bench;
        this.seconds = bench.settings().full() ? 6 : 1.2;
        this.lead = bench.settings().full() ? 1 : 0.5;
        this.measured = new Measurements("pressure-load", bench.results());
    }

    private enum Pressure {
        NONE("nothing else"),
        SNAPSHOT("a snapshot held"),
        READER("an analytical reader"),
        OVERLOAD("too much load");

        final String words;

        Pressure(String words) {
            this.words = words;
        }
    }

    /** A system under something. */
    private record Variant(QueueSystem system, Pressure pressure) {

        @Override
        public String toString() {
            return system.title() + ", " + pressure.words;
        }
    }

    void run(List<QueueSystem> systems) throws Exception {
        List<QueueSystem> able = new ArrayList<>();
        for (QueueSystem system : systems) {
            try (Stage stage = open(system)) {
                sustained.put(system, sustainedRate(stage));
                able.add(system);
            } catch (UnsupportedOperationException e) {
                bench.results().text(system.title() + " is left out: " + e.getMessage() + "\n");
            }
        }
        List<Variant> variants = able.stream()
                .flatMap(system -> Stream.of(Pressure.values()).map(pressure -> new Variant(system, pressure)))
                .toList();
        Rounds.run(1, variants, bench.random(), this::turn);
        report(variants);
    }

    private Stage open(QueueSystem system) throws Exception {
        return Stage.open(bench.server(), system, "bench_pressure_" + stages.incrementAndGet());
    }

    private double sustainedRate(Stage stage) throws Exception {
        // The first time, much is done that is never done again.
        burst(stage);
        if (!bench.settings().full()) {
            return burst(stage);
        }
        SteadyScenario.Effort effort = SteadyScenario.Effort.of(bench.settings());
        return effort.search()
                .search((rate, closely) ->
                        stage.perform(SHAPE, effort.legs(rate, closely)).verdict())
                .rate();
    }

    /** How many messages per second are handled if many are written as fast as can be: a rough guess at what is sustained. */
    private static double burst(Stage stage) throws Exception {
        long begin = System.nanoTime();
        stage.perform(SHAPE, List.of(new Leg(BURST * 1_000.0, 1e-3)));
        return BURST / ((System.nanoTime() - begin) / 1e9);
    }

    private void turn(Variant variant) throws Exception {
        double half = rate(variant) / 2;
        try (Stage stage = open(variant.system())) {
            stage.perform(SHAPE, List.of(new Leg(half, lead)));
            if (variant.pressure() == Pressure.OVERLOAD) {
                overload(variant, stage, half);
            } else {
                pressure(variant, stage, List.of(new Leg(half, lead), new Leg(half, seconds)));
            }
        }
    }

    private double rate(Variant variant) {
        return sustained.getOrDefault(variant.system(), Double.NaN);
    }

    @SuppressWarnings("try") // to be there is all that the weight is for
    private void pressure(Variant variant, Stage stage, List<Leg> legs) throws Exception {
        try (AutoCloseable weight = weight(variant, stage)) {
            note(variant, stage.perform(SHAPE, legs));
        }
    }

    private AutoCloseable weight(Variant variant, Stage stage) throws Exception {
        return switch (variant.pressure()) {
            case SNAPSHOT -> SnapshotScenario.holdSnapshot(stage.database());
            case READER ->
                new AnalyticalReader(stage.database(), variant.system().tables(), seconds / 4);
            case NONE, OVERLOAD -> () -> {};
        };
    }

    private void note(Variant variant, Performance performance) {
        double begin = performance.begin();
        double end = begin + performance.taken();
        Percentiles begun = performance.untilBegun();
        measured.add(variant, RATE, performance.course().rate(begin, end));
        measured.add(variant, OFFERED, performance.course().rate(begin, end) / (rate(variant) / 2));
        measured.add(variant, P50, begun.millis(50));
        measured.add(variant, P99, begun.millis(99));
        measured.add(variant, BACKLOG, (double) performance.course().greatestBacklog(begin, end));
        measured.add(variant, DEAD, performance.course().mostDead());
        courses.putIfAbsent(variant.toString(), performance.course());
    }

    private void overload(Variant variant, Stage stage, double half) throws Exception {
        double heavy = seconds / 2;
        Performance performance = stage.perform(
                SHAPE,
                List.of(
                        new Leg(half, lead),
                        new Leg(half, lead),
                        new Leg(2 * half * OVERLOAD, heavy),
                        new Leg(half, seconds)));
        Course course = performance.course();
        double begin = 2 * lead;
        double end = begin + heavy;
        long usual = course.greatestBacklog(lead, begin);
        measured.add(variant, RATE, course.rate(begin, end));
        measured.add(variant, OFFERED, course.rate(begin, end) / (2 * half * OVERLOAD));
        measured.add(variant, BACKLOG, (double) course.greatestBacklog(begin, Double.MAX_VALUE));
        measured.add(variant, RECOVERY, course.secondsUntilBacklog(usual, end).orElse(Double.NaN));
        courses.putIfAbsent(variant.toString(), course);
    }

    private void report(List<Variant> variants) {
        bench.results().text("""
                ### Live producers

                %s, %d producers, by the clock, at half the rate that is sustained (%s), for %s s. The snapshot is that of an idle REPEATABLE READ
                transaction, held throughout; the reader sums up messages and business from one snapshot for %s s, then from the next.
                """.formatted(
                        SHAPE,
                        SHAPE.producers(),
                        bench.settings().full() ? "searched for before" : "taken from a burst before",
                        Numbers.text(seconds),
                        Numbers.text(seconds / 4)));
        Table table = new Table("", RATE, OFFERED, P50, P99, BACKLOG, DEAD);
        Table overload = new Table("", "handled per second meanwhile", OFFERED, BACKLOG, RECOVERY);
        for (Variant variant : variants) {
            if (variant.pressure() == Pressure.OVERLOAD) {
                row(overload, variant, RATE, OFFERED, BACKLOG, RECOVERY);
            } else {
                row(table, variant, RATE, OFFERED, P50, P99, BACKLOG, DEAD);
            }
        }
        bench.results().text(table.toString());
        bench.results()
                .text(
                        "For %s s one and a half of the rate that is sustained, then half of it for %s s; \"–\" is longer than that.\n"
                                .formatted(Numbers.text(seconds / 2), Numbers.text(seconds)));
        bench.results().text(overload.toString());
        Drawings.draw(bench.results(), "pressure", "under pressure", courses);
    }

    private void row(Table table, Variant variant, String... metrics) {
        List<Object> cells = new ArrayList<>(List.of(variant));
        Stream.of(metrics).map(metric -> measured.of(variant, metric)).forEach(cells::add);
        table.row(cells.toArray());
    }
}
