package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.Effort;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of which some messages fail and others do not. */
@Timeout(120)
class PartialBatchTest {

    private static final int MESSAGES = 1_000;
    private static final int MOST_FAILURES = 3;

    private final TestOutbox outbox = TestOutbox.create("partial");
    private final Gauge gauge = new Gauge();
    private final Map<UUID, Integer> failuresToCome = new ConcurrentHashMap<>();
    private final Map<UUID, Queue<Received>> received = new ConcurrentHashMap<>();

    /** All that a consumer could notice of a message, but the number of the attempt. */
    private record Received(
            String kind, String payload, String decoded, Map<String, String> headers, Instant createdAt) {}

    // F77, F79
    @Test
    void batch_randomMessagesFail_retriesOnlyThoseAndAsTheyWere() throws Exception {
        long seed = Effort.seed();
        Map<UUID, Integer> failures = sendSomeThatWillFail(new Random(seed));
        failuresToCome.putAll(failures);
        try (Worker worker = worker()) {
            worker.start();
            gauge.await(Event.DELIVERED, MESSAGES);
        }
        int failed = failures.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(gauge.count(Event.FAILED))
                .as("seed %d", seed)
                .isEqualTo(failed)
                .isPositive();
        assertThat(outbox.rows()).isEmpty();
        assertThat(received).as("seed %d", seed).hasSize(MESSAGES);
        received.forEach((id, all) -> {
            assertThat(all).as("%s, seed %d", id, seed).hasSize(1 + failures.getOrDefault(id, 0));
            assertThat(all).as("%s, seed %d", id, seed).containsOnly(sent(id, all.element()));
        });
    }

    private static Received sent(UUID id, Received first) {
        return new Received(
                Sender.KIND.name(),
                payload(id),
                payload(id),
                Map.of("of", "message " + id, "kind", "ü"),
                first.createdAt());
    }

    // As PostgreSQL writes it.
    private static String payload(UUID id) {
        return "{\"n\": 1.50, \"id\": \"" + id + "\"}";
    }

    private Map<UUID, Integer> sendSomeThatWillFail(Random random) {
        Map<UUID, Integer> failures = new ConcurrentHashMap<>();
        List<MessageDraft> drafts = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            UUID id = UUID.randomUUID();
            failures.put(id, random.nextInt(5) == 0 ? 1 + random.nextInt(MOST_FAILURES) : 0);
            drafts.add(Sender.KIND
                    .draft(payload(id))
                    .withId(id)
                    .withHeader("of", "message " + id)
                    .withHeader("kind", "ü"));
        }
        outbox.repository().enqueueInOwnTransaction(drafts);
        return failures;
    }

    private Worker worker() {
        return Worker.builder(outbox.repository())
                .handleBatch(
                        Sender.KIND,
                        this::deliver,
                        KindOptions.defaults().batch(100).withoutBreaker())
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)).maxFailures(MOST_FAILURES + 1))
                .shortestPoll(Duration.ofMillis(10))
                .longestPoll(Duration.ofMillis(50))
                .listener(gauge)
                .build();
    }

    private List<Outcome> deliver(List<Handler.Delivery<String>> batch) {
        return batch.stream().map(this::deliver).toList();
    }

    private Outcome deliver(Handler.Delivery<String> delivery) {
        Message message = delivery.message();
        received.computeIfAbsent(message.id(), id -> new ConcurrentLinkedQueue<>())
                .add(new Received(
                        message.kind(), message.payload(), delivery.payload(), message.headers(), message.createdAt()));
        int left = failuresToCome.merge(message.id(), -1, Integer::sum);
        return left < 0 ? Outcome.done() : Outcome.failed(new IllegalStateException("not yet"));
    }
}
