package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.Configuration;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;

/**
 * How long a message waits for its handler in an outbox that was idle, with each way of learning of it. So that outboxes are idle and there are many
 * samples all the same, each way has several outboxes with a worker each, and all of them are measured at the same time.
 */
final class LatencyScenario implements Scenario {

    private static final int OUTBOXES = 16;
    private static final int CONNECTIONS = 20;

    /** Longer than pauses between polls take to grow to the longest. */
    private static final int PASS_MICROS = 4_000_000;

    private static final int QUICK_PASS_MICROS = 1_500_000;

    /** Of a pass in which everything is done for the first time. */
    private static final int FIRST_PASS_MICROS = 1_000_000;

    private static final int DELAYS_DIFFER_BY_MICROS = 1_500_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private enum Way {
        POLLS("polls only", "commit"),
        NOTIFIED("notification from another process", "commit"),
        WOKEN_UP("wake-up after the commit, same process", "commit"),
        DELAYED_POLLS("delayed message, polls only", "due time"),
        DELAYED_LOOKS_AHEAD("delayed message, look-ahead", "due time");

        final String words;
        final String from;

        Way(String words, String from) {
            this.words = words;
            this.from = from;
        }

        Way base() {
            return from.equals(POLLS.from) ? POLLS : DELAYED_POLLS;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** An outbox with a worker of its own. */
    private record Line(Way way, JooqOutboxRepository outbox, Worker worker) {}

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String title() {
        return "from the commit to the handler";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        List<OutboxTable> tables = IntStream.range(0, OUTBOXES * Way.values().length)
                .mapToObj(number -> OutboxTable.of("latency_" + number, "outbox"))
                .toList();
        database.install(tables);
        int passes = bench.settings().pick(2, 16);
        try (HikariDataSource pool = database.pool("bench-latency", CONNECTIONS);
                Traffic traffic = new Traffic(bench, database, pool, tables)) {
            traffic.pass(FIRST_PASS_MICROS);
            traffic.takeJourneys();
            for (int pass = 0; pass < passes; pass++) {
                traffic.pass(passMicros(bench));
            }
            report(bench, traffic.takeJourneys());
        }
    }

    private static int passMicros(Bench bench) {
        return bench.settings().pick(QUICK_PASS_MICROS, PASS_MICROS);
    }

    private void report(Bench bench, Map<Way, Journeys> journeys) {
        Measurements measured = new Measurements(name(), bench.results());
        journeys.forEach((way, each) -> {
            Percentiles latencies = each.latencies();
            measured.add(way, "count", latencies.count());
            measured.add(way, "p50, ms", latencies.millis(50));
            measured.add(way, "p99, ms", latencies.millis(99));
            measured.add(way, "max, ms", latencies.maxMillis());
        });
        bench.results().text("""
                        %d outboxes for each way, each with a worker of its own and default settings: it polls once a second when idle. A message into each
                        every %d s. From the commit, or from when a delayed message is due, to the beginning of the handler.
                        """.formatted(OUTBOXES, passMicros(bench) / 1_000_000));
        Table table = new Table(
                "", "from", "messages", "p50, ms", "p99, ms", "max, ms", "p50, times that with polls", "p99, times");
        for (Way way : Way.values()) {
            table.row(
                    way,
                    way.from,
                    "%.0f".formatted(measured.of(way, "count").median()),
                    measured.of(way, "p50, ms"),
                    measured.of(way, "p99, ms"),
                    measured.of(way, "max, ms"),
                    measured.ratio(way, way.base(), "p50, ms"),
                    measured.ratio(way, way.base(), "p99, ms"));
        }
        bench.results().text(table.toString());
    }

    /** All the workers, and who writes messages for them. */
    private static final class Traffic implements AutoCloseable {

        private final Bench bench;
        private final List<Line> lines = new ArrayList<>();
        private final Producer quiet;
        private final Producer waking;
        private final OtherProcess other;
        private final Faults faults = new Faults();
        private volatile Map<Way, Journeys> journeys = newJourneys();

        Traffic(Bench bench, Database database, HikariDataSource pool, List<OutboxTable> tables) throws IOException {
            this.bench = bench;
            this.quiet = new Producer(pool, false);
            this.waking = new Producer(pool, true);
            this.other = OtherProcess.start(database);
            Iterator<OutboxTable> left = tables.iterator();
            for (Way way : Way.values()) {
                for (int i = 0; i < OUTBOXES; i++) {
                    lines.add(line(database, pool, way, left.next()));
                }
            }
            lines.forEach(line -> line.worker().start());
        }

        private Line line(Database database, HikariDataSource pool, Way way, OutboxTable table) {
            JooqOutboxRepository.Builder outbox =
                    JooqOutboxRepository.builder(table).dataSource(pool);
            if (way == Way.NOTIFIED) {
                outbox.listenThrough(database.dataSource("bench-listener"));
            }
            JooqOutboxRepository repository = outbox.build();
            Worker.Builder<Configuration> worker = Worker.builder(repository)
                    .handle(Producer.KIND, (payload, message) -> journeysOf(way).arrived(message.id()))
                    .listener(faults);
            if (way == Way.POLLS || way.from.equals("due time")) {
                worker.withoutWakeUps();
            }
            if (way == Way.POLLS || way == Way.DELAYED_POLLS) {
                worker.withoutLookAhead();
            }
            return new Line(way, repository, worker.build());
        }

        private Journeys journeysOf(Way way) {
            return Objects.requireNonNull(journeys.get(way));
        }

        private static Map<Way, Journeys> newJourneys() {
            Map<Way, Journeys> all = new EnumMap<>(Way.class);
            for (Way way : Way.values()) {
                all.put(way, new Journeys());
            }
            return all;
        }

        /** A message into each outbox, in random order, evenly over this time. */
        void pass(long micros) throws IOException {
            List<Line> order = new ArrayList<>(lines);
            Collections.shuffle(order, bench.random());
            for (Line line : order) {
                send(line, journeysOf(line.way()));
                Clock.pass(micros / lines.size());
            }
        }

        private void send(Line line, Journeys noted) throws IOException {
            UUID id = UUID.randomUUID();
            switch (line.way()) {
                case POLLS -> noted.departed(id, quiet.send(line.outbox(), Producer.draft(id)));
                case WOKEN_UP -> noted.departed(id, waking.send(line.outbox(), Producer.draft(id)));
                case NOTIFIED -> noted.departed(id, other.send(line.outbox().table(), id));
                case DELAYED_POLLS, DELAYED_LOOKS_AHEAD -> {
                    long due = Clock.micros()
                            + bench.settings().pick(1_000_000, 2_000_000)
                            + bench.random().nextInt(DELAYS_DIFFER_BY_MICROS);
                    Instant dueAt = Instant.EPOCH.plus(due, ChronoUnit.MICROS);
                    quiet.send(line.outbox(), Producer.draft(id).withAvailableAt(dueAt));
                    noted.departed(id, due);
                }
            }
        }

        /** What was noted, when all of it has arrived. Begins anew. */
        Map<Way, Journeys> takeJourneys() throws InterruptedException {
            Map<Way, Journeys> taken = journeys;
            for (Journeys each : taken.values()) {
                each.awaitAll(PATIENCE);
            }
            journeys = newJourneys();
            return taken;
        }

        @Override
        public void close() {
            lines.forEach(line -> line.worker().close());
            other.close();
            faults.requireNone();
        }
    }
}
