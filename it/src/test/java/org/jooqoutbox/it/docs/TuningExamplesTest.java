package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Handler;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.dispatch.Drainer;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The samples of docs/tuning.md, between the markers. */
class TuningExamplesTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("tuned");
    private static final MessageKind<String> MAIL = MessageKind.json("mail");
    private static final MessageKind<String> WEBHOOK = MessageKind.json("webhook");
    private static final MessageKind<String> INDEX = MessageKind.json("index");

    private final JooqOutboxRepository outbox = OUTBOXES.repository();
    private final CountDownLatch all = new CountDownLatch(30);
    private final Queue<String> delivered = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void kinds_asInThePage_areAllDelivered() throws Exception {
        List.of(MAIL, WEBHOOK, INDEX).forEach(kind -> enqueue(kind, 10));

        // sample: tuning_kinds
        Worker worker = Worker.builder(outbox)
                .concurrency(40)
                .batch(500)
                .handle(
                        MAIL,
                        (mail, message) -> send(mail),
                        KindOptions.defaults().concurrency(4).rate(50, Duration.ofSeconds(1)))
                .handle(
                        WEBHOOK,
                        (call, message) -> post(call),
                        KindOptions.defaults()
                                .deadline(Duration.ofSeconds(5))
                                .withoutBreaker()) // each customer has a server of their own
                .handleBatch(
                        INDEX,
                        entries -> indexAll(entries),
                        KindOptions.defaults().batch(500).concurrency(2))
                .build();
        // end

        try (worker) {
            worker.start();
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(delivered).hasSize(30);
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @Test
    void policy_asInThePage_givesUpWhatItSays() {
        enqueue(MAIL, 2);

        // sample: tuning_retry
        RetryPolicy patient = RetryPolicy.exponential(Duration.ofSeconds(5))
                .cap(Duration.ofMinutes(10))
                .unlimited()
                .maxAge(Duration.ofDays(2))
                .neverRetry(IllegalArgumentException.class) // no other try could succeed
                .alwaysRetry(ConnectException.class); // whatever the limits
        // end

        Drainer.Result result = Drainer.builder(outbox)
                .handle(
                        MAIL,
                        (mail, message) -> {
                            throw mail.equals("0")
                                    ? new IllegalArgumentException("no address")
                                    : new ConnectException();
                        },
                        patient)
                .build()
                .drain();

        assertThat(result)
                .extracting(Drainer.Result::deadLettered, Drainer.Result::failed)
                .containsExactly(1L, 1L);
        assertThat(outbox.deadLetters(DeadLetterQuery.all()))
                .extracting(DeadLetter::payload)
                .containsExactly("0");
    }

    private void enqueue(MessageKind<String> kind, int count) {
        outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                .mapToObj(i -> kind.draft(Integer.toString(i)))
                .toList());
    }

    private void send(String mail) {
        deliver(mail);
    }

    private void post(String call) {
        deliver(call);
    }

    private List<Outcome> indexAll(List<Handler.Delivery<String>> entries) {
        entries.forEach(entry -> deliver(entry.payload()));
        return Collections.nCopies(entries.size(), Outcome.done());
    }

    private void deliver(String what) {
        delivered.add(what);
        all.countDown();
    }
}
