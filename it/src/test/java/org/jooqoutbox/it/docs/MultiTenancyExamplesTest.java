package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.jooq.JooqOutboxes;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The samples of docs/multi-tenancy.md, between the markers. */
class MultiTenancyExamplesTest {

    private static final MessageKind<String> INVOICE_ISSUED = MessageKind.json("invoice.issued");
    private static final List<String> TENANTS = List.of("tenant_4711", "tenant_4712", "tenant_4713");

    private final DataSource dataSource = Postgres.dataSource();
    private final DSLContext dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
    private final Mailers mailers = new Mailers();
    private final Registry registry = new Registry();
    private final String order = "\"order\"";
    private final String invoice = "{\"invoice\": 1}";

    @BeforeAll
    static void install() {
        TENANTS.forEach(tenant -> OutboxSchema.install(Postgres.dataSource(), OutboxTable.of(tenant, "outbox")));
    }

    @Test
    void worker_asInThePage_deliversForEachTenant() throws Exception {
        // sample: tenants_worker
        JooqOutboxes tenants =
                JooqOutboxes.ofSchemas(dataSource, "tenant\\_%"); // all that hold a table called outbox, as of now

        Worker worker = Worker.builder(tenants)
                .handle(
                        INVOICE_ISSUED,
                        (invoice, message) -> mailers.of(message.outbox()).send(invoice))
                .build();
        // end

        for (String tenant : TENANTS) {
            // sample: tenants_enqueue
            dsl.transaction(trx -> {
                insertInvoice(trx, order);
                tenants.outbox(OutboxTable.of(tenant, "outbox")).enqueue(trx, INVOICE_ISSUED.draft(invoice));
            });
            // end
        }
        try (worker) {
            worker.start();
            assertThat(mailers.all.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(mailers.sent)
                .containsExactlyInAnyOrder("tenant_4711.outbox", "tenant_4712.outbox", "tenant_4713.outbox");
    }

    @Test
    void outboxes_asInThePage_areThoseOfTheRegistry() {
        // sample: tenants_known
        JooqOutboxes known = JooqOutboxes.builder(dataSource)
                .tables(() -> registry.activeTenants().stream()
                        .map(tenant -> OutboxTable.of(tenant, "outbox"))
                        .toList())
                .each(builder -> builder.redactErrors(Secrets::remove)) // what every repository is built with
                .build();
        // end
        assertThat(known.outboxes())
                .extracting(JooqOutboxRepository::name)
                .containsExactly("tenant_4711.outbox", "tenant_4713.outbox");
    }

    private static void insertInvoice(Configuration trx, String order) {
        trx.dsl().fetchValue("select {0}", DSL.val(order));
    }

    private static final class Mailers {

        private final CountDownLatch all = new CountDownLatch(TENANTS.size());
        private final Queue<String> sent = new ConcurrentLinkedQueue<>();

        private interface Mailer {
            void send(String invoice);
        }

        Mailer of(String outbox) {
            return invoice -> {
                sent.add(outbox);
                all.countDown();
            };
        }
    }

    private static final class Registry {

        List<String> activeTenants() {
            return List.of("tenant_4711", "tenant_4713");
        }
    }

    private static final class Secrets {

        static String remove(String error) {
            return error.replace("secret", "***");
        }
    }
}
