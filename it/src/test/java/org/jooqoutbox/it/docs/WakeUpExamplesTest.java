package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;

/** The samples on wake-ups, between the markers. */
class WakeUpExamplesTest {

    private final TestOutbox outboxes =
            TestOutbox.create("woken"); // each test its own: a late notification wakes all of a table
    private static final MessageKind<String> MAIL = MessageKind.json("mail");

    private final DataSource dataSource = Postgres.dataSource();
    private final DataSource pool = dataSource;
    private final DataSource pastThePooler = dataSource;
    private final OutboxTable table = outboxes.table();
    private final Semaphore calls = new Semaphore(0);

    @Test
    void listener_registeredAsInThePage_wakesAfterTheCommit() {
        JooqOutboxRepository outbox = JooqOutboxRepository.forEnqueue(table);
        Subscription subscription = outboxes.repository().onWakeUp(calls::release);

        // sample: wake_up_register
        Configuration configuration = new DefaultConfiguration()
                .set(new DataSourceConnectionProvider(dataSource))
                .set(SQLDialect.POSTGRES)
                .setAppending(JooqOutboxRepository.wakeUpAfterCommit());
        // end

        DSLContext dsl = DSL.using(configuration);
        dsl.transaction(trx -> {
            outbox.enqueue(trx, MAIL.draft("1"));
        });
        assertThat(calls.drainPermits()).isEqualTo(1);

        // sample: wake_up_by_hand
        outbox.wakeUp();
        // end

        subscription.close();
        assertThat(calls.availablePermits()).isEqualTo(1);
    }

    @Test
    void notifications_asInThePage_reachThoseWhoListen() throws Exception {
        // sample: wake_up_notifications
        JooqOutboxRepository outbox = JooqOutboxRepository.builder(table)
                .dataSource(dataSource)
                .notifications()
                .build();
        // end
        awaitNotification(outbox);
    }

    @Test
    void notificationsPastThePooler_asInThePage_reachThoseWhoListen() throws Exception {
        // sample: wake_up_pooler
        JooqOutboxRepository outbox = JooqOutboxRepository.builder(table)
                .dataSource(pool)
                .notifications()
                .listenThrough(pastThePooler)
                .build();
        // end
        awaitNotification(outbox);
    }

    @Test
    void producer_asInThePage_canNotify() {
        // sample: wake_up_producer
        JooqOutboxRepository outbox =
                JooqOutboxRepository.builder(table).notifyThrough(dataSource).build();
        // end
        Subscription subscription = outbox.onWakeUp(calls::release);
        outbox.wakeUp();
        subscription.close();
        assertThat(calls.availablePermits()).isEqualTo(1);
    }

    private void awaitNotification(JooqOutboxRepository outbox) throws InterruptedException {
        Subscription subscription = outbox.onWakeUp(calls::release);
        assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        outboxes.dsl().execute("select pg_notify({0}, '')", DSL.val(table.notificationChannel()));
        assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        subscription.close();
    }
}
