package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is wrong can be read from two looks at an outbox and from what its dispatchers counted between them. */
@Timeout(120)
class SignalsTest {

    private static final int BACKLOG = 60;
    private static final int PLACES = 5;
    private static final int BATCH = 10;

    private final TestOutbox outbox = TestOutbox.create("signals");
    private final Gauge gauge = new Gauge();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicBoolean down = new AtomicBoolean();
    private final AtomicReference<UUID> poison = new AtomicReference<>();
    private final CountDownLatch go = new CountDownLatch(1);

    enum Verdict {
        NO_DISPATCHER,
        TOO_FEW,
        DESTINATION_DOWN,
        ONE_BAD_MESSAGE,
        WELL
    }

    /** What somebody who is on call sees at one moment. */
    private record Look(OutboxStats stats, int delivered, int failed, int opened) {

        static Verdict verdict(Look before, Look now) {
            boolean dueGrows = now.stats.due() > before.stats.due();
            boolean nothingGetsThrough = now.delivered == before.delivered;
            if (now.failed > before.failed) {
                boolean down =
                        nothingGetsThrough && now.opened > before.opened && now.stats.due() >= before.stats.due();
                return down ? Verdict.DESTINATION_DOWN : Verdict.ONE_BAD_MESSAGE;
            }
            if (dueGrows && now.stats.oldestDueAge().compareTo(before.stats.oldestDueAge()) > 0) {
                return now.stats.inFlight() == 0 ? Verdict.NO_DISPATCHER : Verdict.TOO_FEW;
            }
            return Verdict.WELL;
        }
    }

    private Look look() {
        return new Look(
                outbox.repository().stats(), gauge.count(Event.DELIVERED), gauge.count(Event.FAILED), opened.get());
    }

    @Test
    void stats_withoutDispatcher_showABacklogThatNobodyWorksOn() {
        Sender.send(outbox, BACKLOG);
        Look before = look();
        Sender.send(outbox, BACKLOG);
        Look now = look();
        assertThat(Look.verdict(before, now)).isEqualTo(Verdict.NO_DISPATCHER);
        assertThat(now.stats().due()).isEqualTo(2 * BACKLOG);
        assertThat(now.stats().peakAttempts()).isZero();
    }

    @Test
    void stats_withTooFewHandlers_showABacklogThatIsWorkedOnAndThenNone() throws Exception {
        Sender.send(outbox, BACKLOG);
        try (Worker worker = worker()) {
            worker.start();
            gauge.await(() -> outbox.repository().stats().inFlight() >= BATCH);
            Look before = look();
            Sender.send(outbox, BACKLOG);
            Look now = look();
            assertThat(Look.verdict(before, now)).isEqualTo(Verdict.TOO_FEW);
            assertThat(now.stats().due() + now.stats().inFlight()).isEqualTo(2 * BACKLOG);
            go.countDown();
            gauge.await(Event.DELIVERED, 2 * BACKLOG);
            Look later = look();
            assertThat(Look.verdict(now, later)).isEqualTo(Verdict.WELL);
            assertThat(later.stats())
                    .isEqualTo(new OutboxStats(
                            0, Duration.ZERO, 0, 0, 0, 0, 0, 0, later.stats().at()));
        }
    }

    @Test
    void stats_destinationIsDown_showABacklogThatStaysAndNoDeadLetter() throws Exception {
        go.countDown();
        down.set(true);
        try (Worker worker = worker()) {
            Look before = look();
            worker.start();
            Sender.send(outbox, BACKLOG);
            gauge.await(() -> opened.get() > 0 && outbox.repository().stats().inFlight() == 0);
            Look now = look();
            assertThat(Look.verdict(before, now)).isEqualTo(Verdict.DESTINATION_DOWN);
            assertThat(now.stats().due() + now.stats().delayed()).isEqualTo(BACKLOG);
            assertThat(now.stats().due()).isGreaterThanOrEqualTo(BACKLOG - PLACES - 2 * BATCH);
            assertThat(now.stats().dead()).isZero();
            down.set(false);
            gauge.await(Event.DELIVERED, BACKLOG);
        }
        assertThat(outbox.rows()).isEmpty();
    }

    @Test
    void stats_oneBadMessage_showItsAttemptsWhileTheOthersGetThrough() throws Exception {
        go.countDown();
        poison.set(Sender.send(outbox));
        Look before = look();
        try (Worker worker = worker()) {
            worker.start();
            Sender.send(outbox, BACKLOG);
            gauge.await(Event.DELIVERED, BACKLOG);
            gauge.await(Event.FAILED, 4);
            Look now = look();
            assertThat(Look.verdict(before, now)).isEqualTo(Verdict.ONE_BAD_MESSAGE);
            assertThat(now.stats().peakAttempts()).isGreaterThanOrEqualTo(4);
            assertThat(now.stats().due() + now.stats().inFlight() + now.stats().delayed())
                    .isEqualTo(1);
            assertThat(now.opened()).isZero();
            poison.set(UUID.randomUUID());
            gauge.await(Event.DELIVERED, BACKLOG + 1);
        }
        assertThat(outbox.repository().stats().peakAttempts()).isZero();
    }

    private Worker worker() {
        return Worker.builder(outbox.repository())
                .handle(
                        Sender.KIND,
                        (payload, message) -> handle(message),
                        KindOptions.defaults()
                                .breakAfter(PLACES, Duration.ZERO)
                                .probeEvery(Duration.ofMillis(500), Duration.ofMillis(500)))
                .retry(RetryPolicy.fixed(Duration.ofMillis(100)).unlimited())
                .batch(BATCH)
                .concurrency(PLACES)
                .shortestPoll(Duration.ofMillis(10))
                .longestPoll(Duration.ofMillis(50))
                .listener(gauge)
                .listener(new DispatchListener() {
                    @Override
                    public void breakerOpened(String kind, int failures, Duration probeAfter) {
                        opened.incrementAndGet();
                    }
                })
                .build();
    }

    private void handle(Message message) throws InterruptedException {
        go.await();
        if (down.get() || message.id().equals(poison.get())) {
            throw new IllegalStateException("refused");
        }
    }
}
