package org.jooqoutbox.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooqoutbox.bench.systems.JooqOutboxSystem;
import org.jooqoutbox.bench.systems.QueueSystem;

/** How fast systems get through a backlog. */
final class DrainScenario implements Scenario {

    private static final int NOTHING = 0;
    private static final int ONE_MILLI = 1_000;
    private static final int TWENTY_MILLIS = 20_000;
    private static final int OTHER_ROUNDS = 2;

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
        DrainEffort effort = DrainEffort.of(bench.settings());
        try (DrainBacklogs backlogs = new DrainBacklogs(bench.server())) {
            new Run(bench, effort, backlogs, new DrainReport(bench.results(), effort)).run();
        }
    }

    /** Those that handlers that take a while, or several workers, are measured with. */
    private static List<DrainShape> others(List<QueueSystem> peers) {
        QueueSystem ours = Systems.ours();
        QueueSystem transactional = JooqOutboxSystem.TRANSACTIONAL;
        List<QueueSystem> few = together(
                List.of(ours, Systems.rulerOf(ours)), peers.subList(0, Math.min(2, peers.size())), Systems.goPort());
        List<QueueSystem> withTransactional = together(few, List.of(transactional), Systems.rulerOf(transactional));
        List<QueueSystem> many = together(
                List.of(ours, JooqOutboxSystem.LEASED_1000),
                peers.subList(0, Math.min(1, peers.size())),
                Systems.rulerOf(ours));
        return List.of(
                new DrainShape(ONE_MILLI, 1, OTHER_ROUNDS, withTransactional),
                new DrainShape(TWENTY_MILLIS, 1, OTHER_ROUNDS, few),
                new DrainShape(NOTHING, 2, OTHER_ROUNDS, many),
                new DrainShape(NOTHING, 4, OTHER_ROUNDS, many));
    }

    private static List<QueueSystem> together(List<QueueSystem> some, List<QueueSystem> others, QueueSystem last) {
        return Stream.of(some, others, List.of(last)).flatMap(List::stream).toList();
    }

    private record Run(Bench bench, DrainEffort effort, DrainBacklogs backlogs, DrainReport report) {

        void run() throws Exception {
            report.begin();
            DrainShape usual = new DrainShape(NOTHING, 1, effort.rounds(), Systems.all());
            Rounds.run(1, usual.systems(), bench.random(), system -> warmUp(usual, system));
            Map<DrainShape, Measurements> measured = new LinkedHashMap<>();
            Measurements first = measure(usual);
            measured.put(usual, first);
            if (bench.settings().full()) {
                for (DrainShape other : others(DrainReport.peersByRate(first, usual.systems()))) {
                    measured.put(other, measure(other));
                }
            }
            report.plot(measured);
        }

        /** Everything is done for the first time, until it is compiled; and a system with tables of its own shows how much it can do. */
        private void warmUp(DrainShape shape, QueueSystem system) throws Exception {
            boolean shared = system.tables().equals(Systems.ours().tables());
            if (!backlogs.has(system)) {
                backlogs.fill(shared ? Systems.ours() : system, shared ? effort.messages() : effort.first());
            }
            DrainTurn turn = turn(shape, system, shared ? effort.warmUp() : effort.otherWarmUp());
            int enough = effort.enough(turn.handled() / turn.cpu().wallSeconds());
            if (effort.resized() && !shared && enough != effort.first()) {
                backlogs.fill(system, enough);
            }
        }

        private Measurements measure(DrainShape shape) throws Exception {
            Measurements measured = new Measurements("drain, " + shape, bench.results());
            Rounds.run(shape.rounds(), shape.systems(), bench.random(), system -> {
                DrainTurn turn = turn(shape, system, effort.seconds());
                DrainReport.note(measured, system, backlogs.of(system).messages(), turn);
            });
            report.table(shape, measured);
            return measured;
        }

        private DrainTurn turn(DrainShape shape, QueueSystem system, double seconds) throws Exception {
            Backlog backlog = backlogs.of(system);
            try (Database copy = backlog.copy()) {
                return DrainTurn.take(bench.server(), copy, shape.job(system, backlog.messages(), seconds));
            }
        }
    }
}
