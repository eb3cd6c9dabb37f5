package org.jooqoutbox.bench;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooqoutbox.bench.SteadyScenario.Effort;
import org.jooqoutbox.bench.Verdict.Limit;
import org.jooqoutbox.bench.systems.QueueSystem;

/** What {@link SteadyScenario} found, as tables and drawings. */
final class SteadyReport {

    static final String HALF = "half of it";
    static final String SAME = "1,000 per second";

    private static final double TARGET_P50 = 2;
    private static final double TARGET_P99 = 15;
    private static final List<Double> PERCENTS = List.of(50.0, 99.0, 99.9);

    private final Bench bench;
    private final Map<String, Map<Limit, Integer>> limits = new LinkedHashMap<>();
    private final Map<String, Course> courses = new LinkedHashMap<>();

    SteadyReport(Bench bench) {
        this.bench = bench;
    }

    void begin(int producers, Effort effort) {
        bench.results().text("""
                %d producers write business rows and messages at a fixed rate, by the clock: what they could not write in time they write at
                once when they can. One worker in the same process has up to %d handlers at a time, which do nothing. The rate is doubled from
                %s per second, %s s each, until the backlog has grown by more than 5 %% of what was offered, or the producers took 10 %% longer than asked
                for; then the rate in between is looked for in %d steps of %s s. %sLatencies are those of messages written at half the rate found,
                for %s s, and at 1,000 per second, for %s s, from when the producer had its commit confirmed. "–" is what a system does not tell, or a
                rate that it does not sustain.
                """.formatted(
                        producers,
                        Stage.THREADS,
                        Numbers.text(effort.search().start()),
                        Numbers.text(effort.glance()),
                        effort.search().bisections(),
                        Numbers.text(effort.look()),
                        effort.searchesTwice() ? "Before that it is looked for once without counting. " : "",
                        Numbers.text(effort.half()),
                        Numbers.text(effort.look())));
    }

    void limited(QueueSystem system, Limit limit) {
        limits.computeIfAbsent(system.title(), title -> new EnumMap<>(Limit.class))
                .merge(limit, 1, Integer::sum);
    }

    /** Keeps the first of each system, for drawings. */
    void course(QueueSystem system, Course course) {
        courses.putIfAbsent(system.title(), course);
    }

    void note(Measurements measured, QueueSystem system, String rate, Performance performance) {
        Percentiles begun = performance.untilBegun();
        Optional<Percentiles> settled = performance.untilSettled();
        String title = system.title();
        for (double percent : PERCENTS) {
            measured.add(title, begun(rate, percent), begun.millis(percent));
            measured.add(
                    title,
                    settled(rate, percent),
                    settled.map(each -> each.millis(percent)).orElse(Double.NaN));
        }
        measured.add(title, "client, CPU µs per message, " + rate, performance.clientMicros());
        measured.add(title, "server, CPU µs per message, " + rate, performance.serverMicros());
        measured.add(title, "WAL, bytes per message, " + rate, performance.walBytes());
        measured.add(title, "most dead rows, " + rate, performance.course().mostDead());
        measured.add(title, "latest transaction, ms, " + rate, performance.lagMillis());
        measured.add(title, "delivered again, " + rate, (double)
                performance.journeys().duplicates());
    }

    private static String begun(String rate, double percent) {
        return "commit to handler, p" + text(percent) + ", ms, " + rate;
    }

    private static String settled(String rate, double percent) {
        return "commit to settled, p" + text(percent) + ", ms, " + rate;
    }

    private static String text(double percent) {
        return percent == Math.rint(percent) ? String.valueOf((int) percent) : String.valueOf(percent);
    }

    void tables(LoadShape shape, Measurements measured, List<QueueSystem> systems) {
        bench.results().text("### " + shape + "\n");
        rates(measured, systems);
        latencies(measured, systems, HALF);
        target(measured);
        latencies(measured, systems, SAME);
        drawings(shape);
        limits.clear();
        courses.clear();
    }

    private void rates(Measurements measured, List<QueueSystem> systems) {
        Optional<QueueSystem> peer = Systems.peers().stream()
                .filter(systems::contains)
                .max(Comparator.comparingDouble(
                        each -> measured.of(each.title(), SteadyScenario.RATE).median()));
        Table table = new Table(
                "",
                SteadyScenario.RATE,
                "held up beyond it by",
                "times its ruler",
                "times the best of other libraries");
        for (QueueSystem system : systems) {
            table.row(
                    system.title(),
                    measured.of(system.title(), SteadyScenario.RATE),
                    heldUpBy(system),
                    ratio(measured, system, Optional.of(Systems.rulerOf(system)).filter(systems::contains)),
                    ratio(measured, system, peer));
        }
        bench.results().text(table.toString());
    }

    private String heldUpBy(QueueSystem system) {
        return limits.getOrDefault(system.title(), Map.of()).keySet().stream()
                .map(Limit::toString)
                .collect(Collectors.joining(", "));
    }

    private static Object ratio(Measurements measured, QueueSystem system, Optional<QueueSystem> base) {
        return base.<Object>map(other -> measured.ratio(system.title(), other.title(), SteadyScenario.RATE))
                .orElse("–");
    }

    private void latencies(Measurements measured, List<QueueSystem> systems, String rate) {
        Table table = new Table(
                "at " + rate,
                "commit to handler, p50, ms",
                "p99",
                "p99.9",
                "to settled, p50, ms",
                "p99",
                "p99.9",
                "client, CPU µs per message",
                "server",
                "WAL, bytes per message",
                "most dead rows",
                "delivered again");
        for (QueueSystem system : systems) {
            String title = system.title();
            table.row(
                    title,
                    measured.of(title, begun(rate, 50)),
                    measured.of(title, begun(rate, 99)),
                    measured.of(title, begun(rate, 99.9)),
                    measured.of(title, settled(rate, 50)),
                    measured.of(title, settled(rate, 99)),
                    measured.of(title, settled(rate, 99.9)),
                    measured.of(title, "client, CPU µs per message, " + rate),
                    measured.of(title, "server, CPU µs per message, " + rate),
                    measured.of(title, "WAL, bytes per message, " + rate),
                    measured.of(title, "most dead rows, " + rate),
                    measured.of(title, "delivered again, " + rate));
        }
        bench.results().text(table.toString());
    }

    private void target(Measurements measured) {
        String ours = Systems.ours().title();
        bench.results()
                .text("%s at half its rate: p50 %s ms (target: at most %s), p99 %s ms (target: at most %s).\n"
                        .formatted(
                                ours,
                                measured.of(ours, begun(HALF, 50)),
                                Numbers.text(TARGET_P50),
                                measured.of(ours, begun(HALF, 99)),
                                Numbers.text(TARGET_P99)));
    }

    private void drawings(LoadShape shape) {
        String file = "steady-" + shape.perTransaction();
        Drawings.draw(bench.results(), file, "at half the sustained rate, " + shape, courses);
    }
}
