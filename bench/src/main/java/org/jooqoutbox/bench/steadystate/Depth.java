package org.jooqoutbox.bench.steadystate;

import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * How many messages are due and not claimed, counted to the last one. That takes the longer the more there are, so it has a thread of its own and
 * is never under way twice. For one thread.
 */
final class Depth {

    private static final int LIMIT_SECONDS = 30;
    private static final Condition UNCLAIMED = field(name("kind"), String.class)
            .eq(LoadProducer.KIND.name())
            .and(field(name("status"), String.class).eq("pending"))
            .and(field(name("retry_at"), OffsetDateTime.class).le(currentOffsetDateTime()));

    private final DSLContext dsl;
    private final OutboxTable outbox;
    private final Troubles troubles = new Troubles("counting messages");
    private @Nullable FutureTask<Integer> count;

    Depth(DataSource dataSource, OutboxTable outbox) {
        this.dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        this.outbox = outbox;
    }

    /** As it is now; empty if that cannot be said so soon. */
    OptionalInt now(Duration patience) throws InterruptedException {
        if (count != null && !count.isDone()) {
            return OptionalInt.empty();
        }
        FutureTask<Integer> asked = new FutureTask<>(this::count);
        count = asked;
        Daemon.start("depth", asked);
        return answer(asked, patience);
    }

    private OptionalInt answer(FutureTask<Integer> asked, Duration patience) throws InterruptedException {
        try {
            int depth = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            troubles.succeeded();
            return OptionalInt.of(depth);
        } catch (TimeoutException e) {
            return OptionalInt.empty();
        } catch (ExecutionException e) {
            troubles.failed(e.getCause() == null ? e : e.getCause());
            return OptionalInt.empty();
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
