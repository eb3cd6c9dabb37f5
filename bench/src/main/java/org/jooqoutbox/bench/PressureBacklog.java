package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;

/** What claims cost when many messages wait: due ones, or ones that are due tomorrow. */
final class PressureBacklog {

    private static final int USUAL = 10_000;
    private static final int CLAIM = 100;
    private static final double TARGET = 1.25;
    private static final String RANDOM_ID = "gen_random_uuid()";

    // UUIDv7: the milliseconds, then what need only be different.
    private static final String ID =
            "(lpad(to_hex((extract(epoch from due) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3)"
                    + " || '8' || substr(md5(i::text), 4, 15))::uuid";
    private static final String P50 = "claim, p50, ms";
    private static final String P99 = "p99";
    private static final String SLOWEST = "slowest";

    private final Bench bench;
    private final Database database;
    private final Measurements measured;

    PressureBacklog(Bench bench, Database database) {
        this.bench = bench;
        this.database = database;
        this.measured = new Measurements("pressure-backlog", bench.results());
    }

    /**
     * Messages that wait.
     *
     * @param due how many are due
     * @param future how many are not
     * @param randomIds whether their ids are random, as in rows that somebody else wrote, and not of their time, as this library's are
     */
    private record Backlog(int due, int future, boolean randomIds) {

        @Override
        public String toString() {
            String count = future == 0 ? "%,d due".formatted(due) : "%,d due, %,d tomorrow".formatted(due, future);
            return randomIds ? count + ", with random ids" : count;
        }

        String schema() {
            return "backlog_" + due + "_" + future + (randomIds ? "_random" : "");
        }
    }

    private static Backlog due(int messages) {
        return new Backlog(messages, 0, false);
    }

    void run() throws Exception {
        List<Backlog> backlogs = bench.settings().full()
                ? List.of(
                        due(USUAL),
                        due(1_000_000),
                        due(5_000_000),
                        new Backlog(USUAL, 1_000_000, false),
                        new Backlog(1_000_000, 0, true))
                : List.of(due(USUAL), due(50_000), new Backlog(USUAL, 50_000, false));
        int claims = bench.settings().pick(40, 300);
        try (HikariDataSource pool = database.pool("bench-backlog", 1)) {
            Map<Backlog, JooqOutboxRepository> outboxes = new LinkedHashMap<>();
            for (Backlog backlog : backlogs) {
                outboxes.put(backlog, JooqOutboxRepository.of(pool, fill(backlog)));
            }
            database.dsl().execute("checkpoint");
            alternate(outboxes, bench.settings().pick(20, 150));
            for (int round = 0; round < bench.settings().pick(1, 3); round++) {
                alternate(outboxes, claims).forEach(this::note);
            }
        }
        report(backlogs, claims);
    }

    private OutboxTable fill(Backlog backlog) {
        OutboxTable table = database.install(backlog.schema());
        String id = backlog.randomIds() ? RANDOM_ID : ID;
        write(table, backlog.due(), id, "now() - interval '1 hour' * (1 - i::float8 / {1})");
        write(table, backlog.future(), id, "now() + interval '1 day' + interval '1 hour' * i::float8 / {1}");
        database.vacuum(table);
        return table;
    }

    private void write(OutboxTable table, int messages, String id, String due) {
        database.dsl()
                .execute(
                        "insert into {0} (id, kind, payload, retry_at) select " + id + ", {2}, {3}::jsonb, due from"
                                + " (select i, " + due + " as due from generate_series(1, {1}) as i) as messages",
                        DSL.name(table.schema(), table.name()),
                        DSL.inline(messages),
                        DSL.inline(Producer.KIND.name()),
                        DSL.inline(Producer.PAYLOAD));
    }

    private Map<Backlog, Percentiles> alternate(Map<Backlog, JooqOutboxRepository> outboxes, int claims)
            throws Exception {
        Map<Backlog, List<Long>> micros = new LinkedHashMap<>();
        Rounds.run(
                claims,
                List.copyOf(outboxes.entrySet()),
                bench.random(),
                each -> micros.computeIfAbsent(each.getKey(), backlog -> new ArrayList<>())
                        .add(claimMicros(each.getValue())));
        Map<Backlog, Percentiles> percentiles = new LinkedHashMap<>();
        micros.forEach((backlog, some) -> percentiles.put(backlog, Percentiles.ofMicros(some)));
        return percentiles;
    }

    /** What is claimed is settled, and as many come behind, so that the backlog stays as it is. */
    private static long claimMicros(JooqOutboxRepository outbox) {
        long begin = System.nanoTime();
        Claim claim = outbox.claim(SnapshotScenario.request(CLAIM));
        long micros = (System.nanoTime() - begin) / 1_000;
        SnapshotScenario.settle(outbox, claim, CLAIM);
        SnapshotScenario.enqueue(outbox, CLAIM);
        return micros;
    }

    private void note(Backlog backlog, Percentiles percentiles) {
        measured.add(backlog, P50, percentiles.millis(50));
        measured.add(backlog, P99, percentiles.millis(99));
        measured.add(backlog, SLOWEST, percentiles.maxMillis());
    }

    private void report(List<Backlog> backlogs, int claims) {
        bench.results().text("""
                ### Backlogs

                %s: claims of %d by kind, taking turns between outboxes with different backlogs, %d of each. Target of the ratio: at most %s.
                """.formatted(Systems.ours().title(), CLAIM, claims, Numbers.text(TARGET)));
        Table table = new Table("", P50, "times that with 10,000", P99, SLOWEST);
        for (Backlog backlog : backlogs) {
            table.row(
                    backlog,
                    measured.of(backlog, P50),
                    measured.ratio(backlog, due(USUAL), P50),
                    measured.of(backlog, P99),
                    measured.of(backlog, SLOWEST));
        }
        bench.results().text(table.toString());
    }
}
