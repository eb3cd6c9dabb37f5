package org.jooqoutbox.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.jooqoutbox.schema.OutboxTable;

/** What one worker over many outboxes costs, and whether one of them can take it away from the others. */
final class TenantsScenario implements Scenario {

    private static final List<Integer> SIZES = List.of(10, 100, 1_000, 3_000);

    @Override
    public String name() {
        return "tenants";
    }

    @Override
    public String title() {
        return "one worker over many outboxes";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        List<OutboxTable> tables = IntStream.rangeClosed(1, bench.settings().tenants())
                .mapToObj(number -> OutboxTable.of("tenant_" + number, "outbox"))
                .toList();
        install(bench, database, tables);
        new TenantsIdle(bench, database, tables).run();
        new TenantsBusy(bench, database, tables).run();
        new TenantsFlood(bench, database, tables).run();
        new TenantsMemory(bench, database, tables)
                .run(SIZES.stream().filter(size -> size <= tables.size()).toList());
    }

    private static void install(Bench bench, Database database, List<OutboxTable> tables) {
        Cpu.Moment begin = Cpu.now(bench.server().processes());
        database.install(tables);
        bench.results()
                .text("%,d outboxes, installed in %.1f s; all are served unless said otherwise.\n"
                        .formatted(
                                tables.size(),
                                begin.untilNow(bench.server().processes()).wallSeconds()));
    }
}
