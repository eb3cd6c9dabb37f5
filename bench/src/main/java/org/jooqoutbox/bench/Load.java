package org.jooqoutbox.bench;

import java.util.Locale;
import java.util.Optional;

/** What else the machine had to do meanwhile, which is what figures of one run differ from those of another by. */
final class Load {

    private final Optional<ServerProcesses> processes;
    private final Cpu.Moment begin;
    private final Optional<Double> busy;

    private Load(Optional<ServerProcesses> processes) {
        this.processes = processes;
        this.begin = Cpu.now(processes);
        this.busy = ProcessFiles.busySeconds();
    }

    static Load begin(Optional<ServerProcesses> processes) {
        return new Load(processes);
    }

    String describe() {
        Cpu ours = begin.untilNow(processes);
        Optional<Double> busyNow = ProcessFiles.busySeconds();
        String took = String.format(Locale.ROOT, "Took %.0f s", ours.wallSeconds());
        if (busy.isEmpty() || busyNow.isEmpty() || Double.isNaN(ours.server())) {
            return took + "; what else the machine did meanwhile is not known.";
        }
        double foreign = Math.max(0, busyNow.get() - busy.get() - ours.client() - ours.server());
        int cores = Runtime.getRuntime().availableProcessors();
        return took
                + String.format(
                        Locale.ROOT,
                        "; meanwhile other processes took %.0f %% of the machine's %d cores.",
                        100 * foreign / ours.wallSeconds() / cores,
                        cores);
    }
}
