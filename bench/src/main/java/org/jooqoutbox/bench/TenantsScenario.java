package org.jooqoutbox.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.jooqoutbox.schema.OutboxTable;

/** What one worker over many outboxes costs, and whether one of them can take it away from the others. */
final class TenantsScenario implements Scenario {

    private static final List<Integer> SIZES = List.of(10, 100, 200, 1_000, 3_000);

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
        int tenants = bench.settings().tenants();
        int most = Math.max(tenants, bench.settings().pick(0, 3_000));
        List<OutboxTable> tables = IntStream.rangeClosed(1, most)
                .mapToObj(number -> OutboxTable.of("tenant_" + number, "outbox"))
                .toList();
        install(bench, database, tables);
        List<OutboxTable> some = tables.subList(0, tenants);
        new TenantsIdle(bench, database, some).run();
        new TenantsFlood(bench, database, some).run();
        new TenantsMemory(bench, database, tables)
                .run(SIZES.stream()
                        .filter(size -> size <= tables.size())
                        .filter(size -> size != 200 || tenants == 200)
                        .toList());
    }

    private static void install(Bench bench, Database database, List<OutboxTable> tables) {
        Cpu.Moment begin = Cpu.now(bench.server().processes());
        database.install(tables);
        bench.results()
                .text("%,d outboxes, installed in %.1f s; %,d are served unless said otherwise.\n"
                        .formatted(
                                tables.size(),
                                begin.untilNow(bench.server().processes()).wallSeconds(),
                                bench.settings().tenants()));
    }
}
