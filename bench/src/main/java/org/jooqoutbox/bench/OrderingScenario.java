package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jspecify.annotations.Nullable;

/** How fast a backlog is drained with ordering keys, and without. */
final class OrderingScenario implements Scenario {

    private static final int AT_ONCE = 1_000;
    private static final int CLAIM = 100;
    private static final int STUCK_MESSAGES = 50_000;
    private static final Duration LONG_PAUSE = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String WORKER = "worker, messages per second";
    private static final String WORKER_CPU = "worker, server's CPU per message, µs";
    private static final String LOOP = "claim and settle, messages per second";
    private static final String LOOP_CPU = "claim and settle, server's CPU per message, µs";
    private static final Keys WITHOUT = new Keys("none", "no keys", 0, false);

    /**
     * A variant.
     *
     * @param schema of its outbox
     * @param words what it is called
     * @param number how many keys there are, at random; zero for none
     * @param stuck whether one more key is stuck with messages that come before all others
     */
    private record Keys(String schema, String words, int number, boolean stuck) {

        /** Of one key one message goes at a time, so fewer tell as much. */
        int messages(int messages) {
            return number == 1 ? messages / 20 : messages;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private static final List<Keys> VARIANTS = List.of(
            WITHOUT,
            new Keys("thousand", "1,000 keys", 1_000, false),
            new Keys("many", "100,000 keys", 100_000, false),
            new Keys("stuck", "1,000 keys, and one stuck with 50,000 messages", 1_000, true),
            new Keys("hot", "one hot key", 1, false));

    @Override
    public String name() {
        return "ordering";
    }

    @Override
    public String title() {
        return "ordering keys";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        int messages = bench.settings().pick(12_000, 50_000);
        try (HikariDataSource pool = database.pool("bench-ordering", 5)) {
            List<Drain> drains = VARIANTS.stream()
                    .map(keys -> new Drain(bench, database, pool, keys))
                    .toList();
            for (Drain each : drains) {
                int some = each.keys.messages(messages / 3);
                each.byWorker(some);
                each.byLoop(some);
            }
            Measurements measured = new Measurements(name(), bench.results());
            Rounds.run(bench.settings().pick(1, 3), drains, bench.random(), drain -> {
                int most = drain.keys.messages(messages);
                note(measured, drain.keys, WORKER, WORKER_CPU, most, drain.byWorker(most));
                note(measured, drain.keys, LOOP, LOOP_CPU, most, drain.byLoop(most));
            });
            report(bench.results(), measured, messages);
        }
    }

    private static void note(Measurements measured, Keys keys, String rate, String cpu, int messages, Cpu took) {
        measured.add(keys, rate, messages / took.wallSeconds());
        measured.add(keys, cpu, took.server() * 1e6 / messages);
    }

    private static void report(Results results, Measurements measured, int messages) {
        results.text("""
                Backlogs of %,d messages (one hot key: a twentieth) are drained, by a worker with a handler that does nothing, and by a loop of
                one thread that claims %d and settles them. Before each of them the table is vacuumed. The handler checks the order of each key.
                """.formatted(messages, CLAIM));
        for (String[] metrics : new String[][] {{WORKER, WORKER_CPU}, {LOOP, LOOP_CPU}}) {
            Table table = new Table("", metrics[0], "times that without keys", metrics[1]);
            for (Keys keys : VARIANTS) {
                table.row(
                        keys,
                        measured.of(keys, metrics[0]),
                        measured.ratio(keys, WITHOUT, metrics[0]),
                        measured.of(keys, metrics[1]));
            }
            results.text(table.toString());
        }
    }

    /** One outbox, filled and drained again and again. */
    private static final class Drain {

        private static final String STUCK = "stuck";

        private final Bench bench;
        private final Database database;
        private final JooqOutboxRepository outbox;
        private final Keys keys;

        Drain(Bench bench, Database database, HikariDataSource pool, Keys keys) {
            this.bench = bench;
            this.database = database;
            this.keys = keys;
            this.outbox = JooqOutboxRepository.of(pool, database.install(keys.schema()));
            if (keys.stuck()) {
                fill(STUCK_MESSAGES, () -> Producer.KIND.draft(Producer.PAYLOAD).withOrderingKey(STUCK));
            }
        }

        private void fill(int messages, Supplier<MessageDraft> draft) {
            for (int written = 0; written < messages; written += AT_ONCE) {
                List<MessageDraft> some = new ArrayList<>();
                for (int i = 0; i < Math.min(AT_ONCE, messages - written); i++) {
                    some.add(draft.get());
                }
                outbox.enqueueInOwnTransaction(some);
            }
            database.vacuum(outbox.table());
        }

        private MessageDraft draft() {
            MessageDraft draft = Producer.KIND.draft(Producer.PAYLOAD);
            return keys.number() == 0
                    ? draft
                    : draft.withOrderingKey("key-" + bench.random().nextInt(keys.number()));
        }

        /** From the start of a worker until the last outcome is recorded. */
        Cpu byWorker(int messages) throws InterruptedException {
            fill(messages, this::draft);
            OrderCheck check = new OrderCheck(messages) {
                @Override
                public void failed(Message message, String error, @Nullable Throwable cause, Duration retryAfter) {
                    if (!STUCK.equals(message.orderingKey())) {
                        super.failed(message, error, cause, retryAfter);
                    }
                }
            };
            Worker worker = Worker.builder(outbox)
                    .handle(
                            Producer.KIND,
                            (payload, message) -> {
                                if (STUCK.equals(message.orderingKey())) {
                                    throw new BenchException("this one always fails");
                                }
                                check.handle(message);
                            },
                            RetryPolicy.fixed(LONG_PAUSE))
                    .listener(check)
                    .build();
            Cpu.Moment begin = Cpu.now(bench.server().processes());
            worker.start();
            boolean all = check.await(PATIENCE);
            Cpu took = begin.untilNow(bench.server().processes());
            worker.close();
            check.requireNone();
            requireDrained(all);
            return took;
        }

        /** One claim and one settlement after the other. */
        Cpu byLoop(int messages) {
            fill(messages, this::draft);
            OrderCheck check = new OrderCheck(messages);
            Cpu.Moment begin = Cpu.now(bench.server().processes());
            long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
            int done = 0;
            while (done < messages && System.nanoTime() < giveUpAt) {
                done += claimAndSettle(check);
            }
            Cpu took = begin.untilNow(bench.server().processes());
            check.requireNone();
            requireDrained(done == messages);
            return took;
        }

        private int claimAndSettle(OrderCheck check) {
            Claim claim = outbox.claim(ClaimRequest.of(CLAIM));
            List<Settlement> settlements = new ArrayList<>();
            int done = 0;
            for (Message message : claim.messages()) {
                if (STUCK.equals(message.orderingKey())) {
                    settlements.add(Settlement.failed(message, "this one always fails", LONG_PAUSE));
                } else {
                    check.handle(message);
                    settlements.add(Settlement.done(message));
                    done++;
                }
            }
            if (outbox.settle(settlements).stream().anyMatch(verdict -> verdict != Settlement.Verdict.APPLIED)) {
                check.note("a settlement did not take effect");
            }
            return done;
        }

        private void requireDrained(boolean all) {
            int left = database.count(outbox.table()) - (keys.stuck() ? STUCK_MESSAGES : 0);
            if (!all || left != 0) {
                throw new BenchException(keys + ": " + left + " messages are left");
            }
        }
    }
}
