package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.bench.systems.QueueSystem.Sender;

/** How fast portions of messages are handled, after many others have left their dead rows under a snapshot that somebody holds. */
final class PressureDrain {

    private static final int PORTIONS = 5;

    /** After so many of them all is compiled. */
    private static final int WARM_UP = 2 * PORTIONS;

    private static final int OTHERS_SECONDS = 25;
    private static final double TARGET = 0.9;
    private static final String BEFORE = "messages per second before";
    private static final String AFTER = "after";
    private static final String RATIO = "after over before";
    private static final String PASSED = "messages in between";
    private static final String DEAD = "dead rows after";

    private final Bench bench;
    private final int portion;
    private final int passing;
    private final Measurements measured;
    private final AtomicInteger stages = new AtomicInteger();
    private final List<BenchException> stuck = new ArrayList<>();

    PressureDrain(Bench bench) {
        this.bench = bench;
        this.portion = bench.settings().pick(1_000, 10_000);
        this.passing = bench.settings().pick(10_000, 500_000);
        this.measured = new Measurements("pressure-drain", bench.results());
    }

    /** A system, with a snapshot or without one. */
    private record Variant(QueueSystem system, boolean held) {

        @Override
        public String toString() {
            return system.title() + (held ? ", a snapshot held" : ", no snapshot held");
        }
    }

    void run(List<QueueSystem> systems) throws Exception {
        // How it is without a snapshot is asked of this library only.
        List<Variant> variants = Stream.concat(
                        Stream.of(new Variant(Systems.ours(), false)),
                        systems.stream().map(system -> new Variant(system, true)))
                .toList();
        Rounds.run(1, variants, bench.random(), this::turn);
        report(variants);
    }

    /** Other libraries may get stuck here. What comes after need not stay unmeasured for that; but the run has failed. */
    void requireThatAllWentOn() {
        if (!stuck.isEmpty()) {
            throw stuck.get(0);
        }
    }

    @SuppressWarnings("try") // to be there is all that the snapshot is for
    private void turn(Variant variant) throws Exception {
        String name = "bench_pressure_drain_" + stages.incrementAndGet();
        try (Stage stage = Stage.open(bench.server(), variant.system(), name);
                Sender sender = variant.system().sender(stage.database())) {
            for (int i = 0; i < WARM_UP; i++) {
                handle(stage, sender);
            }
            try (AutoCloseable snapshot = variant.held() ? SnapshotScenario.holdSnapshot(stage.database()) : () -> {}) {
                double before = rate(stage, sender);
                int passed = pass(stage, sender, mostSeconds(variant.system()));
                double after = rate(stage, sender);
                measured.add(variant, BEFORE, before);
                measured.add(variant, AFTER, after);
                measured.add(variant, RATIO, after / before);
                measured.add(variant, PASSED, passed);
                measured.add(
                        variant,
                        DEAD,
                        stage.database().deadRows(variant.system().tables()));
            }
        } catch (UnsupportedOperationException e) {
            bench.results().text(variant + " is left out: " + e.getMessage() + "\n");
        } catch (BenchException e) {
            if (!Systems.peers().contains(variant.system())) {
                throw e;
            }
            bench.results().text(variant + " is left out: " + e.getMessage() + "\n");
            stuck.add(e);
        }
    }

    private double rate(Stage stage, Sender sender) throws Exception {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < PORTIONS; i++) {
            rates.add(portion / handle(stage, sender));
        }
        return new Series(rates).median();
    }

    /** Those whose figures are quoted have the time that they need. */
    private int mostSeconds(QueueSystem system) {
        return system == Systems.ours() ? bench.settings().pick(4, 120) : OTHERS_SECONDS;
    }

    private int pass(Stage stage, Sender sender, int mostSeconds) throws Exception {
        long deadline = System.nanoTime() + mostSeconds * 1_000_000_000L;
        int passed = 0;
        while (passed < passing && System.nanoTime() < deadline) {
            handle(stage, sender);
            passed += portion;
        }
        return passed;
    }

    /** Writes a portion in one transaction, and returns how many seconds after the commit the last handler began. */
    private double handle(Stage stage, Sender sender) throws Exception {
        NumberedJourneys journeys = stage.journeys(portion);
        List<String> payloads = LongStream.range(0, portion)
                .mapToObj(index -> Payloads.of(journeys.number(index)))
                .toList();
        sender.send(payloads);
        journeys.committed(0, portion);
        stage.awaitQuiet();
        return journeys.untilBegun(0, portion).maxMillis() / 1e3;
    }

    private void report(List<Variant> variants) {
        bench.results().text("""
                ### Portions under a snapshot

                %,d messages are committed at once, and it is measured how long after the commit the last of their handlers begins; the figures are
                medians of %d such portions, before and after %,d messages (of %s, at most %d s of them; of others, %d s) went the same way. Target of
                the ratio for %s with a snapshot held: at least %s after 500,000.
                """.formatted(
                        portion,
                        PORTIONS,
                        passing,
                        Systems.ours().title(),
                        mostSeconds(Systems.ours()),
                        OTHERS_SECONDS,
                        Systems.ours().title(),
                        Numbers.text(TARGET)));
        Table table = new Table("", BEFORE, AFTER, RATIO, PASSED, DEAD);
        for (Variant variant : variants) {
            table.row(
                    variant,
                    measured.of(variant, BEFORE),
                    measured.of(variant, AFTER),
                    measured.of(variant, RATIO),
                    measured.of(variant, PASSED),
                    measured.of(variant, DEAD));
        }
        bench.results().text(table.toString());
    }
}
