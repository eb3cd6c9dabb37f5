package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.fails;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.hangs;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooqoutbox.dispatch.VirtualOutbox.Fault;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;

class ListenerTest {

    /** A listener whose every method, those of Object included, throws this. */
    private static DispatchListener throwing(Throwable error, Set<String> called) {
        return (DispatchListener) Proxy.newProxyInstance(
                DispatchListener.class.getClassLoader(), new Class<?>[] {DispatchListener.class}, (p, method, a) -> {
                    called.add(method.getName());
                    throw error;
                });
    }

    // Goes through every event there is, with a listener that throws at each, and delivers what it would deliver
    // without one.
    @Test
    void listener_throwsAnythingAnywhere_changesNothing() {
        Set<String> called = new HashSet<>();
        for (Throwable error : Throwables.all()) {
            Simulation sim = eventful(throwing(error, called));
            assertThat(sim.report()).as("%s", error).isEqualTo(eventful().report());
        }
        // What belongs to real threads is in WorkerTest, what to several outboxes in FleetTest.
        Set<String> elsewhere = Set.of(
                "started", "stopped", "notStarted", "forOutbox", "outboxAdded", "outboxRemoved", "outboxesUnknown");
        assertThat(called)
                .containsAll(Stream.of(DispatchListener.class.getMethods())
                        .map(Method::getName)
                        .filter(name -> !elsewhere.contains(name))
                        .collect(Collectors.toSet()));
    }

    private static Simulation eventful(DispatchListener... listeners) {
        Simulation sim = Simulation.worker(
                b -> b.concurrency(2)
                        .retry(RetryPolicy.standard().maxFailures(2))
                        .handle(
                                Simulation.B,
                                (payload, message) -> {},
                                KindOptions.defaults().breakAfter(1, Duration.ZERO)),
                listeners);
        List<UUID> ids = sim.outbox.add("a", 30);
        UUID broken = sim.outbox.addOne("b", 0);
        sim.outbox.expire(sim.outbox.addOne("b", 0));
        sim.outbox.addOne("a", 3);
        sim.handlers.script(m -> switch (m.id().equals(broken) && m.attempts() == 1 ? 0 : ids.indexOf(m.id())) {
            case 0 -> fails(Duration.ofSeconds(1));
            case 1, 2 ->
                m.attempts() == 1
                        ? delivers(Duration.ofSeconds(90)).ignoringInterrupt()
                        : delivers(Duration.ofSeconds(1));
            default -> delivers(Duration.ofSeconds(1));
        });
        sim.outbox.fail(Op.CLAIM, Fault.REFUSED);
        sim.outbox.fail(Op.RENEW, Fault.REFUSED);
        sim.outbox.fail(Op.SETTLE, Fault.REFUSED, Fault.NONE, Fault.REPLY_LOST);
        sim.time.after(Duration.ofSeconds(5), () -> sim.outbox.steal(ids.get(1)));
        sim.runTo(Duration.ofMinutes(5));
        sim.outbox.add("a", 10);
        sim.handlers.script(m -> hangs());
        sim.runFor(Duration.ofMinutes(5).plusSeconds(2));
        return sim;
    }

    @Test
    void listeners_several_areToldInTheOrderTheyWereAdded() {
        StringBuilder order = new StringBuilder();
        Simulation sim = Simulation.worker(b -> b, appending(order, 'x'), appending(order, 'y'));
        sim.outbox.add("a", 2);
        sim.runFor(Duration.ofSeconds(1));
        assertThat(order).hasToString("xyxy");
    }

    private static DispatchListener appending(StringBuilder order, char name) {
        return new DispatchListener() {
            @Override
            public void delivered(org.jooqoutbox.Message message) {
                order.append(name);
            }
        };
    }

    @Test
    void listener_throwsRepeatedly_isOneWarning() {
        RecordingLogger log = new RecordingLogger();
        DispatchListener bad = throwing(new IllegalStateException("bad\nlistener"), new HashSet<>());
        GuardedListener guard = new GuardedListener(List.of(bad), log);
        guard.stalled(1);
        guard.stalled(2);
        assertThat(log.lines("WARN"))
                .hasSize(1)
                .first()
                .asString()
                .contains("java.lang.IllegalStateException: bad listener: ignored, now and later");
    }

    @Test
    void listener_andLoggerThrow_isStillHarmless() {
        RecordingLogger log = new RecordingLogger();
        log.breakDown();
        GuardedListener guard = new GuardedListener(List.of(throwing(new Error("bad"), new HashSet<>())), log);
        guard.stalled(1);
        guard.stalled(2);
        assertThat(log.calls()).isEqualTo(2);
    }
}
