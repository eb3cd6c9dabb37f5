package org.jooqoutbox.bench;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.impl.DefaultConfiguration;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/** Writes messages as applications do: with a business row, in one transaction. For one thread at a time. */
final class Producer {

    /** What all messages are here; a payload of some 220 bytes. */
    static final MessageKind<String> KIND = MessageKind.json("bench.event");

    static final String PAYLOAD = "{\"text\":\"" + "x".repeat(200) + "\"}";

    private final Configuration configuration;
    private final CommitTime commitTime = new CommitTime();

    /** Notes when the commit came back, before anybody is woken up: it is registered first. */
    private static final class CommitTime implements TransactionListener {

        private long micros;

        @Override
        public void commitEnd(TransactionContext context) {
            micros = Clock.micros();
        }
    }

    /**
     * A producer.
     *
     * @param wakesUp whether dispatchers are told after the commit
     */
    Producer(DataSource dataSource, boolean wakesUp) {
        configuration = new DefaultConfiguration().set(SQLDialect.POSTGRES).set(dataSource);
        configuration.setAppending(commitTime);
        if (wakesUp) {
            configuration.setAppending(JooqOutboxRepository.wakeUpAfterCommit());
        }
    }

    /** A draft that can be told from others. */
    static MessageDraft draft(UUID id) {
        return KIND.draft(PAYLOAD).withId(id);
    }

    /** Commits a message alone, and returns when that was, in microseconds since 1970. */
    long send(JooqOutboxRepository outbox, MessageDraft draft) {
        configuration.dsl().transaction(trx -> outbox.enqueue(trx, draft));
        return commitTime.micros;
    }

    /** Commits a message with a business row. */
    void book(JooqOutboxRepository outbox, MessageDraft draft) {
        configuration.dsl().transaction(trx -> {
            trx.dsl()
                    .insertInto(table(name(outbox.table().schema(), "business")))
                    .columns(field(name("id"), UUID.class), field(name("note"), String.class))
                    .values(UUID.randomUUID(), "a booking")
                    .execute();
            outbox.enqueue(trx, draft);
        });
    }
}
