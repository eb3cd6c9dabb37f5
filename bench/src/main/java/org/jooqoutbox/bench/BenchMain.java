package org.jooqoutbox.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** Starts a PostgreSQL, runs the scenarios on it, and exits with 0 if nothing went wrong; how fast anything was is no matter to that. */
final class BenchMain {

    private static final List<Scenario> SCENARIOS = List.of(
            new DrainScenario(),
            new SteadyScenario(),
            new EnqueueScenario(),
            new OverheadScenario(),
            new PressureScenario(),
            new FaultsScenario(),
            new TenantsScenario(),
            new OrderingScenario(),
            new LatencyScenario(),
            new ProducersScenario(),
            new SnapshotScenario());

    // It tells of each installation. Held here, or its level would be forgotten.
    private static final Logger INSTALLATIONS = Logger.getLogger("org.jooqoutbox.schema");

    private BenchMain() {}

    public static void main(String[] args) throws Exception {
        INSTALLATIONS.setLevel(Level.WARNING);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            System.exit(run(BenchSettings.from(System.getProperties()), out));
        } catch (IllegalArgumentException e) {
            out.println("The benchmarks cannot begin: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int run(BenchSettings settings, PrintStream out) throws Exception {
        requireKnown(settings.only());
        try (Server server = Server.start();
                Results results = new Results(settings.directory(), out)) {
            results.text(introduction(settings, server));
            List<String> failed = new ArrayList<>();
            for (Scenario scenario : SCENARIOS) {
                if (settings.wants(scenario.name()) && !succeeds(scenario, settings, server, results)) {
                    failed.add(scenario.name());
                }
            }
            results.text(failed.isEmpty() ? "No scenario failed: nothing was lost." : "FAILED: " + failed);
            out.println("Raw values and this summary: " + settings.directory());
            return failed.isEmpty() ? 0 : 1;
        }
    }

    private static void requireKnown(Set<String> only) {
        Set<String> unknown = new TreeSet<>(only);
        SCENARIOS.forEach(scenario -> unknown.remove(scenario.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("bench.only names " + unknown + ", but there are "
                    + SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(", ")));
        }
    }

    private static String introduction(BenchSettings settings, Server server) {
        return """
                # jooq-outbox %s, benchmarks (%s form)

                - Seed: %d (`-Dbench.seed=`)
                - Machine: %s
                - %s
                - Server settings: %s
                - Payloads, where systems are compared: %s (`-Dbench.payloads=`)

                Figures are medians of rounds in which the variants take turns, with the least and the greatest value behind them. Ratios are
                taken within each round. Only what stands in one table is comparable.
                """.formatted(
                        settings.version(),
                        settings.full() ? "full" : "quick",
                        settings.seed(),
                        Machine.describe(),
                        server.describe(),
                        server.settings(),
                        Payloads.from(System.getProperties()));
    }

    private static boolean succeeds(Scenario scenario, BenchSettings settings, Server server, Results results) {
        results.text("\n## " + scenario.name() + ": " + scenario.title() + "\n");
        Load load = Load.begin(server.processes());
        // Each has the same decisions whichever others run.
        Random random = new Random(settings.seed() ^ scenario.name().hashCode());
        try (Database database = server.database("bench_" + scenario.name())) {
            scenario.run(new Bench(settings, server, results, random), database);
            results.text(load.describe() + "\n");
            return true;
        } catch (Exception e) {
            results.failure(scenario.name(), e);
            return false;
        }
    }
}
