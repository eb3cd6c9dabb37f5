package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * What claims cost when a transaction that somebody has forgotten keeps the dead rows of messages long delivered: a backup, an analyst, a client that
 * hangs.
 */
final class SnapshotScenario implements Scenario {

    private static final int CLAIM = 100;
    private static final int CLAIMS = 200;
    private static final int AT_ONCE = 1_000;
    private static final double MICROS = 1_000;
    private static final String BEFORE = "claim before, p50, ms";
    private static final String AFTER = "claim after, p50, ms";
    private static final String RATIO = "after over before";
    private static final String SLOWEST = "slowest claim after, ms";
    private static final String DEAD = "dead rows after";

    private enum Variant {
        FREE("no snapshot held"),
        HELD("a snapshot held");

        final String words;

        Variant(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public String title() {
        return "an old snapshot";
    }

    @Override
    public void run(Bench bench, Database database) throws Exception {
        int passing = bench.settings().pick(25_000, 500_000);
        Measurements measured = new Measurements(name(), bench.results());
        try (HikariDataSource pool = database.pool("bench-snapshot", 2)) {
            measure(database, pool, "warm_up", CLAIM * CLAIMS, false);
            List<OutboxTable> used = new ArrayList<>();
            Rounds.run(bench.settings().pick(1, 3), List.of(Variant.values()), bench.random(), variant -> {
                String schema = "round_" + used.size();
                used.add(OutboxTable.of(schema, "outbox"));
                note(measured, variant, measure(database, pool, schema, passing, variant == Variant.HELD));
            });
        }
        bench.results().text("""
                        A connection holds an idle REPEATABLE READ transaction, or none does, while %,d messages are written, claimed and settled. Before and
                        after that: %d claims of %d.
                        """.formatted(passing, CLAIMS, CLAIM));
        Table table = new Table("", BEFORE, AFTER, RATIO, "after, times that without", SLOWEST, DEAD);
        for (Variant variant : Variant.values()) {
            table.row(
                    variant,
                    measured.of(variant, BEFORE),
                    measured.of(variant, AFTER),
                    measured.of(variant, RATIO),
                    measured.ratio(variant, Variant.FREE, AFTER),
                    measured.of(variant, SLOWEST),
                    measured.of(variant, DEAD));
        }
        bench.results().text(table.toString());
    }

    /**
     * What one turn gave.
     *
     * @param before the claims before
     * @param after the claims after
     * @param dead rows that are dead afterwards, roughly
     */
    private record Turn(Percentiles before, Percentiles after, double dead) {}

    private static void note(Measurements measured, Variant variant, Turn turn) {
        measured.add(variant, BEFORE, turn.before().millis(50));
        measured.add(variant, AFTER, turn.after().millis(50));
        measured.add(variant, RATIO, turn.after().millis(50) / turn.before().millis(50));
        measured.add(variant, SLOWEST, turn.after().maxMillis());
        measured.add(variant, DEAD, turn.dead());
    }

    @SuppressWarnings("try") // to be forgotten is all that it is there for
    private static Turn measure(Database database, HikariDataSource pool, String schema, int passing, boolean held)
            throws SQLException {
        OutboxTable table = database.install(schema);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, table);
        try (@Nullable Connection forgotten = held ? holdSnapshot(database) : null) {
            Percentiles before = claims(outbox);
            for (int passed = 0; passed < passing; passed += AT_ONCE) {
                enqueue(outbox, AT_ONCE);
                settle(outbox, outbox.claim(request(AT_ONCE)), AT_ONCE);
            }
            Percentiles after = claims(outbox);
            Turn turn = new Turn(before, after, deadRows(database, table));
            if (database.count(table) != 0) {
                throw new BenchException("messages are left in " + table);
            }
            return turn;
        }
    }

    /** A connection whose transaction sees what there is now, until it is closed. */
    static Connection holdSnapshot(Database database) throws SQLException {
        Connection connection = database.dataSource("bench-forgotten").getConnection();
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
        return connection;
    }

    private static Percentiles claims(JooqOutboxRepository outbox) {
        for (int written = 0; written < CLAIM * CLAIMS; written += AT_ONCE) {
            enqueue(outbox, AT_ONCE);
        }
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < CLAIMS; i++) {
            long begin = System.nanoTime();
            Claim claim = outbox.claim(request(CLAIM));
            micros.add(Math.round((System.nanoTime() - begin) / MICROS));
            settle(outbox, claim, CLAIM);
        }
        return Percentiles.ofMicros(micros);
    }

    /** Of the kind, as a worker claims: only so has a claim a bound to begin at. */
    static ClaimRequest request(int messages) {
        return ClaimRequest.of(messages).kinds(List.of(Producer.KIND.name()));
    }

    static void enqueue(JooqOutboxRepository outbox, int messages) {
        List<MessageDraft> some = IntStream.range(0, messages)
                .mapToObj(i -> Producer.KIND.draft(Producer.PAYLOAD))
                .toList();
        outbox.enqueueInOwnTransaction(some);
    }

    /** Settles what was claimed as done, all of what was expected. */
    static void settle(JooqOutboxRepository outbox, Claim claim, int expected) {
        List<Message> messages = claim.messages();
        List<Settlement> settlements = messages.stream().map(Settlement::done).toList();
        boolean applied =
                outbox.settle(settlements).stream().allMatch(verdict -> verdict == Settlement.Verdict.APPLIED);
        if (messages.size() != expected || !applied) {
            throw new BenchException("of " + expected + " messages a claim took " + messages.size() + " of "
                    + claim.seen() + " seen (" + claim.coverage() + ")"
                    + (applied ? "" : ", and a settlement did not take effect"));
        }
    }

    private static double deadRows(Database database, OutboxTable table) {
        Object dead = database.dsl()
                .fetchValue(
                        "select n_dead_tup from pg_stat_user_tables where schemaname = {0} and relname = {1}",
                        DSL.val(table.schema()), DSL.val(table.name()));
        return dead instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
