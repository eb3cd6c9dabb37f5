package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners that throw. That every event is survived is tested in virtual time; here the outcomes are really in the table. */
@Timeout(60)
class ListenerTest {

    private static final int MESSAGES = 50;

    static Stream<Throwable> throwables() {
        return Stream.of(
                new IllegalStateException("runtime"),
                new IOException("checked, thrown without being declared"),
                new InterruptedException("nobody interrupted"),
                new AssertionError("error"),
                new StackOverflowError(),
                new OutOfMemoryError("none really"),
                new NoClassDefFoundError("linkage"));
    }

    // F67
    @ParameterizedTest
    @MethodSource("throwables")
    void listener_throwsAtEveryEvent_everythingIsDelivered(Throwable error) throws Exception {
        TestOutbox outbox = TestOutbox.create("listener");
        Set<UUID> sent = Sender.send(outbox, MESSAGES);
        Set<UUID> failedOnce = ConcurrentHashMap.newKeySet();
        Set<UUID> handled = ConcurrentHashMap.newKeySet();
        Gauge gauge = new Gauge();
        try (Worker worker = Worker.builder(outbox.repository())
                .listener(throwing(error))
                .listener(gauge)
                .retry(RetryPolicy.fixed(Duration.ofMillis(1)))
                .handle(Sender.KIND, (payload, message) -> {
                    if (failedOnce.add(message.id())) {
                        throw new IllegalStateException("the first time always");
                    }
                    handled.add(message.id());
                })
                .build()) {
            worker.start();
            gauge.await(Event.DELIVERED, MESSAGES);
            assertThat(worker.stop().clean()).isTrue();
        }
        assertThat(handled).isEqualTo(sent);
        assertThat(gauge.count(Event.FAILED)).isEqualTo(MESSAGES);
        assertThat(outbox.rows()).isEmpty();
    }

    /** A listener whose every method throws this. */
    private static DispatchListener throwing(Throwable error) {
        return (DispatchListener) Proxy.newProxyInstance(
                DispatchListener.class.getClassLoader(), new Class<?>[] {DispatchListener.class}, (p, method, args) -> {
                    throw ListenerTest.<RuntimeException>sneaky(error);
                });
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaky(Throwable error) throws T {
        throw (T) error;
    }
}
