package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.bench.systems.QueueSystem;

/** What old snapshots, readers, too much load and large backlogs do. */
final class PressureScenario implements Scenario {

    @Override
    public String name() {
        return "pressure";
    }

    @Override
    public String title() {
        return "old snapshots, readers, too much load, large backlogs";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        List<QueueSystem> systems = bench.settings().full() ? Systems.foremost() : List.of(Systems.ours());
        new PressureLoad(bench).run(systems);
        PressureDrain drain = new PressureDrain(bench);
        drain.run(systems);
        new PressureBacklog(bench, database).run();
        drain.requireThatAllWentOn();
    }
}
