package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.hangs;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainerTest {

    private final VirtualOutbox outbox = new VirtualOutbox(System::nanoTime);

    private static Simulation drainer(Duration limit) {
        return Simulation.drainer(b -> b, limit);
    }

    @Test
    void drain_nothingDue_returnsAfterOneClaim() {
        Simulation sim = drainer(Duration.ofMinutes(10)).run();
        assertThat(sim.elapsed()).isZero();
        assertThat(sim.outbox.calls(Op.CLAIM)).hasSize(1);
        assertThat(sim.core.drained()).isTrue();
    }

    @Test
    void drain_everyMessageFails_endsWhenAllHadTheirTurn() {
        Simulation sim = drainer(Duration.ofMinutes(10));
        sim.outbox.add("a", 350);
        sim.handlers.script(m -> fails(Duration.ofMillis(1)));
        sim.run();
        assertThat(sim.report().failed()).isEqualTo(350);
        assertThat(sim.core.drained()).isTrue();
        sim.assertAccountedFor();
    }

    // Seen but not taken is not drained: the claim is repeated until it sees nothing.
    @Test
    void drain_claimTakesNothingThoughSomethingIsDue_goesOn() {
        Simulation sim = drainer(Duration.ofMinutes(10));
        sim.outbox.add("a", 5);
        sim.outbox.pickNothing(3);
        sim.run();
        assertThat(sim.report().delivered()).isEqualTo(5);
        assertThat(sim.elapsed()).isBetween(Duration.ofMillis(75), Duration.ofSeconds(1));
    }

    @Test
    void drain_timeLimit_givesBackTheRest() {
        Simulation sim = drainer(Duration.ofSeconds(30));
        sim.outbox.add("a", 1000);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(4)));
        sim.run();
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(32));
        assertThat(sim.report().delivered()).isEqualTo(80);
        assertThat(sim.core.drained()).isFalse();
        assertThat(sim.outbox.rows()).hasSize(920).allMatch(r -> r.unsettled == 0);
        sim.assertAccountedFor();
    }

    @Test
    void drain_handlerIgnoresInterrupt_endsWithTheShutdownTimeout() {
        Simulation sim = drainer(Duration.ofSeconds(30));
        sim.outbox.add("a", 1);
        sim.handlers.script(m -> hangs().ignoringInterrupt());
        sim.run();
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(50));
        assertThat(sim.report().abandoned()).isEqualTo(1);
    }

    // Nothing is due any more, one message waits, and the executor refuses the one before it: the pause after that must
    // end.
    @Test
    void drain_executorRefusesNearTheEnd_startsTheRest() {
        Simulation sim = Simulation.drainer(b -> b.concurrency(3), Duration.ofMinutes(10));
        sim.outbox.add("a", 5);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(1)));
        sim.handlers.reject(start -> start == 4);
        sim.run();
        assertThat(sim.report().delivered()).isEqualTo(5);
        assertThat(sim.report().released()).isEqualTo(1);
        assertThat(sim.elapsed()).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void drain_databaseAway_triesUntilTheTimeLimit() {
        Simulation sim = drainer(Duration.ofSeconds(30));
        sim.outbox.fail(Op.CLAIM, 1_000_000, Fault.REFUSED);
        sim.run();
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(30));
        assertThat(sim.core.drained()).isFalse();
    }

    @Test
    void drain_interruptedWhileItWaits_stopsInOrder() {
        Simulation sim = drainer(Duration.ofMinutes(10));
        sim.outbox.add("a", 100);
        sim.handlers.script(m -> delivers(Duration.ofSeconds(3)));
        sim.time.after(Duration.ofSeconds(4), sim.time::interruptNextWait);
        sim.run();
        assertThat(sim.elapsed()).isEqualTo(Duration.ofSeconds(6));
        assertThat(sim.report().delivered()).isEqualTo(20);
        assertThat(sim.report().released()).isEqualTo(80);
        assertThat(sim.engine.wasInterrupted()).isTrue();
    }

    @Test
    void drain_realThreads_deliversEverythingAndReports() {
        outbox.add("a", 1000);
        Supplier<Drainer.Result> drain = () -> Drainer.builder(outbox)
                .handle(Simulation.A, (payload, message) -> fewFail(message.id().getLeastSignificantBits()))
                .build()
                .drain();
        Drainer.Result first = drain.get();
        assertThat(first).isEqualTo(new Drainer.Result(1000, 990, 10, 0, 0, 0, 0, 0, 0, 0, true));
        assertThat(drain.get()).isEqualTo(new Drainer.Result(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true));
    }

    private static void fewFail(long number) {
        if (number % 100 == 0) {
            throw new IllegalStateException("not this one");
        }
    }

    @Test
    void drain_threadInterruptedBefore_claimsNothingAndKeepsTheFlag() {
        outbox.add("a", 3);
        Drainer drainer = Drainer.builder(outbox)
                .handle(Simulation.A, (payload, message) -> {})
                .build();
        Thread.currentThread().interrupt();
        Drainer.Result result = drainer.drain();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.claimed()).isZero();
        assertThat(result.drained()).isFalse();
    }

    @Test
    void drain_listener_isCalledOnTheCallersThread() {
        outbox.add("a", 1);
        AtomicReference<Thread> told = new AtomicReference<>();
        Drainer.builder(outbox)
                .handle(Simulation.A, (payload, message) -> {})
                .listener(new DispatchListener() {
                    @Override
                    public void delivered(org.jooqoutbox.Message message) {
                        told.set(Thread.currentThread());
                    }
                })
                .build()
                .drain();
        assertThat(told).hasValue(Thread.currentThread());
    }

    @Test
    void drain_tableDoesNotFit_isRefused() {
        outbox.verifyThrows(new OutboxException("column seq is missing"));
        Drainer drainer = Drainer.builder(outbox)
                .handle(Simulation.A, (payload, message) -> {})
                .build();
        assertThatThrownBy(drainer::drain).isInstanceOf(OutboxException.class).hasMessage("column seq is missing");
        assertThat(outbox.calls(Op.CLAIM)).isEmpty();
    }
}
