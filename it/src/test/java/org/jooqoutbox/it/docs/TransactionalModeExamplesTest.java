package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.val;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jooq.Configuration;
import org.jooq.exception.DataAccessException;
import org.jooqoutbox.Handler;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jackson.JacksonCodec;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The samples of docs/transactional-mode.md, between the markers. */
class TransactionalModeExamplesTest {

    record InvoiceIssued(int id, BigDecimal total) {}

    private static final MessageKind<InvoiceIssued> INVOICE_ISSUED =
            MessageKind.of("invoice.issued", JacksonCodec.of(new ObjectMapper(), InvoiceIssued.class));
    private static final MessageKind<InvoiceIssued> INVOICE_BOOKED =
            MessageKind.of("invoice.booked", JacksonCodec.of(new ObjectMapper(), InvoiceIssued.class));
    private static final TestOutbox OUTBOXES = TestOutbox.create("bookkeeping");
    private static final InvoiceIssued SEVEN = new InvoiceIssued(7, new BigDecimal("12.50"));

    private final JooqOutboxRepository outbox = OUTBOXES.repository();
    private final CompletableFuture<InvoiceIssued> sent = new CompletableFuture<>();
    private final Mailer mailer = sent::complete;

    @BeforeEach
    void issue() {
        OUTBOXES.clear();
        OUTBOXES.dsl().execute("delete from {0}", OUTBOXES.business());
        outbox.enqueueInOwnTransaction(List.of(INVOICE_ISSUED.draft(SEVEN)));
    }

    @Test
    void booking_asInThePage_isThereOnceAndItsFollowUpIsDelivered() throws Exception {
        // sample: transactional
        try (Worker worker = Worker.builder(outbox)
                .handleInTransaction(
                        INVOICE_ISSUED,
                        (trx, issued, message) -> {
                            book(trx, issued);
                            outbox.enqueue(trx, INVOICE_BOOKED.draft(issued));
                        },
                        KindOptions.defaults().concurrency(4).deadline(Duration.ofSeconds(2)))
                .handle(INVOICE_BOOKED, (booked, message) -> mailer.send(booked))
                .build()) {
            worker.start();
            waitForShutdown();
        }
        // end

        assertThat(sent).isCompletedWithValue(SEVEN);
        assertThat(bookings()).containsExactly("7 for 12.50");
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @Test
    void part_thatMayFail_asInThePage_isUndoneAlone() {
        OUTBOXES.dsl().execute("insert into {0} values (1, 'totals')", OUTBOXES.business());

        // sample: savepoint
        Handler.InTransaction<Configuration, InvoiceIssued> booking = (trx, issued, message) -> {
            try {
                trx.dsl().transaction(nested -> openTotals(nested)); // a savepoint
            } catch (DataAccessException e) {
                // somebody opened them before: only the nested transaction is rolled back
            }
            book(trx, issued);
        };
        // end

        Drainer.Result result = Drainer.builder(outbox)
                .handleInTransaction(INVOICE_ISSUED, booking)
                .build()
                .drain();

        assertThat(result.delivered()).isEqualTo(1);
        assertThat(bookings()).containsExactly("totals", "7 for 12.50");
        assertThat(OUTBOXES.mapped().fetchCount(OUTBOX)).isZero();
    }

    private void waitForShutdown() throws Exception {
        sent.get(30, TimeUnit.SECONDS);
    }

    private static void openTotals(Configuration trx) {
        trx.dsl().execute("insert into {0} values (1, 'totals')", OUTBOXES.business());
    }

    private static void book(Configuration trx, InvoiceIssued issued) {
        trx.dsl()
                .execute(
                        "insert into {0} values ({1}, {2})",
                        OUTBOXES.business(), val(issued.id()), val(issued.id() + " for " + issued.total()));
    }

    private static List<String> bookings() {
        return OUTBOXES.dsl()
                .resultQuery("select note from {0} order by id", OUTBOXES.business())
                .fetch(0, String.class);
    }

    interface Mailer {
        void send(InvoiceIssued booked);
    }
}
