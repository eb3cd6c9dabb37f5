package org.jooqoutbox.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether messages are lost when processes die, connections are cut and the server restarts, and how long it takes until all is as before. */
final class FaultsScenario implements Scenario {

    private static final String BACK = "seconds until back at 95 % of the rate before";
    private static final String MEANWHILE = "rate meanwhile, times that before";
    private static final String COMMITTED = "committed";
    private static final String DOUBTFUL = "commit failed, outcome unknown";
    private static final String LOST = "lost";
    private static final String AGAIN = "delivered again";

    private final Map<String, Course> courses = new LinkedHashMap<>();
    private final AtomicInteger runs = new AtomicInteger();

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public String title() {
        return "a worker killed, connections cut, the server restarted";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        FaultPlan plan = FaultPlan.of(bench.settings());
        Measurements measured = new Measurements(name(), bench.results());
        // One after the other in one load, or each in a load of its own, with what it makes of duplicates.
        List<List<Fault>> loads = bench.settings().full()
                ? Stream.of(Fault.values()).map(List::of).toList()
                : List.of(List.of(Fault.values()));
        Rounds.run(bench.settings().pick(1, 2), loads, bench.random(), faults -> turn(bench, plan, measured, faults));
        report(bench, plan, measured, loads);
    }

    private void turn(Bench bench, FaultPlan plan, Measurements measured, List<Fault> faults) throws Exception {
        try (FaultRun run = FaultRun.open(bench, Systems.ours(), plan, "bench_faults_" + runs.incrementAndGet())) {
            run.inflict(faults);
            NumberedJourneys journeys = run.finish();
            for (FaultRun.Inflicted each : run.inflicted()) {
                measured.add(each.fault(), BACK, run.secondsUntilBack(each));
                measured.add(each.fault(), MEANWHILE, run.rateMeanwhile(each));
            }
            String all = titles(faults);
            measured.add(all, COMMITTED, (double) journeys.commits());
            measured.add(all, DOUBTFUL, (double) journeys.doubtful());
            measured.add(all, LOST, (double) journeys.missing());
            measured.add(all, AGAIN, (double) journeys.duplicates());
            courses.putIfAbsent(all, run.course());
        }
    }

    private static String titles(List<Fault> faults) {
        return faults.stream().map(Fault::toString).collect(Collectors.joining(", "));
    }

    private void report(Bench bench, FaultPlan plan, Measurements measured, List<List<Fault>> loads) {
        bench.results().text("""
                %s, %s: %d producers write %s messages per second, %s, and go on when their commits fail; their worker is a process of its own, which
                tells of each message before its handler returns. "Worker killed" is SIGKILL, and another one started at once; "backends terminated" is
                one of all connections of producers and worker, chosen at random, every half second for %s s; "server restarted" is pg_ctl -m immediate, a
                crash with recovery. Back is when within %s s 95 %% of the rate before was handled again, counted from the fault, where it lasts from its
                end; 0 is a rate that never fell below, "–" is longer than %s s, or a worker that was too slow even before. All that was committed was
                waited for: what a dead worker held comes when its lease ends.
                """.formatted(
                        Systems.ours().title(),
                        "a load for " + (bench.settings().full() ? "each fault" : "all faults"),
                        FaultPlan.SHAPE.producers(),
                        Numbers.text(plan.rate()),
                        FaultPlan.SHAPE,
                        Numbers.text(plan.cutting()),
                        Numbers.text(FaultPlan.WINDOW),
                        Numbers.text(plan.after())));
        Table table = new Table("", BACK, MEANWHILE);
        for (Fault fault : Fault.values()) {
            table.row(fault, measured.of(fault, BACK), measured.of(fault, MEANWHILE));
        }
        bench.results().text(table.toString());
        Table messages = new Table("messages", COMMITTED, DOUBTFUL, LOST, AGAIN);
        for (List<Fault> faults : loads) {
            String all = titles(faults);
            messages.row(
                    all,
                    measured.of(all, COMMITTED),
                    measured.of(all, DOUBTFUL),
                    measured.of(all, LOST),
                    measured.of(all, AGAIN));
        }
        bench.results().text(messages.toString());
        Drawings.draw(bench.results(), name(), "with faults", courses);
    }
}
