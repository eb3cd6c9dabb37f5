package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.testing.OutboxTester.Failure;
import org.jooqoutbox.testing.OutboxTester.GivenUp;
import org.jooqoutbox.testing.OutboxTester.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The dispatcher that is moved by hand. */
@Timeout(60)
class OutboxTesterTest {

    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final MessageKind<String> OTHER = MessageKind.json("other");

    private final InMemoryOutboxRepository outbox = new InMemoryOutboxRepository();
    private final List<String> handled = new ArrayList<>();

    private void enqueue(MessageDraft... drafts) {
        outbox.enqueueInOwnTransaction(List.of(drafts));
    }

    private OutboxTester<?> failing(RetryPolicy policy) {
        return OutboxTester.of(outbox)
                .handle(
                        KIND,
                        (payload, message) -> {
                            handled.add(payload);
                            throw new IOException("no route to s3cret");
                        },
                        policy);
    }

    @Test
    void runDue_someDue_deliversTheseInOrderOnTheCallingThread() {
        enqueue(KIND.draft("1"), KIND.draft("2"), KIND.draft("3").withDelay(Duration.ofHours(1)), OTHER.draft("4"));
        List<Thread> threads = new ArrayList<>();
        OutboxTester<?> tester = OutboxTester.of(outbox).handle(KIND, (payload, message) -> {
            handled.add(payload);
            threads.add(Thread.currentThread());
        });
        Run run = tester.runDue();
        assertThat(handled).containsExactly("1", "2");
        assertThat(threads).containsOnly(Thread.currentThread());
        assertThat(run.delivered()).extracting(Message::payload).containsExactly("1", "2");
        assertThat(List.of(run.failures(), run.postponed(), run.deadLetters(), run.expired(), run.leasesLost()))
                .containsOnly(List.of());
        assertThat(outbox.pending()).extracting(Message::payload).containsExactly("3", "4");
    }

    @Test
    void runDue_withOrderingKeys_deliversEachKeyInItsOrder() {
        enqueue(
                KIND.draft("11").withOrderingKey("a"),
                OTHER.draft("12").withOrderingKey("a"),
                KIND.draft("21").withOrderingKey("b"),
                KIND.draft("13").withOrderingKey("a"),
                KIND.draft("22").withOrderingKey("b"));
        OutboxTester.of(outbox)
                .handle(KIND, (payload, message) -> handled.add(payload))
                .handle(OTHER, (payload, message) -> handled.add(payload))
                .runDue();
        assertThat(handled).hasSize(5).containsSubsequence("11", "12", "13").containsSubsequence("21", "22");
        OutboxAssert.assertThat(outbox).hasNothingPending();
    }

    @Test
    void runDue_firstOfAnOrderingKeyFails_theOthersWaitForIt() {
        enqueue(KIND.draft("1").withOrderingKey("k"), KIND.draft("2").withOrderingKey("k"), KIND.draft("3"));
        OutboxTester<?> tester = OutboxTester.of(outbox)
                .handle(
                        KIND,
                        (payload, message) -> {
                            handled.add(payload);
                            if (payload.equals("1") && message.failures() == 0) {
                                throw new IOException("not yet");
                            }
                        },
                        RetryPolicy.exponential(Duration.ofSeconds(1)));
        Run run = tester.runDue();
        assertThat(handled).containsExactlyInAnyOrder("1", "3");
        outbox.advance(run.failures().get(0).retryAfter());
        tester.runDue();
        assertThat(handled).hasSize(4).endsWith("1", "2");
    }

    @Test
    void runDue_again_tellsOnlyWhatIsNew() {
        enqueue(KIND.draft("1"), KIND.draft("2").withDelay(Duration.ofHours(1)));
        OutboxTester<?> tester = OutboxTester.of(outbox).handle(KIND, (payload, message) -> handled.add(payload));
        tester.runDue();
        assertThat(tester.runDue().delivered()).isEmpty();
        outbox.advance(Duration.ofHours(1));
        assertThat(tester.runDue().delivered()).extracting(Message::payload).containsExactly("2");
        assertThat(handled).containsExactly("1", "2");
    }

    @Test
    void runDue_handlerThrows_isTriedAgainWhenTheClockWasMoved() {
        enqueue(KIND.draft("1"));
        OutboxTester<?> tester = failing(RetryPolicy.exponential(Duration.ofSeconds(5)));
        Run first = tester.runDue();
        assertThat(first.failures()).hasSize(1);
        Failure failure = first.failures().get(0);
        assertThat(failure.cause()).isInstanceOf(IOException.class);
        assertThat(failure.error()).contains("no route");
        assertThat(failure.toString()).contains("kind").doesNotContain("s3cret");
        assertThat(handled).hasSize(1);
        outbox.advance(failure.retryAfter());
        assertThat(tester.runDue().failures().get(0).message().failures()).isEqualTo(1);
        assertThat(handled).hasSize(2);
    }

    @Test
    void runDue_limitReached_givesUp() {
        enqueue(KIND.draft("1"));
        Run run = failing(RetryPolicy.exponential(Duration.ofSeconds(5)).maxFailures(1))
                .runDue();
        assertThat(run.failures()).isEmpty();
        assertThat(run.deadLetters()).hasSize(1);
        GivenUp givenUp = run.deadLetters().get(0);
        assertThat(givenUp.cause()).isInstanceOf(IOException.class);
        assertThat(givenUp.toString()).doesNotContain("s3cret");
        assertThat(outbox.deadLetters(10)).hasSize(1);
    }

    @Test
    void runDue_expired_saysSo() {
        enqueue(KIND.draft("1").withTimeToLive(Duration.ofHours(1)));
        outbox.advance(Duration.ofHours(1));
        Run run = OutboxTester.of(outbox)
                .handle(KIND, (payload, message) -> handled.add(payload))
                .runDue();
        assertThat(run.expired()).extracting(Message::payload).containsExactly("1");
        assertThat(handled).isEmpty();
    }

    @Test
    void runDue_handlerEnqueues_deliversThatToo() {
        enqueue(KIND.draft("1"));
        Run run = OutboxTester.of(outbox)
                .handle(KIND, (payload, message) -> enqueue(OTHER.draft("2")))
                .handle(OTHER, (payload, message) -> handled.add(payload))
                .runDue();
        assertThat(run.delivered()).hasSize(2);
        assertThat(handled).containsExactly("2");
    }

    @Test
    void runDue_handlerOutlivesItsLease_saysSo() {
        enqueue(KIND.draft("1"));
        List<Message> taken = new ArrayList<>();
        Run run = OutboxTester.of(outbox)
                .handle(KIND, (payload, message) -> {
                    outbox.advance(Duration.ofMinutes(5));
                    taken.addAll(outbox.claim(1));
                })
                .runDue();
        assertThat(taken).hasSize(1);
        assertThat(run.delivered()).isEmpty();
        assertThat(run.leasesLost()).hasSize(1);
    }

    @Test
    void configure_handlersOfOtherForms_areRun() {
        enqueue(KIND.draft("1"), OTHER.draft("2"));
        Run run = OutboxTester.of(outbox)
                .configure(drainer -> drainer.handleInTransaction(
                                KIND, (tx, payload, message) -> outbox.enqueue(tx, OTHER.draft("3")))
                        .handleWithOutcome(
                                OTHER, (payload, message) -> Outcome.postpone(Duration.ofHours(1), "not s3cret")))
                .runDue();
        assertThat(run.delivered()).extracting(Message::payload).containsExactly("1");
        assertThat(run.postponed()).extracting(some -> some.message().payload()).containsExactlyInAnyOrder("2", "3");
        assertThat(run.postponed().get(0).retryAfter()).isEqualTo(Duration.ofHours(1));
        assertThat(run.postponed().get(0).reason()).isEqualTo("not s3cret");
        assertThat(run.postponed().get(0).toString()).doesNotContain("s3cret");
    }

    @Test
    void configure_settings_areTheDrainers() {
        enqueue(KIND.draft("1"), KIND.draft("2"));
        List<Integer> claims = new ArrayList<>();
        OutboxTester.of(outbox)
                .handle(KIND, (payload, message) -> {})
                .configure(drainer -> drainer.batch(1))
                .configure(drainer -> drainer.listener(new DispatchListener() {
                    @Override
                    public void claimed(Claim claim) {
                        claims.add(claim.messages().size());
                    }
                }))
                .runDue();
        assertThat(claims).startsWith(1, 1);
    }

    @Test
    void runDue_neverDrained_isAnErrorAndNotALoop() {
        enqueue(KIND.draft("1"));
        OutboxTester<?> tester = OutboxTester.of(outbox)
                .handle(KIND, (payload, message) -> enqueue(KIND.draft("1")))
                .configure(drainer -> drainer.timeLimit(Duration.ofMillis(100)));
        assertThatIllegalStateException().isThrownBy(tester::runDue).withMessageContaining("outbox in-memory");
    }

    @Test
    void tester_badSettings_areRefused() {
        OutboxTester<?> tester = OutboxTester.of(outbox);
        assertThatIllegalStateException().isThrownBy(tester::runDue).withMessageContaining("no handler");
        tester.handle(KIND, (payload, message) -> {});
        assertThatIllegalArgumentException().isThrownBy(() -> tester.handle(KIND, (payload, message) -> {}));
    }
}
