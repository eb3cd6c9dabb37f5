package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.PayloadCodec;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualHandlers.Behaviour;
import org.junit.jupiter.api.Test;

/** What a handler answers, and what becomes of the message. */
class OutcomeTest {

    private static Behaviour answers(Outcome outcome) {
        return new Behaviour(Duration.ofMillis(1), HandlerResult.of(outcome), false);
    }

    private static Simulation answering(Outcome outcome) {
        Simulation sim = Simulation.worker(b -> b.retry(RetryPolicy.standard().maxFailures(3)));
        sim.outbox.addOne("a", 0);
        sim.handlers.script(message -> answers(outcome));
        return sim;
    }

    @Test
    void done_message_isDelivered() {
        Simulation sim = answering(Outcome.done()).runFor(Duration.ofSeconds(1));
        assertThat(sim.outbox.rows()).isEmpty();
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(1);
    }

    @Test
    void failed_message_isRetriedByThePolicy() {
        Simulation sim =
                answering(Outcome.failed(new IllegalStateException("no"))).runTo(Duration.ofMillis(400));
        VirtualOutbox.Row row = sim.outbox.rows().get(0);
        assertThat(row.failures).isEqualTo(1);
        assertThat(row.lastError).isEqualTo("java.lang.IllegalStateException: no");
        assertThat(row.dueAt).isGreaterThan(Duration.ofMillis(500).toNanos());
    }

    @Test
    void retry_message_isDueAfterThePauseItChoseAndCounted() {
        Simulation sim = answering(Outcome.retry(Duration.ofMinutes(7), "busy")).runTo(Duration.ofMinutes(20));
        VirtualOutbox.Row row = sim.outbox.rows().get(0);
        assertThat(row.status).isEqualTo("dead");
        assertThat(row.lastError).isEqualTo("busy");
        assertThat(sim.handlers.started()).hasSize(3);
        assertThat(sim.recorder.events(Told.FAILED))
                .extracting(Recorder.Event::detail)
                .containsOnly(Duration.ofMinutes(7));
        sim.assertAccountedFor();
    }

    @Test
    void postpone_message_comesBackForEverAndNothingIsCounted() {
        Simulation sim =
                answering(Outcome.postpone(Duration.ofMinutes(1), "not yet")).runFor(Duration.ofHours(2));
        VirtualOutbox.Row row = sim.outbox.rows().get(0);
        assertThat(sim.handlers.started()).hasSizeBetween(110, 121);
        assertThat(row.failures).isZero();
        assertThat(row.unsettled).isZero();
        assertThat(row.lastError).isEqualTo("not yet");
        assertThat(sim.count(Told.FAILED) + sim.count(Told.DEAD)).isZero();
        sim.assertAccountedFor();
    }

    @Test
    void dead_message_isDeadAtOnceWithTheReason() {
        Simulation sim = answering(Outcome.dead("never")).runFor(Duration.ofSeconds(1));
        assertThat(sim.outbox.rows().get(0).status).isEqualTo("dead");
        assertThat(sim.outbox.rows().get(0).lastError).isEqualTo("never");
        assertThat(sim.recorder.events(Told.DEAD)).hasSize(1);
    }

    @Test
    void neverRetriedException_message_isDeadAtOnce() {
        Simulation sim =
                Simulation.worker(b -> b.retry(RetryPolicy.standard().neverRetry(IllegalStateException.class)));
        sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> VirtualHandlers.Behaviour.fails(Duration.ofMillis(1)));
        sim.runFor(Duration.ofSeconds(1));
        assertThat(sim.outbox.rows().get(0).status).isEqualTo("dead");
    }

    @Test
    void maxAge_messageOlderThanThat_isDeadWithItsNextFailure() {
        Simulation sim = Simulation.worker(b ->
                b.retry(RetryPolicy.fixed(Duration.ofSeconds(50)).unlimited().maxAge(Duration.ofMinutes(3))));
        sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> VirtualHandlers.Behaviour.fails(Duration.ofMillis(1)));
        sim.runTo(Duration.ofSeconds(170));
        assertThat(sim.outbox.rows().get(0).status).isEqualTo("pending");
        sim.runTo(Duration.ofSeconds(230));
        assertThat(sim.outbox.rows().get(0).status).isEqualTo("dead");
        assertThat(sim.count(Told.FAILED)).isEqualTo(4);
    }

    @Test
    void pauses_beyondTenYears_countAsTenYears() {
        Duration tenYears = Duration.ofDays(3_650);
        Message message = number(1, "1");
        Duration forEver = java.time.temporal.ChronoUnit.FOREVER.getDuration();
        assertThat(((Settlement.Failed) Settlement.failed(message, "no", forEver)).retryAfter())
                .isEqualTo(tenYears);
        assertThat(((Settlement.Postponed) Settlement.postponed(message, "no", forEver)).retryAfter())
                .isEqualTo(tenYears);
        assertThat(((Settlement.FailedUntil) Settlement.failedUntil(message, "no", java.time.Instant.MAX)).retryAt())
                .isEqualTo("9999-12-31T23:59:59.999999Z");
    }

    @Test
    void outcomes_badValues_areRefused() {
        assertThatThrownBy(() -> Outcome.retry(Duration.ofSeconds(-1), "no"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a pause must not be negative, it is PT-1S");
        assertThatThrownBy(() -> Outcome.postpone(Duration.ofSeconds(-1), "no"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void result_ofNull_isAFailureThatSaysSo() {
        assertThat(((HandlerResult.Failed) HandlerResult.of(null)).error())
                .isEqualTo("org.jooqoutbox.OutboxException: the handler returned null instead of an outcome");
    }

    private static final MessageKind<Integer> NUMBER = MessageKind.of("n", new PayloadCodec<>() {
        @Override
        public String encode(Integer payload) {
            return payload.toString();
        }

        @Override
        public Integer decode(String json) {
            return Integer.valueOf(json);
        }
    });

    private static Message number(int id, String payload) {
        return new Message(
                "o", new UUID(0, id), "n", payload, Map.of(), 1, 0, 0, java.time.Instant.EPOCH, null, null, id);
    }

    @Test
    void batch_oneUnreadablePayload_failsAloneAndOthersGetTheirOwnOutcomes() throws Exception {
        List<Integer> seen = new ArrayList<>();
        Handler.OfBatch<Integer> handler = deliveries -> {
            deliveries.forEach(delivery -> seen.add(delivery.payload()));
            return List.of(Outcome.done(), Outcome.dead("odd"));
        };
        List<HandlerResult> results = new BatchDelivery<>(NUMBER, handler, 10)
                .deliver(List.of(number(1, "10"), number(2, "\"x\""), number(3, "11")));
        assertThat(seen).containsExactly(10, 11);
        assertThat(results.get(0)).isEqualTo(new HandlerResult.Delivered());
        assertThat(((HandlerResult.Failed) results.get(1)).cause()).isInstanceOf(NumberFormatException.class);
        assertThat(results.get(2)).isEqualTo(new HandlerResult.Dead("odd"));
    }

    @Test
    void batch_wrongNumberOfOutcomes_isAFailureOfAll() {
        Handler.OfBatch<Integer> handler = deliveries -> List.of(Outcome.done());
        assertThatThrownBy(() ->
                        new BatchDelivery<>(NUMBER, handler, 10).deliver(List.of(number(1, "10"), number(2, "11"))))
                .hasMessage("the batch handler of kind n owes an outcome for each of 2 messages, and returned 1");
    }

    @Test
    void batch_nothingReadable_isNotHandedOver() throws Exception {
        Handler.OfBatch<Integer> handler = deliveries -> {
            throw new AssertionError("it must not be called");
        };
        assertThat(new BatchDelivery<>(NUMBER, handler, 10).deliver(List.of(number(1, "x"))))
                .singleElement()
                .isInstanceOf(HandlerResult.Failed.class);
    }
}
