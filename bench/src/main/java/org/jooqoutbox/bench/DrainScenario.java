package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooqoutbox.bench.systems.QueueSystem;

/** How fast systems get through a backlog. */
final class DrainScenario implements Scenario {

    private static final int THREADS = 10;
    private static final int NOTHING = 0;
    private static final int ONE_MILLI = 1_000;
    private static final int TWENTY_MILLIS = 20_000;

    /**
     * What is to be done with the backlog.
     *
     * @param workMicros how long a handler takes
     * @param rounds how often it is measured
     */
    record Shape(int workMicros, int workers, int rounds) {

        DrainTurn.Job job(Backlog backlog, double seconds) {
            return new DrainTurn.Job(backlog.system(), backlog.messages(), workers, THREADS, workMicros, seconds);
        }

        @Override
        public String toString() {
            String handler = workMicros == 0 ? "no-op handler" : "handler of " + workMicros / 1_000 + " ms";
            return handler + ", " + workers + (workers == 1 ? " worker" : " workers");
        }
    }

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public String title() {
        return "through a backlog";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        int messages = bench.settings().pick(10_000, 200_000);
        double seconds = bench.settings().pick(1, 10);
        List<Backlog> backlogs = new ArrayList<>();
        try {
            for (QueueSystem system : Systems.all()) {
                backlogs.add(Backlog.fill(bench.server(), system, messages, "bench_drain_" + backlogs.size()));
            }
            DrainReport report = new DrainReport(bench.results(), messages, THREADS, seconds);
            Map<Shape, Measurements> measured = measure(bench, backlogs, seconds);
            report.begin();
            measured.forEach(report::table);
            report.plot(measured);
        } finally {
            backlogs.forEach(Backlog::close);
        }
    }

    private static List<Shape> shapes(BenchSettings settings) {
        if (!settings.full()) {
            return List.of(new Shape(NOTHING, 1, 1));
        }
        List<Shape> shapes = new ArrayList<>();
        for (int workers : List.of(1, 2, 4)) {
            shapes.add(new Shape(NOTHING, workers, 3));
        }
        for (int micros : List.of(ONE_MILLI, TWENTY_MILLIS)) {
            for (int workers : List.of(1, 2, 4)) {
                shapes.add(new Shape(micros, workers, 2));
            }
        }
        return shapes;
    }

    private Map<Shape, Measurements> measure(Bench bench, List<Backlog> backlogs, double seconds) throws Exception {
        List<Shape> shapes = shapes(bench.settings());
        // Everything is done for the first time.
        Rounds.run(1, backlogs, bench.random(), backlog -> turn(bench, backlog, shapes.get(0), seconds));
        Map<Shape, Measurements> measured = new LinkedHashMap<>();
        for (Shape shape : shapes) {
            Measurements here = new Measurements(name() + ", " + shape, bench.results());
            measured.put(shape, here);
            Rounds.run(
                    shape.rounds(),
                    backlogs,
                    bench.random(),
                    backlog -> DrainReport.note(here, backlog, turn(bench, backlog, shape, seconds)));
        }
        return measured;
    }

    private static DrainTurn turn(Bench bench, Backlog backlog, Shape shape, double seconds) throws Exception {
        try (Database copy = backlog.copy()) {
            return DrainTurn.take(bench.server(), copy, shape.job(backlog, seconds));
        }
    }
}
