package org.jooqoutbox.it.wakeup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What wakes up subscribers besides transactions of the caller's, and what subscribers may be like. */
@Tag("conformance")
class WakeUpTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("wakeup_calls");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final JooqOutboxRepository outbox = OUTBOX.repository();
    private final Calls calls = new Calls();
    private final Subscription subscription = outbox.onWakeUp(calls);

    @BeforeEach
    void empty() {
        OUTBOX.clear();
    }

    @AfterEach
    void close() {
        subscription.close();
    }

    @Test
    void wakeUp_throughAnyRepositoryForTheTable_callsOnce() {
        JooqOutboxRepository.forEnqueue(OUTBOX.table()).wakeUp();
        assertThat(calls.count()).isEqualTo(1);
    }

    @Test
    void enqueueInOwnTransaction_thatWritesSomething_wakes() {
        outbox.enqueueInOwnTransaction(List.of());
        assertThat(calls.count()).isZero();
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
        assertThat(calls.count()).isEqualTo(1);
    }

    @Test
    void replay_thatReplaysSomething_wakes() {
        Message message = claimed();
        int before = calls.count();
        outbox.replay(DeadLetterQuery.all());
        assertThat(calls.count()).isEqualTo(before);
        outbox.markDead(message, "error");
        outbox.replay(DeadLetterQuery.all());
        assertThat(calls.count()).isEqualTo(before + 1);
        outbox.markDead(claim(), "error");
        outbox.replay(DeadLetterQuery.all(), 1);
        assertThat(calls.count()).isEqualTo(before + 2);
    }

    @Test
    void interventions_thatChangeSomething_wake() {
        Message message = claimed();
        int before = calls.count();
        outbox.retryNow(List.of(message.id()));
        outbox.giveUp(List.of(message.id()), "held");
        assertThat(calls.count()).isEqualTo(before);
        outbox.release(message);
        outbox.retryNow(List.of(message.id()));
        assertThat(calls.count()).isEqualTo(before + 1);
        outbox.giveUp(List.of(message.id()), "given up");
        assertThat(calls.count()).isEqualTo(before + 2);
    }

    @Test
    void messageOfTransactionalDelivery_committed_wakes() throws Exception {
        Message message = claimed();
        int before = calls.count();
        Settlement.Verdict verdict = outbox.deliverInTransaction(message, IDLE, trx -> {
            trx.dsl().transaction(nested -> {
                outbox.enqueue(nested, KIND.draft("2"));
            });
            assertThat(calls.count()).isEqualTo(before);
        });
        assertThat(verdict).isEqualTo(Settlement.Verdict.APPLIED);
        assertThat(calls.count()).isEqualTo(before + 1);
    }

    @Test
    void messageOfTransactionalDelivery_withTheListenerRegisteredToo_wakesOnce() throws Exception {
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration().set(JooqOutboxRepository.wakeUpAfterCommit());
        Message message = claimed();
        int before = calls.count();
        JooqOutboxRepository.of(dsl, OUTBOX.table())
                .deliverInTransaction(message, IDLE, trx -> outbox.enqueue(trx, KIND.draft("2")));
        assertThat(calls.count()).isEqualTo(before + 1);
    }

    @Test
    void messageOfTransactionalDelivery_rolledBack_wakesNobody() {
        Message message = claimed();
        int before = calls.count();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    outbox.enqueue(trx, KIND.draft("2"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(calls.count()).isEqualTo(before);
    }

    // The commit is refused: the transaction failed, and nobody said so.
    @Test
    void messageOfTransactionalDelivery_commitRefused_wakesNobody() {
        Message message = claimed();
        int before = calls.count();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    outbox.enqueue(trx, KIND.draft("2"));
                    assertThatThrownBy(() -> trx.dsl().execute("select 1 / 0")).isInstanceOf(RuntimeException.class);
                }))
                .hasMessageContaining("was not delivered");
        assertThat(calls.count()).isEqualTo(before);
    }

    @Test
    void subscriberThatThrows_harmsNeitherCallerNorOtherSubscribers() {
        Calls last = new Calls();
        List<Subscription> subscriptions = List.of(
                outbox.onWakeUp(() -> {
                    throw new IllegalStateException("subscriber");
                }),
                outbox.onWakeUp(() -> {
                    throw new AssertionError("subscriber");
                }),
                outbox.onWakeUp(last));
        outbox.wakeUp();
        subscriptions.forEach(Subscription::close);
        assertThat(calls.count()).isEqualTo(1);
        assertThat(last.count()).isEqualTo(1);
    }

    @Test
    void subscriptions_ofTheSameRunnable_endOneByOne() {
        Subscription second = outbox.onWakeUp(calls);
        outbox.wakeUp();
        assertThat(calls.count()).isEqualTo(2);
        second.close();
        second.close();
        outbox.wakeUp();
        assertThat(calls.count()).isEqualTo(3);
        subscription.close();
        outbox.wakeUp();
        assertThat(calls.count()).isEqualTo(3);
    }

    @Test
    void subscriber_thatClosesAndSubscribes_mayDoSo() {
        Subscription[] own = new Subscription[1];
        Calls later = new Calls();
        own[0] = outbox.onWakeUp(() -> {
            own[0].close();
            own[0] = outbox.onWakeUp(later);
        });
        outbox.wakeUp();
        outbox.wakeUp();
        own[0].close();
        assertThat(later.count()).isEqualTo(1);
    }

    private Message claimed() {
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
        return claim();
    }

    private Message claim() {
        return outbox.claim(1).get(0);
    }
}
