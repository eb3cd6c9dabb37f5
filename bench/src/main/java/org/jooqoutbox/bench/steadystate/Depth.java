package org.jooqoutbox.bench.steadystate;

import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.OffsetDateTime;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.schema.OutboxTable;

/**
 * How many messages are due and not claimed, counted to the last one. That takes the longer the more there are, so it is done on a thread of its
 * own, never twice at the same time, and not so often that it would be a load itself.
 */
final class Depth {

    private static final int LIMIT_SECONDS = 30;
    private static final int PAUSE_PER_COUNT = 4;
    private static final Condition UNCLAIMED = field(name("kind"), String.class)
            .eq(LoadProducer.KIND.name())
            .and(field(name("status"), String.class).eq("pending"))
            .and(field(name("retry_at"), OffsetDateTime.class).le(currentOffsetDateTime()));

    private final DSLContext dsl;
    private final OutboxTable outbox;
    private final Troubles troubles = new Troubles("counting messages");
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile long notBefore = System.nanoTime();

    Depth(DataSource dataSource, OutboxTable outbox) {
        this.dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        this.outbox = outbox;
    }

    /** Tells how many there are now, when it knows; none if it cannot be said, or should not be counted again so soon. */
    void now(Consumer<OptionalInt> answer) {
        if (System.nanoTime() - notBefore >= 0 && underWay.compareAndSet(false, true)) {
            Daemon.start("depth", () -> answer.accept(counted()));
        } else {
            answer.accept(OptionalInt.empty());
        }
    }

    private OptionalInt counted() {
        try {
            long begin = System.nanoTime();
            int count = count();
            long end = System.nanoTime();
            notBefore = end + PAUSE_PER_COUNT * (end - begin);
            troubles.succeeded();
            return OptionalInt.of(count);
        } catch (RuntimeException e) {
            troubles.failed(e);
            return OptionalInt.empty();
        } finally {
            underWay.set(false);
        }
    }

    private int count() {
        return dsl.selectCount()
                .from(table(name(outbox.schema(), outbox.name())))
                .where(UNCLAIMED)
                .queryTimeout(LIMIT_SECONDS)
                .fetchSingle()
                .value1();
    }
}
