package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.jackson.JacksonCodec;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;

/** The README's samples, between the markers, in a program that does something. */
class ReadmeExamplesTest {

    private final DataSource dataSource = Postgres.dataSource();
    private final DSLContext dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
    private final CompletableFuture<InvoiceIssued> sent = new CompletableFuture<>();
    private final Mailer mailer = sent::complete;

    // sample: kind
    record InvoiceIssued(long id, BigDecimal total) {}

    static final MessageKind<InvoiceIssued> INVOICE_ISSUED =
            MessageKind.of("invoice.issued", JacksonCodec.of(new ObjectMapper(), InvoiceIssued.class));
    // end

    @Test
    void threeSteps_asInTheReadme_deliverTheMessage() throws Exception {
        // sample: install
        OutboxTable table = OutboxTable.of("accounting.outbox");
        OutboxSchema.install(dataSource, table);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(dataSource, table);
        // end
        dsl.execute("create table accounting.invoice (id bigserial primary key, total numeric)");

        Order order = new Order(new BigDecimal("12.50"));
        // sample: enqueue
        Invoice invoice = dsl.transactionResult(trx -> {
            Invoice issued = insertInvoice(trx, order);
            outbox.enqueue(trx, INVOICE_ISSUED.draft(new InvoiceIssued(issued.id(), issued.total())));
            return issued;
        });
        // end

        // sample: dispatch
        try (Worker worker = Worker.builder(outbox)
                .handle(INVOICE_ISSUED, (issued, message) -> mailer.send(issued))
                .retry(RetryPolicy.exponential(Duration.ofSeconds(5)).maxFailures(10))
                .build()) {
            worker.start();
            waitForShutdown();
        }
        // end

        assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(new InvoiceIssued(invoice.id(), invoice.total()));
    }

    @Test
    void capturedContext_asInTheReadme_isRefused() {
        OutboxTable table = OutboxTable.of("captured", "outbox");
        OutboxSchema.install(dataSource, table);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(dataSource, table);
        InvoiceIssued event = new InvoiceIssued(1, BigDecimal.ONE);
        assertThatThrownBy(
                        () ->
                                // sample: captured
                                dsl.transaction(trx -> {
                                    outbox.enqueue(dsl, INVOICE_ISSUED.draft(event)); // refused: dsl is not trx
                                })
                        // end
                        )
                .hasMessageContaining("Pass the Configuration that your transaction's lambda received");
    }

    @Test
    void drainAndReplay_asInTheReadme_work() {
        OutboxTable table = OutboxTable.of("nightly", "outbox");
        OutboxSchema.install(dataSource, table);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(dataSource, table);
        outbox.enqueueInOwnTransaction(List.of(INVOICE_ISSUED.draft(new InvoiceIssued(7, BigDecimal.ONE))));
        outbox.markDead(outbox.claim(1).get(0), "the printer was out of paper");

        // sample: replay
        DeadLetterQuery query =
                DeadLetterQuery.all().errorContaining("out of paper").limit(1_000);
        outbox.countDeadLetters(query).forEach(System.out::println); // by kind, status and error
        outbox.deadLetters(query).forEach(letter -> System.out.println(letter + ": " + letter.lastError()));
        DeadLetter.Replay replay = outbox.replay(query, 50); // due one after the other, 50 a second
        // end
        assertThat(replay.replayed()).hasSize(1);

        // sample: drain
        Drainer drainer = Drainer.builder(outbox)
                .handle(INVOICE_ISSUED, (issued, message) -> mailer.send(issued))
                .build();
        Drainer.Result result = drainer.drain();
        // end
        assertThat(result.delivered()).isEqualTo(1);
        assertThat(sent).isCompletedWithValue(new InvoiceIssued(7, BigDecimal.ONE));
    }

    @Test
    void outcome_asInTheReadme_postponesAndCountsNothing() throws Exception {
        OutboxTable table = OutboxTable.of("printing", "outbox");
        OutboxSchema.install(dataSource, table);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(dataSource, table);
        outbox.enqueueInOwnTransaction(List.of(INVOICE_ISSUED.draft(new InvoiceIssued(7, BigDecimal.ONE))));
        ClosedPrinter printer = new ClosedPrinter();

        // sample: outcome
        Worker worker = Worker.builder(outbox)
                .handleWithOutcome(
                        INVOICE_ISSUED,
                        (issued, message) -> printer.isOpen()
                                ? printer.print(issued)
                                : Outcome.postpone(Duration.ofMinutes(10), "the printer is closed"),
                        KindOptions.defaults().concurrency(2).rate(50, Duration.ofSeconds(1)))
                .build();
        // end

        worker.start();
        assertThat(printer.asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.stop().postponed()).isEqualTo(1);
        assertThat(printer.printed).isEmpty();
        OutboxRecord row = outbox.dsl(dsl.configuration()).fetchSingle(OUTBOX);
        assertThat(row.getFailures()).isZero();
        assertThat(row.getLastError()).isEqualTo("the printer is closed");
    }

    @Test
    void tenants_asInTheReadme_shareTheClasses() {
        // sample: tenants
        JooqOutboxRepository workspace = JooqOutboxRepository.of(dataSource, OutboxTable.of("workspace.outbox"));
        JooqOutboxRepository tenant = JooqOutboxRepository.of(dataSource, OutboxTable.of("tenant_4711.outbox"));
        // end
        OutboxSchema.install(dataSource, workspace.table());
        OutboxSchema.install(dataSource, tenant.table());
        workspace.enqueueInOwnTransaction(List.of(INVOICE_ISSUED.draft(new InvoiceIssued(1, BigDecimal.ONE))));
        Configuration configuration = dsl.configuration();

        // sample: reuse
        int waiting = workspace.dsl(configuration).fetchCount(OUTBOX, OUTBOX.STATUS.eq("pending"));
        // end
        assertThat(waiting).isEqualTo(1);
        assertThat(tenant.dsl(configuration).fetchCount(OUTBOX)).isZero();
    }

    private void waitForShutdown() throws Exception {
        sent.get(30, TimeUnit.SECONDS);
    }

    private static Invoice insertInvoice(Configuration trx, Order order) {
        long id = trx.dsl()
                .resultQuery("insert into accounting.invoice (total) values ({0}) returning id", DSL.val(order.total()))
                .fetchSingle(0, long.class);
        return new Invoice(id, order.total());
    }

    record Order(BigDecimal total) {}

    record Invoice(long id, BigDecimal total) {}

    private static final class ClosedPrinter {

        private final CountDownLatch asked = new CountDownLatch(1);
        private final Queue<InvoiceIssued> printed = new ConcurrentLinkedQueue<>();

        boolean isOpen() {
            asked.countDown();
            return false;
        }

        Outcome print(InvoiceIssued issued) {
            printed.add(issued);
            return Outcome.done();
        }
    }

    interface Mailer {
        void send(InvoiceIssued issued);
    }
}
