package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.PayloadCodec;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The samples of docs/ordering.md, between the markers. */
class OrderingExamplesTest {

    private record StatusChanged(long orderId, String status) {}

    private record Order(long id) {

        StatusChanged ship() {
            return new StatusChanged(id, "shipped");
        }
    }

    private static final class Codec implements PayloadCodec<StatusChanged> {

        @Override
        public String encode(StatusChanged change) {
            return "[" + change.orderId() + ", \"" + change.status() + "\"]";
        }

        @Override
        public StatusChanged decode(String payload) {
            String[] parts = payload.substring(1, payload.length() - 1).split(", ", 2);
            return new StatusChanged(Long.parseLong(parts[0]), parts[1].replace("\"", ""));
        }
    }

    private static final TestOutbox OUTBOXES = TestOutbox.create("ordered");
    private static final MessageKind<StatusChanged> STATUS_CHANGED = MessageKind.of("status.changed", new Codec());

    private final JooqOutboxRepository outbox = OUTBOXES.repository();
    private final DSLContext dsl = OUTBOXES.dsl();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    private void change(StatusChanged change) {
        dsl.transaction(trx -> {
            // sample: ordering_draft
            outbox.enqueue(trx, STATUS_CHANGED.draft(change).withOrderingKey("order-" + change.orderId()));
            // end
        });
    }

    @Test
    void messages_ofOneKey_areDeliveredInTheirOrder() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            change(new StatusChanged(7, "step " + i));
            expected.add("step " + i);
        }
        List<String> delivered = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(50);
        try (Worker worker = Worker.builder(outbox)
                .handle(STATUS_CHANGED, (change, message) -> {
                    delivered.add(change.status());
                    all.countDown();
                })
                .build()) {
            worker.start();
            assertThat(all.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(delivered).isEqualTo(expected);
    }

    @Test
    void enqueue_behindALock_isOfTheSameKey() {
        long id = 8;
        // sample: ordering_lock
        dsl.transaction(trx -> {
            Order locked = lockOrder(trx, id); // select … for update
            outbox.enqueue(trx, STATUS_CHANGED.draft(locked.ship()).withOrderingKey("order-" + id));
        });
        // end
        assertThat(OUTBOXES.rows())
                .extracting(row -> row.get(OUTBOX.ORDERING_KEY))
                .containsExactly("order-8");
    }

    @Test
    void blockedKey_asInThePage_isListedRetriedAndGivenUp() {
        change(new StatusChanged(9, "one"));
        change(new StatusChanged(9, "two"));
        Message claimed = outbox.claim(1).get(0);
        outbox.settle(List.of(Settlement.failed(claimed, "no paper", java.time.Duration.ofHours(1))));
        assertThat(outbox.claim(1)).isEmpty();
        assertThat(outbox.blockedKeys(null, 100))
                .singleElement()
                .satisfies(key -> assertThat(key.waiting()).isEqualTo(2));
        UUID head = claimed.id();

        // sample: ordering_blocked
        for (OutboxRepository.BlockedKey blocked : outbox.blockedKeys(null, 100)) {
            System.out.println(blocked.key() + ": " + blocked.waiting() + " wait, " + blocked.reason() + ", "
                    + blocked.lastError());
        }
        outbox.retryNow(List.of(head)); // due at once, its failures forgotten
        outbox.giveUp(List.of(head), "obsolete"); // a dead letter; the key goes on with the next one
        // end

        assertThat(outbox.claim(1))
                .singleElement()
                .satisfies(
                        next -> assertThat(STATUS_CHANGED.decode(next).status()).isEqualTo("two"));
        assertThat(outbox.deadLetters(10))
                .singleElement()
                .satisfies(dead -> assertThat(dead.lastError()).contains("obsolete"));
    }

    private static Order lockOrder(Configuration trx, long id) {
        trx.dsl().fetchValue("select 1");
        return new Order(id);
    }
}
