package org.jooqoutbox.it.crash;

import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Message;

/**
 * A consumer whose effects are there exactly once although messages are delivered at least once: the id of the message and the effect are
 * written in one transaction, and the id is unique. It also writes down every delivery, as it came.
 */
final class Inbox {

    private final DSLContext dsl;
    private final String worker;

    Inbox(DataSource dataSource, String worker) {
        this.dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        this.worker = worker;
    }

    /** Writes down that the message was handed out, in a transaction of its own. */
    void received(Message message) {
        dsl.execute(
                "insert into deliveries (id, attempt, worker, kind, headers, payload) values (?, ?, ?, ?, ?, ?)",
                message.id(),
                message.attempts(),
                worker,
                message.kind(),
                message.headers().toString(),
                message.payload());
    }

    /**
     * Has the effect of the message, unless it was had before. In one statement: a consumer that is frozen between two would keep the row of
     * the inbox locked, and with it the message from everybody else.
     */
    void consume(Message message) {
        dsl.execute(
                "with fresh as (insert into inbox (id) values (?) on conflict do nothing returning id)"
                        + " insert into effects (id) select id from fresh",
                message.id());
    }
}
