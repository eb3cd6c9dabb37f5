package org.jooqoutbox.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * CPU that was taken between two moments.
 *
 * @param wallSeconds how long that was
 * @param client seconds that this process took
 * @param server seconds that the server's processes took; not a number where that cannot be seen
 */
record Cpu(double wallSeconds, double client, double server) {

    private static final double NANOS = 1e9;

    /** A moment. */
    record Moment(long nanoTime, double client, double server) {

        Cpu untilNow(Optional<ServerProcesses> processes) {
            Moment now = now(processes);
            return new Cpu((now.nanoTime - nanoTime) / NANOS, now.client - client, now.server - server);
        }
    }

    static Moment now(Optional<ServerProcesses> processes) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Moment(
                System.nanoTime(),
                system.getProcessCpuTime() / NANOS,
                processes.map(ServerProcesses::cpuSeconds).orElse(Double.NaN));
    }

    /** In percent of one core. */
    double clientPercent() {
        return 100 * client / wallSeconds;
    }

    /** In percent of one core. */
    double serverPercent() {
        return 100 * server / wallSeconds;
    }
}
