package org.jooqoutbox.bench.steadystate;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.SQLDialect;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * Writes messages at a pace, a batch in a transaction, and wakes the worker of this process up. A transaction that fails is not tried again: the
 * next one is.
 */
final class LoadProducer implements Runnable {

    static final MessageKind<String> KIND = MessageKind.json("steady.event");

    private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;

    private final Configuration configuration;
    private final JooqOutboxRepository outbox;
    private final Pace pace;
    private final Payloads payloads;
    private final Tally tally;
    private final Troubles troubles = new Troubles("writing messages");
    private volatile boolean stopped;

    LoadProducer(DataSource dataSource, JooqOutboxRepository outbox, Pace pace, Payloads payloads, Tally tally) {
        this.configuration = new DefaultConfiguration().set(SQLDialect.POSTGRES).set(dataSource);
        configuration.setAppending(JooqOutboxRepository.wakeUpAfterCommit());
        this.outbox = outbox;
        this.pace = pace;
        this.payloads = payloads;
        this.tally = tally;
    }

    /** Begins no more transactions. The thread has to be interrupted besides. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                write(pace.next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(int messages) throws InterruptedException {
        List<MessageDraft> drafts = Stream.generate(() -> KIND.draft(payloads.next()))
                .limit(messages)
                .toList();
        try {
            configuration.dsl().transaction(trx -> outbox.enqueue(trx, drafts));
            tally.enqueued(messages);
            troubles.succeeded();
        } catch (RuntimeException e) {
            if (!stopped) {
                troubles.failed(e);
                TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MILLIS);
            }
        }
    }
}
