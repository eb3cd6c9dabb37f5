package org.jooqoutbox.bench;

import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooqoutbox.bench.ProcessFiles.Stat;

/** The processes of a PostgreSQL on this machine: the one that listens, and its children. */
final class ServerProcesses {

    private volatile long postmaster;
    private volatile double secondsOfEarlierOnes;

    private ServerProcesses(long postmaster) {
        this.postmaster = postmaster;
    }

    /** Empty where the server is elsewhere, as in a container, or may not be asked. */
    static Optional<ServerProcesses> find(DSLContext dsl) {
        try {
            long pid = postmaster(dsl);
            return ProcessFiles.stat(pid)
                    .filter(stat -> stat.name().startsWith("postgres"))
                    .map(stat -> new ServerProcesses(pid));
        } catch (DataAccessException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static long postmaster(DSLContext dsl) {
        String file = String.valueOf(dsl.fetchValue("select pg_read_file('postmaster.pid')"));
        return Long.parseLong(file.lines().findFirst().orElse("").strip());
    }

    /** Goes on with those that a restart brought; what the others took up to a moment before it is not forgotten. */
    void restarted(DSLContext dsl, double secondsBefore) {
        postmaster = postmaster(dsl);
        secondsOfEarlierOnes = secondsBefore;
    }

    /** Seconds of CPU that all of them took since the server began, those that are gone included. */
    double cpuSeconds() {
        Stat own = ProcessFiles.stat(postmaster)
                .orElseThrow(() -> new BenchException("the server's process " + postmaster + " is gone"));
        List<Stat> children = ProcessFiles.childrenOf(postmaster);
        return secondsOfEarlierOnes
                + own.seconds()
                + own.secondsOfDeadChildren()
                + children.stream().mapToDouble(Stat::seconds).sum();
    }
}
