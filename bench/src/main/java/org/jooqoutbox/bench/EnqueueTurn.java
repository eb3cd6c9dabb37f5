package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jooq.impl.DSL;
import org.jooqoutbox.bench.systems.QueueSystem;

/** Lets producers write for a while. */
record EnqueueTurn(Bench bench, Database database, ExecutorService threads) {

    private static final double MICROS = 1e6;

    /**
     * What one turn gave.
     *
     * @param messages that were written
     * @param wal bytes of write-ahead log, whoever wrote it
     */
    record Written(long messages, Cpu cpu, long wal) {

        double rate() {
            return messages / cpu.wallSeconds();
        }

        double clientMicros() {
            return cpu.client() * MICROS / messages;
        }

        double serverMicros() {
            return cpu.server() * MICROS / messages;
        }

        double walBytes() {
            return (double) wal / messages;
        }
    }

    /**
     * Empties the tables, and has them filled.
     *
     * @param drafts how many messages each transaction writes
     * @throws BenchException if other messages are there than were committed
     */
    Written run(EnqueueTarget target, int drafts, int producers, long millis) throws Exception {
        target.tables().forEach(table -> database.dsl().execute("truncate " + table + " cascade"));
        database.dsl().execute("truncate public.business");
        List<QueueSystem.Sender> senders = new ArrayList<>();
        try {
            for (int i = 0; i < producers; i++) {
                senders.add(target.sender());
            }
            Written written = run(senders, OverheadSite.payloads(drafts), millis);
            requireAll(target, written.messages(), drafts);
            return written;
        } finally {
            senders.forEach(QueueSystem.Sender::close);
        }
    }

    private Written run(List<QueueSystem.Sender> senders, List<String> payloads, long millis) throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<Integer>> producing = new ArrayList<>();
        for (QueueSystem.Sender sender : senders) {
            producing.add(threads.submit(() -> {
                begin.await();
                return produce(sender, payloads, System.nanoTime() + millis * 1_000_000);
            }));
        }
        long walBefore = wal();
        Cpu.Moment before = Cpu.now(bench.server().processes());
        begin.countDown();
        long messages = 0;
        for (Future<Integer> each : producing) {
            messages += (long) each.get() * payloads.size();
        }
        Cpu cpu = before.untilNow(bench.server().processes());
        return new Written(messages, cpu, wal() - walBefore);
    }

    private static int produce(QueueSystem.Sender sender, List<String> payloads, long until) throws Exception {
        int commits = 0;
        do {
            sender.send(payloads);
            commits++;
        } while (System.nanoTime() < until);
        return commits;
    }

    private long wal() {
        Object bytes = database.dsl().fetchValue("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
        return bytes instanceof Number number ? number.longValue() : 0;
    }

    private void requireAll(EnqueueTarget target, long messages, int drafts) throws Exception {
        long there = target.messages();
        int business = database.dsl().fetchCount(DSL.table("public.business"));
        if (there != messages || business != messages / drafts) {
            throw new BenchException(target.title() + ": " + messages + " messages were committed, " + there
                    + " are there, for " + business + " business rows");
        }
    }
}
