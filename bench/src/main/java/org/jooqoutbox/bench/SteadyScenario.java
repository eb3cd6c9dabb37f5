package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.bench.RateSearch.Found;
import org.jooqoutbox.bench.systems.QueueSystem;

/** The highest rate at which a system keeps up with live producers, and how long messages take below it. */
final class SteadyScenario implements Scenario {

    static final String RATE = "highest sustained rate, messages per second";

    private static final int PRODUCERS = 8;
    private static final LoadShape USUAL = new LoadShape(PRODUCERS, 10);
    private static final List<LoadShape> OTHERS = List.of(new LoadShape(PRODUCERS, 1), new LoadShape(PRODUCERS, 100));
    private static final double SAME_FOR_ALL = 1_000;

    private final List<String> leftOut = new ArrayList<>();

    @Override
    public String name() {
        return "steady";
    }

    @Override
    public String title() {
        return "live producers, at the highest rate that is kept up with";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        SteadyReport report = new SteadyReport(bench);
        report.begin(PRODUCERS, Effort.of(bench.settings()));
        List<QueueSystem> systems = bench.settings().full() ? Systems.sustaining() : Systems.few();
        measure(bench, report, USUAL, systems, 1);
        if (bench.settings().full()) {
            for (LoadShape shape : OTHERS) {
                measure(bench, report, shape, Systems.foremost(), 1);
            }
        }
        leftOut.forEach(bench.results()::text);
    }

    private void measure(Bench bench, SteadyReport report, LoadShape shape, List<QueueSystem> systems, int rounds)
            throws Exception {
        Measurements measured = new Measurements(name() + ", " + shape, bench.results());
        AtomicInteger turns = new AtomicInteger();
        List<QueueSystem> measurable = new ArrayList<>(systems);
        Rounds.run(rounds, systems, bench.random(), system -> {
            if (measurable.contains(system)) {
                String name = "bench_steady_" + shape.perTransaction() + "_" + turns.incrementAndGet();
                try (Stage stage = Stage.open(bench.server(), system, name)) {
                    turn(Effort.of(bench.settings()), stage, shape, measured, report);
                } catch (UnsupportedOperationException e) {
                    measurable.remove(system);
                    leftOut.add(system.title() + " is left out: " + e.getMessage() + "\n");
                }
            }
        });
        report.tables(shape, measured, measurable);
    }

    private static void turn(Effort effort, Stage stage, LoadShape shape, Measurements measured, SteadyReport report)
            throws Exception {
        QueueSystem system = stage.system();
        stage.perform(shape, List.of(new Leg(effort.search().start(), effort.warmUp())));
        if (effort.searchesTwice()) {
            effort.search()
                    .search((rate, closely) ->
                            stage.perform(shape, effort.legs(rate, closely)).verdict());
        }
        Found found = effort.search()
                .search((rate, closely) ->
                        stage.perform(shape, effort.legs(rate, closely)).verdict());
        measured.add(system.title(), RATE, found.rate());
        report.limited(system, found.limit());
        if (found.rate() == 0) {
            return;
        }
        Performance half = stage.perform(shape, effort.latencyLegs(found.rate() / 2));
        report.note(measured, system, SteadyReport.HALF, half);
        report.course(system, half.course());
        // Beyond what is sustained, latency is a matter of how long one looks.
        if (found.rate() >= SAME_FOR_ALL) {
            report.note(measured, system, SteadyReport.SAME, stage.perform(shape, effort.legs(SAME_FOR_ALL, true)));
        }
    }

    /**
     * How hard is looked.
     *
     * @param search where the search begins, and how finely it looks
     * @param searchesTwice whether a search that does not count comes first, so that what is called is compiled
     * @param warmUp seconds of load before any that counts
     * @param glance seconds of a short probe
     * @param look seconds of a long one
     * @param half seconds at half the rate found
     */
    record Effort(RateSearch search, boolean searchesTwice, double warmUp, double glance, double look, double half) {

        // Before it counts, a load has to go for a while: queries are planned, connections are there, latency has
        // settled.
        private static final double LEAD = 0.3;
        private static final double MOST = 200_000;

        static Effort of(BenchSettings settings) {
            return settings.full()
                    ? new Effort(new RateSearch(2_000, MOST, 2), true, 2.5, 1.6, 3.5, 7)
                    : new Effort(new RateSearch(8_000, MOST, 1), false, 1.5, 0.4, 0.8, 1);
        }

        List<Leg> legs(double rate, boolean closely) {
            return legs(rate, closely ? look : glance);
        }

        /** At half the rate found. */
        List<Leg> latencyLegs(double rate) {
            return legs(rate, half);
        }

        private static List<Leg> legs(double rate, double seconds) {
            return List.of(new Leg(rate, LEAD * seconds), new Leg(rate, seconds));
        }
    }
}
