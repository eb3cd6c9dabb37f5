package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jooq.DSLContext;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jackson.JacksonCodec;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository;
import org.jooqoutbox.testing.OutboxAssert;
import org.jooqoutbox.testing.OutboxTester;
import org.junit.jupiter.api.Test;

/** The samples of docs/testing.md, between the markers, in tests that run. */
class TestingExamplesTest {

    record InvoiceIssued(long id, BigDecimal total) {}

    static final MessageKind<InvoiceIssued> INVOICE_ISSUED =
            MessageKind.of("invoice.issued", JacksonCodec.of(new ObjectMapper(), InvoiceIssued.class));

    private static final InvoiceIssued ISSUED = new InvoiceIssued(7, new BigDecimal("12.50"));

    // sample: service
    static final class Invoices<T> {

        private final OutboxRepository<T> outbox;

        Invoices(OutboxRepository<T> outbox) {
            this.outbox = outbox;
        }

        void issue(T transaction, long id, BigDecimal total) {
            if (total.signum() <= 0) {
                throw new IllegalArgumentException("nothing to pay");
            }
            outbox.enqueue(transaction, INVOICE_ISSUED.draft(new InvoiceIssued(id, total)));
        }
    }
    // end

    // sample: producer
    @Test
    void issue_invoice_enqueuesOneMessage() {
        var outbox = new InMemoryOutboxRepository();
        var invoices = new Invoices<>(outbox);

        outbox.inTransaction(tx -> invoices.issue(tx, 7, new BigDecimal("12.50")));

        OutboxAssert.assertThat(outbox)
                .pending(INVOICE_ISSUED)
                .containsExactly(new InvoiceIssued(7, new BigDecimal("12.50")));
    }

    @Test
    void issue_nothingToPay_enqueuesNothing() {
        var outbox = new InMemoryOutboxRepository();
        var invoices = new Invoices<>(outbox);

        assertThatThrownBy(() -> outbox.inTransaction(tx -> {
                    invoices.issue(tx, 7, BigDecimal.ONE);
                    invoices.issue(tx, 8, BigDecimal.ZERO);
                }))
                .hasMessage("nothing to pay");

        OutboxAssert.assertThat(outbox).hasNothingPending();
    }
    // end

    // sample: handler
    @Test
    void mail_serverDownForAMinute_isSentAfterwards() {
        var outbox = new InMemoryOutboxRepository();
        outbox.enqueueInOwnTransaction(List.of(INVOICE_ISSUED.draft(ISSUED)));
        var mailer = new FlakyMailer("server down");
        var tester = OutboxTester.of(outbox)
                .handle(
                        INVOICE_ISSUED,
                        (invoice, message) -> mailer.send(invoice),
                        RetryPolicy.exponential(Duration.ofSeconds(5)));

        var first = tester.runDue();
        assertThat(first.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.cause()).hasMessage("server down"));

        outbox.advance(Duration.ofMinutes(1));
        var second = tester.runDue();
        assertThat(second.delivered()).hasSize(1);
        assertThat(mailer.sent).containsExactly(ISSUED);
        OutboxAssert.assertThat(outbox).hasNothingPending().hasNoDeadLetters();
    }
    // end

    // sample: givenUp
    @Test
    void mail_serverDownForGood_isGivenUpAndCanBeReplayed() {
        var outbox = new InMemoryOutboxRepository();
        outbox.enqueueInOwnTransaction(List.of(INVOICE_ISSUED.draft(ISSUED)));
        var mailer = new FlakyMailer("down", "still down");
        var tester = OutboxTester.of(outbox)
                .handle(
                        INVOICE_ISSUED,
                        (invoice, message) -> mailer.send(invoice),
                        RetryPolicy.exponential(Duration.ofSeconds(5)).maxFailures(2));

        tester.runDue();
        outbox.advance(Duration.ofMinutes(1));
        assertThat(tester.runDue().deadLetters()).hasSize(1);
        OutboxAssert.assertThat(outbox)
                .deadLetters()
                .extracting(DeadLetter::kind)
                .containsExactly("invoice.issued");

        outbox.replay(outbox.deadLetters(100).stream().map(DeadLetter::id).toList());
        assertThat(tester.runDue().delivered()).hasSize(1);
    }
    // end

    @Test
    void tester_onPostgres_asOnThePage_delivers() {
        TestOutbox table = TestOutbox.create("testing_page");
        JooqOutboxRepository outbox = table.repository();
        DSLContext dsl = table.dsl();
        FlakyMailer mailer = new FlakyMailer();
        // sample: postgres
        dsl.transaction(trx -> new Invoices<>(outbox).issue(trx, 7, new BigDecimal("12.50")));

        var run = OutboxTester.of(outbox)
                .handle(INVOICE_ISSUED, (invoice, message) -> mailer.send(invoice))
                .runDue();

        assertThat(run.delivered()).hasSize(1);
        // end
        assertThat(mailer.sent).containsExactly(ISSUED);
        assertThat(outbox.claim(1)).isEmpty();
    }

    private static final class FlakyMailer {

        private final Deque<String> errors;
        private final List<InvoiceIssued> sent = new ArrayList<>();

        FlakyMailer(String... errors) {
            this.errors = new ArrayDeque<>(List.of(errors));
        }

        void send(InvoiceIssued invoice) {
            if (!errors.isEmpty()) {
                throw new IllegalStateException(errors.remove());
            }
            sent.add(invoice);
        }
    }
}
