package org.jooqoutbox.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooqoutbox.bench.systems.QueueSystem;

/** What is told of how systems got on with a backlog. */
final class DrainReport {

    static final String RATE = "messages per second";

    private static final String BACKLOG = "backlog, messages";
    private static final String DONE = "of the backlog, %";
    private static final String AGAIN = "handled again";
    private static final String CLIENT = "CPU of the client, µs per message";
    private static final String SERVER = "CPU of the server, µs";
    private static final String WAL = "WAL, bytes";
    private static final String COMMITS = "commits";
    private static final String DEAD = "dead rows";

    private final Results results;
    private final DrainEffort effort;

    DrainReport(Results results, DrainEffort effort) {
        this.results = results;
        this.effort = effort;
    }

    /** Keeps what a turn gave with a backlog of so many messages. */
    static void note(Measurements measured, QueueSystem of, int messages, DrainTurn turn) {
        String system = of.title();
        double handled = turn.handled();
        measured.add(system, RATE, handled / turn.cpu().wallSeconds());
        measured.add(system, BACKLOG, (double) messages);
        measured.add(system, DONE, 100 * handled / messages);
        measured.add(system, AGAIN, (double) turn.again());
        measured.add(system, CLIENT, turn.cpu().client() * 1e6 / handled);
        measured.add(system, SERVER, turn.cpu().server() * 1e6 / handled);
        measured.add(system, WAL, turn.walBytes() / handled);
        measured.add(system, COMMITS, turn.commits() / handled);
        measured.add(system, DEAD, turn.dead() / handled);
    }

    /** What is done, and by whom. */
    void begin() {
        results.text("""
                Backlogs are written by each system's own means and vacuumed; those who work on this library's table have one in common, which the
                library writes. Each turn gets a copy of that database, after a checkpoint. A worker may run %d handlers at once. A turn lasts
                from the first message handled until all are handled and settled, or for %s s: the rate is what was handled, over that time. Before
                that, each system drained such a backlog in this process, for %s s at most (%s s with tables of its own). %s
                WAL has whole pages where they are changed for the first time after the checkpoint. Dead rows are what autovacuum has left. All
                figures but rates are per message handled.
                """.formatted(
                        DrainShape.THREADS,
                        Numbers.text(effort.seconds()),
                        Numbers.text(effort.warmUp()),
                        Numbers.text(effort.otherWarmUp()),
                        effort.resized()
                                ? "That says how large a backlog it is\ngiven then, if it has tables of its own: large enough not to be through in time."
                                : "That is hardly enough\nfor all that is called to be compiled."));
        Systems.all()
                .forEach(system ->
                        results.text("- " + system.title() + " " + system.version() + ": " + system.settings()));
        results.text("");
    }

    /** All figures of one shape. */
    void table(DrainShape shape, Measurements measured) {
        results.text("**" + shape + "**" + rounds(shape) + "\n");
        Optional<QueueSystem> best =
                peersByRate(measured, shape.systems()).stream().findFirst();
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
                BACKLOG,
                DONE);
        for (QueueSystem system : shape.systems()) {
            String title = system.title();
            table.row(
                    title,
                    measured.of(title, RATE),
                    times(shape, measured, system, Optional.of(Systems.rulerOf(system))),
                    times(shape, measured, system, best),
                    times(shape, measured, system, Optional.of(Systems.goPort())),
                    measured.of(title, CLIENT),
                    measured.of(title, SERVER),
                    measured.of(title, WAL),
                    measured.of(title, COMMITS),
                    measured.of(title, DEAD),
                    measured.of(title, AGAIN),
                    measured.of(title, BACKLOG).median(),
                    measured.of(title, DONE));
        }
        results.text(table.toString());
    }

    private static Object times(
            DrainShape shape, Measurements measured, QueueSystem system, Optional<QueueSystem> base) {
        return base.filter(shape.systems()::contains)
                .<Object>map(other -> measured.ratio(system.title(), other.title(), RATE))
                .orElse("–");
    }

    /** Rates of all systems, side by side. */
    void plot(Map<DrainShape, Measurements> measured) {
        BarPlot plot = Plot.bars(
                        "Through a backlog, by handler and number of workers",
                        RATE,
                        measured.keySet().stream().map(DrainShape::brief).toList())
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

    private static String rounds(DrainShape shape) {
        return shape.rounds() == 1 ? ", one round" : ", " + shape.rounds() + " rounds";
    }

    /** Which of these are libraries of others, the fastest first. */
    static List<QueueSystem> peersByRate(Measurements measured, List<QueueSystem> systems) {
        return systems.stream()
                .filter(system -> Systems.peers().contains(system))
                .sorted(Comparator.comparingDouble((QueueSystem system) ->
                                measured.of(system.title(), RATE).median())
                        .reversed())
                .toList();
    }
}
