package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.bench.systems.QueueSystem.Handler;
import org.jooqoutbox.bench.systems.QueueSystem.Running;

/**
 * How one system got on with a backlog.
 *
 * @param handled messages handled, each counted once
 * @param again deliveries of messages that had been handled before
 * @param drained whether all were handled and settled in time
 * @param cpu of this process and the server from the first message handled until then; its wall-clock time is that of the turn
 * @param walBytes that the server wrote in that time
 * @param commits transactions in this database, without those of watching; not a number if connections were left open, so that it is not known
 * @param dead rows that are dead afterwards, as far as the server knows; likewise
 */
record DrainTurn(long handled, long again, boolean drained, Cpu cpu, double walBytes, double commits, double dead) {

    private static final long LOOK_MICROS = 2_000;

    /** Longer than any pause between two polls. */
    private static final long BEGIN_NANOS = 15_000_000_000L;

    private static final long GONE_NANOS = 10_000_000_000L;

    /**
     * What a turn consists of.
     *
     * @param threads how many handlers of a worker may run at once
     * @param workMicros how long a handler takes
     * @param seconds how long the turn may take, from the first message handled
     */
    record Job(QueueSystem system, int messages, int workers, int threads, long workMicros, double seconds) {}

    /**
     * Lets workers at a backlog until all of it is handled and settled, or the time is over.
     *
     * @param database a copy of the backlog
     * @throws BenchException if all is settled, but a message was not handled: it is lost
     */
    static DrainTurn take(Server server, Database database, Job job) throws Exception {
        DeliveryCheck check = new DeliveryCheck(job.messages());
        List<Running> workers = new ArrayList<>();
        double commits = commits(database.dsl());
        Span span;
        try {
            for (int i = 0; i < job.workers(); i++) {
                workers.add(job.system().start(database, job.threads(), handler(job, check)));
            }
            span = span(server, database, job, check);
        } finally {
            workers.forEach(Running::close);
        }
        boolean told = awaitGone(database.dsl());
        return new DrainTurn(
                span.handled(),
                check.again(),
                span.settled().all(),
                span.cpu(),
                span.wal(),
                told ? commits(database.dsl()) - commits - span.settled().looks() : Double.NaN,
                told ? database.deadRows(job.system().tables()) : Double.NaN);
    }

    private static Handler handler(Job job, DeliveryCheck check) {
        return payload -> {
            if (job.workMicros() > 0) {
                Clock.pass(job.workMicros());
            }
            check.handled(Payloads.number(payload));
        };
    }

    /** What was measured between the first message and the last. */
    private record Span(Settled settled, long handled, Cpu cpu, double wal) {}

    private static Span span(Server server, Database database, Job job, DeliveryCheck check) throws Exception {
        long most = check.awaitFirst(BEGIN_NANOS) ? (long) (job.seconds() * 1e9) : 0;
        double wal = wal(database.dsl());
        Cpu.Moment begin = Cpu.now(server.processes());
        Settled settled = awaitSettled(database, job, check, System.nanoTime() + most);
        Cpu cpu = begin.untilNow(server.processes());
        return new Span(settled, check.handled(), cpu, wal(database.dsl()) - wal);
    }

    private record Settled(boolean all, int looks) {}

    private static Settled awaitSettled(Database database, Job job, DeliveryCheck check, long until) throws Exception {
        if (!check.awaitAll(until - System.nanoTime())) {
            requireNoneLost(database, job, check);
            return new Settled(false, 1);
        }
        int looks = 1;
        while (job.system().remaining(database.watching()) > 0) {
            if (System.nanoTime() > until) {
                return new Settled(false, looks);
            }
            Clock.pass(LOOK_MICROS);
            looks++;
        }
        return new Settled(true, looks);
    }

    /** A message that is handled while this looks is no loss, so the count comes after the look. */
    private static void requireNoneLost(Database database, Job job, DeliveryCheck check) throws Exception {
        long remaining = job.system().remaining(database.watching());
        long missing = job.messages() - check.handled();
        if (missing > 0 && remaining == 0) {
            throw new BenchException(job.system().title() + ": " + missing + " messages are lost");
        }
    }

    private static double wal(DSLContext dsl) {
        return number(dsl, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");
    }

    private static double commits(DSLContext dsl) {
        return number(dsl, "select xact_commit from pg_stat_database where datname = current_database()");
    }

    /** Waits until the server has counted what all connections but those that look on did: until they are gone. Answers whether they are. */
    private static boolean awaitGone(DSLContext dsl) {
        long until = System.nanoTime() + GONE_NANOS;
        while (number(dsl, """
                select count(*) from pg_stat_activity
                 where datname = current_database() and backend_type = 'client backend' and application_name <> 'bench'""") > 0) {
            if (System.nanoTime() > until) {
                return false;
            }
            Clock.pass(LOOK_MICROS);
        }
        return true;
    }

    private static double number(DSLContext dsl, String sql) {
        return dsl.fetchValue(DSL.sql(sql)) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
