package org.jooqoutbox.bench;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jooqoutbox.bench.DrainScenario.Shape;
import org.jooqoutbox.bench.systems.QueueSystem;

/** What is told of how systems got on with a backlog. */
final class DrainReport {

    static final String RATE = "messages per second";

    private static final String DONE = "of the backlog, %";
    private static final String AGAIN = "handled again";
    private static final String CLIENT = "CPU of the client, µs per message";
    private static final String SERVER = "CPU of the server, µs";
    private static final String WAL = "WAL, bytes";
    private static final String COMMITS = "commits";
    private static final String DEAD = "dead rows";

    private final Results results;
    private final int messages;
    private final int threads;
    private final double seconds;

    DrainReport(Results results, int messages, int threads, double seconds) {
        this.results = results;
        this.messages = messages;
        this.threads = threads;
        this.seconds = seconds;
    }

    static void note(Measurements measured, Backlog backlog, DrainTurn turn) {
        String system = backlog.system().title();
        double handled = turn.handled();
        measured.add(system, RATE, handled / turn.cpu().wallSeconds());
        measured.add(system, DONE, 100 * handled / backlog.messages());
        measured.add(system, AGAIN, (double) turn.again());
        measured.add(system, CLIENT, turn.cpu().client() * 1e6 / handled);
        measured.add(system, SERVER, turn.cpu().server() * 1e6 / handled);
        measured.add(system, WAL, turn.walBytes() / handled);
        measured.add(system, COMMITS, turn.commits() / handled);
        measured.add(system, DEAD, turn.dead() / handled);
    }

    /** What was done, and by whom. */
    void begin() {
        results.text("""
                A backlog of %,d messages, written by each system's own means and vacuumed; each turn gets a copy of that database, after a checkpoint. A
                worker may run %d handlers at once. A turn lasts from the first message handled until all are handled and settled, or for %.0f s: the
                rate is what was handled, over that time. WAL has whole pages where they are changed for the first time after the checkpoint. Dead
                rows are what autovacuum has left. All figures but rates are per message handled.
                """.formatted(messages, threads, seconds));
        Systems.all()
                .forEach(system ->
                        results.text("- " + system.title() + " " + system.version() + ": " + system.settings()));
        results.text("");
    }

    /** All figures of one shape. */
    void table(Shape shape, Measurements measured) {
        results.text("**" + shape + "**" + rounds(shape) + "\n");
        Optional<QueueSystem> best = bestPeer(measured);
        Table table = new Table(
                "",
                RATE,
                "times the ruler",
                "times " + best.map(QueueSystem::title).orElse("the best peer"),
                "times Go port",
                CLIENT,
                SERVER,
                WAL,
                COMMITS,
                DEAD,
                AGAIN,
                DONE);
        for (QueueSystem system : Systems.all()) {
            String title = system.title();
            table.row(
                    title,
                    measured.of(title, RATE),
                    measured.ratio(title, Systems.rulerOf(system).title(), RATE),
                    best.isEmpty() ? "–" : measured.ratio(title, best.get().title(), RATE),
                    measured.ratio(title, Systems.goPort().title(), RATE),
                    measured.of(title, CLIENT),
                    measured.of(title, SERVER),
                    measured.of(title, WAL),
                    measured.of(title, COMMITS),
                    measured.of(title, DEAD),
                    measured.of(title, AGAIN),
                    measured.of(title, DONE));
        }
        results.text(table.toString());
    }

    /** Rates of all systems, side by side. */
    void plot(Map<Shape, Measurements> measured) {
        BarPlot plot = Plot.bars(
                        "Through a backlog of %,d, by handler and number of workers".formatted(messages),
                        RATE,
                        measured.keySet().stream().map(DrainReport::brief).toList())
                .inPowersOfTen();
        for (QueueSystem system : Systems.all()) {
            plot.bar(
                    system.title(),
                    measured.values().stream()
                            .map(each -> each.of(system.title(), RATE).median())
                            .toList());
        }
        results.plot("drain.svg", plot);
    }

    private static String brief(Shape shape) {
        return (shape.workMicros() == 0 ? "no-op" : shape.workMicros() / 1_000 + " ms") + " × " + shape.workers();
    }

    private static String rounds(Shape shape) {
        return shape.rounds() == 1 ? ", one round" : ", " + shape.rounds() + " rounds";
    }

    private static Optional<QueueSystem> bestPeer(Measurements measured) {
        return Systems.peers().stream()
                .max(Comparator.comparingDouble(
                        system -> measured.of(system.title(), RATE).median()));
    }
}
