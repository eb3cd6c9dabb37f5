package org.jooqoutbox.it.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.jooq.JooqOutboxes;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the sequences of idle outboxes do not tell. */
@Timeout(180)
class LateCommitTest {

    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private final DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
    private final Told told = new Told();

    // F30: the sequence was advanced long before, and the worker has looked in vain.
    @Test
    void message_committedAfterTheWorkerLookedForIt_isFoundByASweep() throws Exception {
        Tenants tenants = Tenants.plain(3);
        OutboxTable table = tenants.table(1);
        try (HikariDataSource pool = Pools.pool(true, 6);
                Worker worker = worker(JooqOutboxes.ofSchemas(pool, tenants.like()))) {
            worker.start();
            told.await("start", () -> told.wasAdded(table));
            dsl.transaction(trx -> {
                JooqOutboxes.ofSchemas(pool, tenants.like()).outbox(table).enqueue(trx, KIND.draft("1"));
                told.await("a claim in vain", () -> told.claims(table) > 0);
                assertThat(told.delivered(table)).isZero();
            });
            told.await("delivery", () -> told.delivered(table) == 1);
            assertThat(told.failures(table)).isEmpty();
        }
    }

    // Nothing is inserted: no sequence is advanced.
    @Test
    void message_madeDueByHand_isFoundByASweep() throws Exception {
        Tenants tenants = Tenants.plain(3);
        OutboxTable table = tenants.table(2);
        try (HikariDataSource pool = Pools.pool(true, 6)) {
            JooqOutboxes outboxes = JooqOutboxes.ofSchemas(pool, tenants.like());
            dsl.transaction(
                    trx -> outboxes.outbox(table).enqueue(trx, KIND.draft("1").withDelay(Duration.ofDays(1))));
            try (Worker worker = worker(outboxes)) {
                worker.start();
                told.await("start", () -> told.wasAdded(table));
                dsl.execute("update {0} set retry_at = now() - interval '1 hour'", DSL.name(table.schema(), "outbox"));
                told.await("delivery", () -> told.delivered(table) == 1);
            }
        }
    }

    private Worker worker(JooqOutboxes outboxes) {
        return Worker.builder(outboxes)
                .handle(KIND, (payload, message) -> {})
                .longestPoll(Duration.ofMillis(200))
                .sweepEvery(Duration.ofMillis(500))
                .listener(told)
                .build();
    }
}
