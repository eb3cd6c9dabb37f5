package org.jooqoutbox.bench;

import java.util.Optional;
import org.jooq.DSLContext;

/**
 * What was used up between two moments.
 *
 * @param cpu of this process and the server
 * @param walBytes bytes of write-ahead log that the server wrote, in all its databases
 */
record Usage(Cpu cpu, double walBytes) {

    /** A moment. */
    record Moment(Cpu.Moment cpu, double wal, DSLContext dsl, Optional<ServerProcesses> processes) {

        Usage untilNow() {
            return new Usage(cpu.untilNow(processes), walBytesSoFar(dsl) - wal);
        }
    }

    static Moment now(Server server, DSLContext dsl) {
        return new Moment(Cpu.now(server.processes()), walBytesSoFar(dsl), dsl, server.processes());
    }

    private static double walBytesSoFar(DSLContext dsl) {
        Object bytes = dsl.fetchValue("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");
        return bytes instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
