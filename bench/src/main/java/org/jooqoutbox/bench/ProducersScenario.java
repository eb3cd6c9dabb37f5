package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jooq.impl.DSL;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;

/** What wake-ups cost those who write messages. */
final class ProducersScenario implements Scenario {

    private static final List<Integer> PRODUCERS = List.of(1, 8, 32);
    private static final int MOST = 32;
    private static final String RATE = "commits per second";
    private static final String CPU = "CPU of client and server per commit, µs";

    private enum WakeUps {
        NONE("no wake-ups"),
        IN_PROCESS("in the process"),
        NOTIFICATIONS("in the process, and notifications");

        final String words;

        WakeUps(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** A variant: how many producers, and what happens after their commits. */
    private record Variant(int producers, WakeUps wakeUps) {

        Variant without() {
            return new Variant(producers, WakeUps.NONE);
        }

        @Override
        public String toString() {
            return producers + (producers == 1 ? " producer, " : " producers, ") + wakeUps;
        }
    }

    /** An outbox with a business table beside it, and somebody who wants to know of new messages as a worker does. */
    private static final class Target implements AutoCloseable {

        final JooqOutboxRepository outbox;
        final LongAdder wokenUp = new LongAdder();
        private final OutboxRepository.Subscription subscription;

        Target(Database database, HikariDataSource pool, WakeUps wakeUps) {
            JooqOutboxRepository.Builder builder = JooqOutboxRepository.builder(database.install(wakeUps.name()))
                    .dataSource(pool);
            if (wakeUps == WakeUps.NOTIFICATIONS) {
                builder.notifyThrough(pool).listenThrough(database.dataSource("bench-listener"));
            }
            outbox = builder.build();
            subscription = wakeUps == WakeUps.NONE ? () -> {} : outbox.onWakeUp(wokenUp::increment);
        }

        @Override
        public void close() {
            subscription.close();
        }
    }

    @Override
    public String name() {
        return "producers";
    }

    @Override
    public String title() {
        return "what wake-ups cost producers";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        Measurements measured = new Measurements(name(), bench.results());
        int rounds = bench.settings().pick(4, 9);
        long millis = bench.settings().pick(130, 600);
        Map<WakeUps, Target> targets = new EnumMap<>(WakeUps.class);
        // One for each producer, one that sends notifications.
        try (HikariDataSource pool = database.pool("bench-producers", MOST + 1)) {
            for (WakeUps wakeUps : WakeUps.values()) {
                targets.put(wakeUps, new Target(database, pool, wakeUps));
            }
            ExecutorService threads = Executors.newFixedThreadPool(MOST);
            try {
                Producing producing = new Producing(bench, database, pool, threads, targets);
                for (int producers : PRODUCERS) {
                    List<Variant> variants = variants(producers);
                    Rounds.run(1, variants, bench.random(), variant -> producing.turn(variant, millis));
                    Rounds.run(rounds, variants, bench.random(), variant -> {
                        Turn turn = producing.turn(variant, millis);
                        measured.add(variant, RATE, turn.rate());
                        measured.add(variant, CPU, turn.cpuMicros());
                    });
                }
            } finally {
                threads.shutdown();
                targets.values().forEach(Target::close);
            }
        }
        report(bench.results(), measured, millis);
    }

    private static List<Variant> variants(int producers) {
        return Stream.of(WakeUps.values())
                .map(wakeUps -> new Variant(producers, wakeUps))
                .toList();
    }

    private static void report(Results results, Measurements measured, long millis) {
        results.text("""
                Each producer commits a business row and a message in one transaction, one after the other, for %d ms a turn. Whoever is to be
                woken up is subscribed in the same process.
                """.formatted(millis));
        Table table = new Table("", RATE, "times those without wake-ups", CPU, "times that without wake-ups");
        PRODUCERS.stream()
                .flatMap(producers -> variants(producers).stream())
                .forEach(variant -> table.row(
                        variant,
                        measured.of(variant, RATE),
                        measured.ratio(variant, variant.without(), RATE),
                        measured.of(variant, CPU),
                        measured.ratio(variant, variant.without(), CPU)));
        results.text(table.toString());
    }

    /**
     * What one turn gave.
     *
     * @param rate commits per second
     * @param cpuMicros microseconds of CPU per commit, of client and server
     */
    private record Turn(double rate, double cpuMicros) {}

    /** Who writes, and into what. */
    private record Producing(
            Bench bench,
            Database database,
            HikariDataSource pool,
            ExecutorService threads,
            Map<WakeUps, Target> targets) {

        Turn turn(Variant variant, long millis) throws Exception {
            Target target = Objects.requireNonNull(targets.get(variant.wakeUps()));
            int messagesBefore = database.count(target.outbox.table());
            long wokenUpBefore = target.wokenUp.sum();
            Cpu.Moment begin = Cpu.now(bench.server().processes());
            long commits = commits(target, variant, System.nanoTime() + millis * 1_000_000);
            Cpu cpu = begin.untilNow(bench.server().processes());
            requireAll(target.outbox.table(), commits, messagesBefore);
            long wokenUp = target.wokenUp.sum() - wokenUpBefore;
            if (variant.wakeUps() != WakeUps.NONE && wokenUp < commits) {
                throw new BenchException(variant + ": " + commits + " commits, but only " + wokenUp + " wake-ups");
            }
            return new Turn(commits / cpu.wallSeconds(), (cpu.client() + cpu.server()) * 1e6 / commits);
        }

        private long commits(Target target, Variant variant, long until) throws Exception {
            List<Future<Integer>> producing = new ArrayList<>();
            for (int i = 0; i < variant.producers(); i++) {
                producing.add(threads.submit(() -> produce(target.outbox, variant.wakeUps() != WakeUps.NONE, until)));
            }
            long commits = 0;
            for (Future<Integer> each : producing) {
                commits += each.get();
            }
            return commits;
        }

        private int produce(JooqOutboxRepository outbox, boolean wakesUp, long until) {
            Producer producer = new Producer(pool, wakesUp);
            int commits = 0;
            do {
                producer.book(outbox, Producer.draft(UUID.randomUUID()));
                commits++;
            } while (System.nanoTime() < until);
            return commits;
        }

        private void requireAll(OutboxTable table, long commits, int before) {
            int written = database.count(table) - before;
            int booked = database.dsl().fetchCount(DSL.table(DSL.name(table.schema(), "business")));
            if (written != commits || booked != before + written) {
                throw new BenchException(commits + " commits wrote " + written + " messages; there are "
                        + (before + written) + " for " + booked + " business rows");
            }
        }
    }
}
