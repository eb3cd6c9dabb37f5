package org.jooqoutbox.it.crash;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * A producer process. In each transaction it writes what it intends, as a business would, and a message; every seventh it rolls back. It says
 * COMMITTED after each commit, and ends when it is told to stop.
 */
final class ProducerMain {

    private static final int ROLLED_BACK_OUT_OF = 7;
    private static final long PAUSE_MILLIS = 5;

    private final JooqOutboxRepository outbox;
    private final DSLContext dsl;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Random random = new Random();

    private ProducerMain(HikariDataSource pool, Place place) {
        this.outbox = JooqOutboxRepository.forEnqueue(place.table());
        this.dsl = DSL.using(pool, SQLDialect.POSTGRES);
    }

    public static void main(String[] args) throws InterruptedException {
        Place place = Place.ofThisProcess();
        try (HikariDataSource pool = place.pool(System.getProperty("test.name"), 2)) {
            ProducerMain producer = new ProducerMain(pool, place);
            TestTalk.obey(command -> producer.stop.countDown());
            while (!producer.stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                producer.produce();
            }
            TestTalk.tell("STOPPED");
        }
    }

    private void produce() {
        UUID id = UUID.randomUUID();
        try {
            dsl.transaction(trx -> {
                trx.dsl().execute("insert into intents (id) values (?)", id);
                outbox.enqueue(trx, Behaviour.DELIVER.draft(id));
                if (random.nextInt(ROLLED_BACK_OUT_OF) == 0) {
                    throw new ChangedMind();
                }
            });
            TestTalk.tell("COMMITTED " + id);
        } catch (ChangedMind e) {
            TestTalk.tell("ROLLED_BACK " + id);
        }
    }

    private static final class ChangedMind extends RuntimeException {}
}
