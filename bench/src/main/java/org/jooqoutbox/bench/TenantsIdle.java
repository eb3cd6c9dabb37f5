package org.jooqoutbox.bench;

import java.util.List;
import org.jooqoutbox.schema.OutboxTable;

/** What a worker costs that has nothing to do. */
final class TenantsIdle {

    private static final String SERVER = "CPU of the server, % of one core";
    private static final String CLIENT = "CPU of the client, % of one core";
    private static final String TRANSACTIONS = "transactions per second";
    private static final String NOBODY = "no worker";
    private static final String WORKER = "one worker, idle";

    private final Bench bench;
    private final Database database;
    private final List<OutboxTable> tables;
    private final Measurements measured;

    TenantsIdle(Bench bench, Database database, List<OutboxTable> tables) {
        this.bench = bench;
        this.database = database;
        this.tables = tables;
        this.measured = new Measurements("tenants-idle", bench.results());
    }

    void run() throws Exception {
        Rounds.run(1, List.of(NOBODY, WORKER), bench.random(), this::measure);
        bench.results()
                .text("### Idle\n\nThe worker runs for %d s before it is looked at for %d s; its pauses %s.\n"
                        .formatted(
                                warmUpSeconds(),
                                seconds(),
                                bench.settings().full() ? "have grown by then" : "are still growing then"));
        Table table = new Table("", NOBODY, WORKER, "the worker's share, per 1,000 outboxes");
        for (String metric : List.of(SERVER, CLIENT, TRANSACTIONS)) {
            double share = measured.of(WORKER, metric).median()
                    - measured.of(NOBODY, metric).median();
            table.row(metric, measured.of(NOBODY, metric), measured.of(WORKER, metric), share * 1_000 / tables.size());
        }
        bench.results().text(table.toString());
    }

    @SuppressWarnings("try") // to be idle is all that it is there for
    private void measure(String variant) {
        if (variant.equals(NOBODY)) {
            window(variant);
            return;
        }
        try (TenantWorker idle = new TenantWorker(database, tables, (payload, message) -> {})) {
            Clock.pass(warmUpSeconds() * 1_000_000L);
            window(variant);
        }
    }

    private void window(String variant) {
        long transactions = transactions();
        Cpu.Moment begin = Cpu.now(bench.server().processes());
        Clock.pass(seconds() * 1_000_000L);
        Cpu cpu = begin.untilNow(bench.server().processes());
        measured.add(variant, SERVER, cpu.serverPercent());
        measured.add(variant, CLIENT, cpu.clientPercent());
        measured.add(variant, TRANSACTIONS, (transactions() - transactions) / cpu.wallSeconds());
    }

    // A backend reports what it did once a second at most, which is as late at the end as at the beginning.
    private long transactions() {
        return ((Number)
                        database.dsl()
                                .fetchValue(
                                        "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"))
                .longValue();
    }

    private int seconds() {
        return bench.settings().pick(2, 20);
    }

    /** Until pauses have grown to those of a worker that has been idle for long, which are 30 s: a quick run has no time for that. */
    private int warmUpSeconds() {
        return bench.settings().pick(2, 65);
    }
}
