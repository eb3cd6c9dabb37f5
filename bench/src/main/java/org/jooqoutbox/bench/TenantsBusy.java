package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;

/** How fast one worker gets through the same number of messages in one outbox and in many. */
final class TenantsBusy {

    private static final int FEW = 100;
    private static final int AT_ONCE = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String RATE = "messages per second";
    private static final String CLIENT = "CPU of the client, µs per message";
    private static final String SERVER = "CPU of the server, µs per message";

    private final Bench bench;
    private final Database database;
    private final List<OutboxTable> tables;
    private final Measurements measured;

    TenantsBusy(Bench bench, Database database, List<OutboxTable> tables) {
        this.bench = bench;
        this.database = database;
        this.tables = tables;
        this.measured = new Measurements("tenants-busy", bench.results());
    }

    /** Over how many outboxes messages are spread. */
    private record Spread(int outboxes) {

        @Override
        public String toString() {
            return outboxes == 1 ? "1 outbox" : "%,d outboxes".formatted(outboxes);
        }
    }

    void run() throws Exception {
        List<Spread> spreads = Stream.of(1, FEW, tables.size())
                .filter(outboxes -> outboxes <= tables.size())
                .distinct()
                .map(Spread::new)
                .toList();
        try (HikariDataSource pool = database.pool("bench-producer", 1)) {
            Rounds.run(1, spreads, bench.random(), spread -> turn(pool, spread));
            Rounds.run(
                    bench.settings().pick(1, 2), spreads, bench.random(), spread -> note(spread, turn(pool, spread)));
        }
        report(spreads);
    }

    /** What was recorded as delivered, and what that took. */
    private record Turn(long delivered, Cpu took) {}

    /** From the first one recorded as delivered until all are, or the time is over. */
    private Turn turn(HikariDataSource pool, Spread spread) throws InterruptedException {
        List<OutboxTable> some = tables.subList(0, spread.outboxes());
        fill(pool, some);
        OrderCheck check = new OrderCheck(messages());
        Turn turn = drain(some, check);
        long left = some.stream().mapToLong(database::count).sum();
        if (left + check.delivered() != messages()) {
            throw new BenchException("of %,d messages in %s, %,d were delivered and %,d are left"
                    .formatted(messages(), spread, check.delivered(), left));
        }
        empty(some);
        return turn;
    }

    @SuppressWarnings("try") // to work is all that it is there for
    private Turn drain(List<OutboxTable> some, OrderCheck check) throws InterruptedException {
        try (TenantWorker worker =
                new TenantWorker(database, some, (payload, message) -> check.handle(message), check)) {
            if (!check.awaitFirst(PATIENCE)) {
                throw new BenchException(
                        "of messages in %d outboxes none was delivered within %s".formatted(some.size(), PATIENCE));
            }
            long before = check.delivered();
            Cpu.Moment begin = Cpu.now(bench.server().processes());
            check.await(most());
            return new Turn(
                    check.delivered() - before, begin.untilNow(bench.server().processes()));
        }
    }

    private void empty(List<OutboxTable> some) {
        for (OutboxTable table : some) {
            database.dsl().execute("truncate {0}", DSL.name(table.schema(), table.name()));
        }
    }

    /** As many into each, or one more into the first of them. */
    private void fill(HikariDataSource pool, List<OutboxTable> some) {
        for (int i = 0; i < some.size(); i++) {
            int messages = messages() / some.size() + (i < messages() % some.size() ? 1 : 0);
            JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, some.get(i));
            for (int written = 0; written < messages; written += AT_ONCE) {
                outbox.enqueueInOwnTransaction(drafts(Math.min(AT_ONCE, messages - written)));
            }
        }
    }

    private static List<MessageDraft> drafts(int messages) {
        return Collections.nCopies(messages, Producer.KIND.draft(Producer.PAYLOAD));
    }

    private void note(Spread spread, Turn turn) {
        measured.add(spread, RATE, turn.delivered() / turn.took().wallSeconds());
        measured.add(spread, CLIENT, turn.took().client() * 1e6 / turn.delivered());
        measured.add(spread, SERVER, turn.took().server() * 1e6 / turn.delivered());
    }

    private void report(List<Spread> spreads) {
        bench.results().text("""
                ### Busy

                %,d messages, spread evenly over some of the outboxes: from the first delivery that a worker which serves these has recorded, with a
                handler that does nothing, to the last, or for %s s.
                """.formatted(messages(), Numbers.text(most().toMillis() / 1e3)));
        Table table =
                new Table("", RATE, "times that of one", CLIENT, "times that of one", SERVER, "times that of one");
        for (Spread spread : spreads) {
            table.row(
                    spread,
                    measured.of(spread, RATE),
                    measured.ratio(spread, spreads.get(0), RATE),
                    measured.of(spread, CLIENT),
                    measured.ratio(spread, spreads.get(0), CLIENT),
                    measured.of(spread, SERVER),
                    measured.ratio(spread, spreads.get(0), SERVER));
        }
        bench.results().text(table.toString());
    }

    private Duration most() {
        return Duration.ofMillis(bench.settings().pick(1_000, 5_000));
    }

    private int messages() {
        return bench.settings().pick(10_000, 100_000);
    }
}
