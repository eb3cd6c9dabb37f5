package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualHandlers.Behaviour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Destinations that are down, for everybody and for a single message. */
class BreakerTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static Simulation outage(int messages, Duration length) {
        Simulation sim = Simulation.worker(b -> b.handle(Simulation.B, (payload, message) -> {}));
        sim.outbox.add("b", messages);
        sim.handlers.script(m -> m.kind().equals("b") && sim.elapsed().compareTo(length) < 0
                ? fails(Duration.ofMillis(20))
                : delivers(Duration.ofMillis(1)));
        return sim;
    }

    @Test
    void outageOfAnHour_kills_nothingAndDrainsAtFullSpeedAfterwards() {
        Simulation sim = outage(3000, HOUR).runTo(HOUR);
        assertThat(sim.count(Told.DEAD)).isZero();
        assertThat(sim.count(Told.BREAKER_OPENED)).isEqualTo(1);
        assertThat(sim.outbox.rows()).allMatch(row -> row.failures < 4);
        sim.runTo(HOUR.plusSeconds(60));
        assertThat(sim.outbox.pending()).isZero();
        assertThat(sim.count(Told.BREAKER_CLOSED)).isEqualTo(1);
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(3000);
    }

    // With one or two it cannot be told whether they or their destination are the trouble.
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 7, 20, 150})
    void outageOfAnHour_fewMessages_killsNoneAsLongAsTheyAreThree(int messages) {
        Simulation sim = outage(messages, HOUR).runTo(HOUR);
        assertThat(sim.count(Told.DEAD)).isZero();
        sim.runTo(HOUR.plusMinutes(30));
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(messages);
    }

    @Test
    void openBreaker_spends_noAttemptsButProbes() {
        Simulation sim = outage(3000, HOUR).runTo(Duration.ofMinutes(10));
        int before = sim.handlers.starts();
        sim.runTo(HOUR);
        assertThat(sim.handlers.starts() - before)
                .as("probes in 50 minutes, each after 15 s to 30 s")
                .isBetween(100, 210);
    }

    @Test
    void openBreaker_ofOneKind_doesNotConcernTheOthers() {
        Simulation sim = outage(3000, HOUR).runTo(Duration.ofMinutes(2));
        sim.outbox.add("a", 100);
        sim.runTo(Duration.ofSeconds(123));
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(100);
    }

    @Test
    void opening_waitingMessages_areGivenBackUnspent() {
        Simulation sim = Simulation.worker(b -> b.concurrency(2)
                .handle(
                        Simulation.B,
                        (payload, message) -> {},
                        KindOptions.defaults().breakAfter(2, Duration.ZERO)));
        List<UUID> ids = sim.outbox.add("b", 50);
        sim.handlers.script(m -> fails(Duration.ofMillis(10)));
        sim.runTo(Duration.ofMillis(500));
        assertThat(sim.count(Told.RELEASED)).isEqualTo(48);
        assertThat(sim.outbox.row(ids.get(40)).failures).isZero();
        assertThat(sim.outbox.row(ids.get(40)).unsettled).isZero();
        sim.assertAccountedFor();
    }

    @Test
    void probe_thatFails_isNotCounted() {
        Simulation sim = Simulation.worker(b -> b.handle(
                Simulation.B, (payload, message) -> {}, KindOptions.defaults().breakAfter(2, Duration.ZERO)));
        UUID id = sim.outbox.addOne("b", 0);
        sim.handlers.script(m -> fails(Duration.ofMillis(10)));
        sim.runTo(Duration.ofHours(5));
        assertThat(sim.outbox.row(id).failures).isEqualTo(1);
        assertThat(sim.outbox.row(id).attempts).isGreaterThan(10);
        assertThat(sim.outbox.row(id).status).isEqualTo("pending");
    }

    @Test
    void aFewMessagesThatAlwaysFail_amongOthersThatDoNot_becomeDeadLetters() {
        Simulation sim = Simulation.worker();
        List<UUID> bad = sim.outbox.add("a", 30);
        sim.handlers.script(m -> bad.contains(m.id()) ? fails(Duration.ofMillis(1)) : delivers(Duration.ofMillis(1)));
        for (int minute = 0; minute < 180; minute++) {
            sim.time.after(Duration.ofMinutes(minute), () -> sim.outbox.add("a", 5));
        }
        sim.runTo(Duration.ofHours(3));
        assertThat(sim.recorder.ids(Told.DEAD)).containsExactlyInAnyOrderElementsOf(bad);
    }

    @Test
    void oneMessageThatAlwaysFails_alone_becomesADeadLetter() {
        Simulation sim = Simulation.worker();
        sim.outbox.addOne("a", 0);
        sim.handlers.script(m -> fails(Duration.ofMillis(1)));
        sim.runTo(Duration.ofHours(3));
        assertThat(sim.count(Told.DEAD)).isEqualTo(1);
        assertThat(sim.count(Told.BREAKER_OPENED)).isZero();
    }

    @Test
    void withoutBreaker_everythingFails_nothingIsHeldBack() {
        Simulation sim = Simulation.worker(b -> b.handle(
                Simulation.B, (payload, message) -> {}, KindOptions.defaults().withoutBreaker()));
        sim.outbox.add("b", 100);
        sim.handlers.script(m -> fails(Duration.ofMillis(1)));
        sim.runTo(Duration.ofHours(2));
        assertThat(sim.count(Told.BREAKER_OPENED)).isZero();
        assertThat(sim.count(Told.DEAD)).isEqualTo(100);
    }

    @Test
    void handlersThatTimeOut_countAsFailures() {
        Simulation sim = Simulation.worker(b -> b.handle(
                Simulation.B,
                (payload, message) -> {},
                KindOptions.defaults().deadline(Duration.ofSeconds(1)).breakAfter(20, Duration.ofSeconds(2))));
        sim.outbox.add("b", 100);
        sim.handlers.script(m -> Behaviour.hangs());
        sim.runTo(Duration.ofSeconds(10));
        assertThat(sim.count(Told.BREAKER_OPENED)).isEqualTo(1);
    }

    @Test
    void outcomesTheHandlerChose_andMessagesOwnFaults_doNotOpenIt() {
        Simulation sim = Simulation.worker(b -> b.handle(
                Simulation.B,
                (payload, message) -> {},
                KindOptions.defaults()
                        .breakAfter(1, Duration.ZERO)
                        .retry(RetryPolicy.standard().neverRetry(IllegalStateException.class))));
        sim.outbox.add("b", 30);
        List<HandlerResult> ends = List.of(
                HandlerResult.of(Outcome.dead("no")),
                HandlerResult.of(Outcome.retry(Duration.ofHours(1), "later")),
                HandlerResult.of(Outcome.postpone(Duration.ofHours(1), "later")),
                HandlerResult.Failed.of(new IllegalStateException("never retried")));
        sim.handlers.script(m -> new Behaviour(Duration.ofMillis(1), ends.get(sim.handlers.starts() % 4), false));
        sim.runTo(Duration.ofMinutes(1));
        assertThat(sim.count(Told.BREAKER_OPENED)).isZero();
        assertThat(sim.handlers.starts()).isEqualTo(30);
    }

    @Test
    void openBreaker_anAnswerThatIsNoDelivery_doesNotCloseIt() {
        Simulation sim = Simulation.worker(b -> b.handle(
                Simulation.B, (payload, message) -> {}, KindOptions.defaults().breakAfter(2, Duration.ZERO)));
        sim.outbox.add("b", 50);
        sim.handlers.script(m -> sim.count(Told.BREAKER_OPENED) == 0
                ? fails(Duration.ofMillis(10))
                : new Behaviour(
                        Duration.ofMillis(10), HandlerResult.of(Outcome.retry(Duration.ofHours(1), "503")), false));
        sim.runTo(Duration.ofMinutes(10));
        assertThat(sim.count(Told.BREAKER_CLOSED)).isZero();
        assertThat(sim.handlers.starts()).isLessThan(60);
    }

    @Test
    void unreadableMessages_countAndDoNotOpenIt() {
        Simulation sim = Simulation.worker(b -> b.retry(
                        RetryPolicy.fixed(Duration.ofSeconds(1)).maxFailures(3))
                .handle(
                        Simulation.B,
                        (payload, message) -> {},
                        KindOptions.defaults().breakAfter(2, Duration.ZERO)));
        sim.outbox.add("b", 50);
        sim.handlers.script(m -> new Behaviour(
                Duration.ofMillis(1), HandlerResult.Failed.ofUnreadable(new IllegalStateException("no")), false));
        sim.runTo(Duration.ofMinutes(1));
        assertThat(sim.count(Told.BREAKER_OPENED)).isZero();
        assertThat(sim.count(Told.DEAD)).isEqualTo(50);
    }

    @Test
    void drainer_brokenKind_endsThePassAndSaysThatItIsNotDrained() {
        Simulation sim = Simulation.drainer(
                b -> b.handle(
                        Simulation.B,
                        (payload, message) -> {},
                        KindOptions.defaults().breakAfter(5, Duration.ZERO)),
                Duration.ofMinutes(10));
        sim.outbox.add("b", 50);
        sim.outbox.add("a", 50);
        sim.handlers.script(m -> m.kind().equals("b") ? fails(Duration.ofMillis(1)) : delivers(Duration.ofMillis(1)));
        sim.run();
        assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(1));
        assertThat(sim.count(Told.DELIVERED)).isEqualTo(50);
        assertThat(sim.core.drained()).isFalse();
        sim.assertAccountedFor();
    }

    @Test
    void drainer_everyKindBroken_endsThePass() {
        Simulation sim = Simulation.drainer(
                b -> b.retry(RetryPolicy.fixed(Duration.ofMillis(100)).unlimited()), Duration.ofMinutes(10));
        sim.outbox.add("a", 50);
        sim.handlers.script(m -> fails(Duration.ofMillis(500)));
        sim.run();
        assertThat(sim.elapsed()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
        assertThat(sim.core.drained()).isFalse();
        sim.assertAccountedFor();
    }
}
