package org.jooqoutbox.it.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/** How many pages PostgreSQL touches for an operation, by its own count. Nothing is changed. */
public final class PagesRead {

    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

    private PagesRead() {}

    /** The pages for the one statement that the operation sends. It is caught, not executed, then explained and rolled back. */
    public static long of(TestOutbox outbox, Consumer<JooqOutboxRepository> operation) {
        return of(outbox, statementOf(outbox, operation));
    }

    /** The pages for a statement whose values are in its text. It is explained and rolled back. */
    public static long of(TestOutbox outbox, String sql) {
        AtomicLong pages = new AtomicLong();
        assertThatThrownBy(() -> outbox.dsl().transaction(trx -> {
                    pages.set(pagesOf(trx.dsl()
                            .fetch("explain (analyze, buffers, costs off) " + sql)
                            .formatCSV()));
                    throw new IllegalStateException("only explained");
                }))
                .hasMessage("only explained");
        return pages.get();
    }

    private static String statementOf(TestOutbox outbox, Consumer<JooqOutboxRepository> operation) {
        AtomicReference<String> sql = new AtomicReference<>("");
        DSLContext watched = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        watched.configuration().set(ExecuteListener.onExecuteStart(context -> {
            if (context.sql().contains(outbox.table().quoted())) {
                sql.set(context.dsl().renderInlined(context.query()));
                throw new IllegalStateException("only caught");
            }
        }));
        assertThatThrownBy(() -> operation.accept(JooqOutboxRepository.of(watched, outbox.table())))
                .hasMessage("only caught");
        return Objects.requireNonNull(sql.get());
    }

    /** The first line about buffers is that of the whole statement. */
    private static long pagesOf(String plan) {
        Matcher total = BUFFERS.matcher(plan);
        assertThat(total.find()).as(plan).isTrue();
        return Stream.of(total.group(1), total.group(2))
                .filter(Objects::nonNull)
                .mapToLong(Long::parseLong)
                .sum();
    }
}
