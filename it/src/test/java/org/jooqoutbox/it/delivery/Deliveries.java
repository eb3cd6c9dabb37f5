package org.jooqoutbox.it.delivery;

import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jooq.Configuration;
import org.jooq.impl.DSL;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.it.support.TestOutbox;

/** What the tests of deliveries begin with, do, and look for. */
final class Deliveries {

    static final Duration IDLE = Duration.ofSeconds(30);

    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final TestOutbox outbox;

    Deliveries(TestOutbox outbox) {
        this.outbox = outbox;
    }

    void clear() {
        outbox.clear();
        outbox.dsl().execute("delete from {0}", outbox.business());
    }

    /** A message that was enqueued and claimed. */
    Message claimed() {
        return claimed(ClaimRequest.DEFAULT_LEASE);
    }

    Message claimed(Duration lease) {
        outbox.repository().enqueueInOwnTransaction(List.of(KIND.draft("1")));
        return outbox.repository()
                .claim(ClaimRequest.of(1).lease(lease))
                .messages()
                .get(0);
    }

    /** The effect of a delivery: a row in the business table. */
    void effect(Configuration trx) {
        effect(trx, 1);
    }

    void effect(Configuration trx, int id) {
        trx.dsl().execute("insert into {0} values ({1}, 'delivered')", outbox.business(), DSL.val(id));
    }

    /** How many effects anybody can see. */
    int effects() {
        return outbox.dsl().fetchCount(DSL.table(outbox.business()));
    }

    boolean isThere(Message message) {
        return outbox.mapped().fetchExists(OUTBOX, OUTBOX.ID.eq(message.id()));
    }

    /** The server process behind a transaction. */
    static int backend(Configuration trx) {
        return trx.dsl().fetchSingle("select pg_backend_pid()").get(0, Integer.class);
    }

    boolean isAlive(int backend) {
        return outbox.dsl()
                .fetchExists(
                        DSL.table("pg_stat_activity"),
                        DSL.field("pid", Integer.class).eq(backend));
    }

    /** Asks again and again until it is so; each question is a round trip to the server. */
    static void until(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > BOUND.toNanos()) {
                throw new AssertionError("not so within " + BOUND);
            }
        }
    }
}
