package org.jooqoutbox.it.crash;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * A message whose handler has an effect and enqueues a second message, in the transaction that removes the first one. The handler of the second
 * has an effect, too. Nothing but the transactions keeps effects from being there twice.
 */
final class Chain implements AutoCloseable {

    static final Duration IDLE = Duration.ofSeconds(30);

    private static final MessageKind<String> FIRST = MessageKind.json("first");
    private static final MessageKind<String> SECOND = MessageKind.json("second");

    private final HikariDataSource pool; // of the test itself: a new connection costs as much as ten statements
    private final DSLContext dsl;
    private final JooqOutboxRepository outbox;

    Chain(Lab lab) {
        pool = lab.place().pool("healer", 2);
        dsl = DSL.using(pool, SQLDialect.POSTGRES);
        outbox = JooqOutboxRepository.of(pool, lab.place().table());
        dsl.execute("create table links (chain uuid not null, kind text not null)");
    }

    /** Enqueues the first message of a new chain, and returns what both messages tell in their payloads. */
    UUID begin(Behaviour behaviour) {
        UUID chain = UUID.randomUUID();
        outbox.enqueueInOwnTransaction(
                List.of(FIRST.draft("\"" + chain + "\"").withId(chain).withHeader(Behaviour.HEADER, behaviour.name())));
        return chain;
    }

    /** Builds a drainer of first messages only. */
    static Drainer.Builder<Configuration> drainerOfFirst(OutboxRepository<Configuration> outbox) {
        return Drainer.builder(outbox)
                .handleInTransaction(FIRST, (trx, payload, message) -> {
                    effect(trx, payload, message);
                    outbox.enqueue(trx, SECOND.draft(payload));
                    Behaviour.of(message).perform(new CountDownLatch(0));
                })
                .concurrency(1)
                .shortestPoll(Duration.ofMillis(1))
                .longestPoll(Duration.ofMillis(20));
    }

    private static void effect(Configuration trx, String payload, Message message) {
        trx.dsl()
                .execute(
                        "insert into links (chain, kind) values ((?::jsonb #>> '{}')::uuid, ?)",
                        payload,
                        message.kind());
    }

    /** Ends all leases, once the server has noticed that this writer is gone and has rolled back what it had begun. */
    void endLeasesAfter(String writer) throws InterruptedException {
        Patience.until(
                writer + " is gone",
                () -> count("select count(*) from pg_stat_activity where application_name = ?", writer) == 0);
        dsl.execute("update outbox set retry_at = now() where status = 'pending'");
    }

    /** Delivers all that is pending. */
    void heal() throws InterruptedException {
        Drainer healthy = drainerOfFirst(outbox)
                .handleInTransaction(SECOND, (trx, payload, message) -> effect(trx, payload, message))
                .build();
        Patience.until("what is left is delivered", () -> {
            healthy.drain();
            return count("select count(*) from outbox where status = 'pending'") == 0;
        });
    }

    /** What is wrong with this chain, which was to be delivered. */
    List<String> faultsOf(UUID chain) {
        List<String> faults = new ArrayList<>();
        for (MessageKind<String> kind : List.of(FIRST, SECOND)) {
            int effects = effects(chain, kind.name());
            if (effects != 1) {
                faults.add((effects == 0 ? "lost: " : "repeated: ") + kind + " " + effects + " times");
            }
        }
        return faults;
    }

    /** How many effects this chain has had. */
    int effectsOf(UUID chain) {
        return effects(chain, FIRST.name()) + effects(chain, SECOND.name());
    }

    private int effects(UUID chain, String kind) {
        return count("select count(*) from links where chain = ? and kind = ?", chain, kind);
    }

    private int count(String sql, Object... values) {
        return dsl.fetchSingle(sql, values).into(int.class);
    }

    @Override
    public void close() {
        pool.close();
    }
}
