package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.jooqoutbox.dispatch.VirtualOutbox.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What several outboxes of a worker share, and what becomes of the others when one of them hangs or has a backlog. On real threads and the real clock. */
@Timeout(120)
class FleetSharingTest {

    @RegisterExtension
    private final RealFleet fleet = new RealFleet();

    @Test
    void outbox_claimHangs_theOthersAreDeliveredMeanwhile() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(5);
        CountDownLatch hanging = new CountDownLatch(1);
        outboxes.forEach(outbox -> outbox.add("a", 200));
        outboxes.get(2).before(op -> {
            hanging.countDown();
            RealFleet.awaitStubbornly(fleet.released);
        });
        Worker worker = fleet.start(fleet.delivering().concurrency(4).maxWaiting(40));
        hanging.await();
        fleet.recorder.await(Told.DELIVERED, 800);
        fleet.released.countDown();
        fleet.recorder.await(Told.DELIVERED, 1_000);
        assertThat(worker.stop().clean()).isTrue();
    }

    @Test
    void handler_returnsWhileItsDispatcherHangs_leavesItsPlaceToOthers() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(2);
        VirtualOutbox hangs = outboxes.get(0);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        hangs.add("a", 1);
        fleet.start(fleet.builder().concurrency(1).handle(Simulation.A, (payload, message) -> {
            begun.countDown();
            RealFleet.awaitStubbornly(mayReturn);
        }));
        begun.await();
        hangs.before(op -> {
            hanging.countDown();
            RealFleet.awaitStubbornly(fleet.released);
        });
        hanging.await();
        mayReturn.countDown();
        outboxes.get(1).add("a", 1);
        fleet.recorder.await(Told.DELIVERED, 1);
    }

    // It stands in line for a place, and then its next call hangs: what is kept for it is all that the others miss.
    @Test
    void outbox_hangsWhileItIsFirstInLine_theOthersAreDeliveredMeanwhile() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(3);
        VirtualOutbox hangs = outboxes.get(0);
        CountDownLatch hanging = new CountDownLatch(1);
        hangs.add("a", 40);
        hangs.before(op -> {
            if (op == Op.SETTLE) {
                hanging.countDown();
                RealFleet.awaitStubbornly(fleet.released);
            }
        });
        fleet.start(fleet.delivering().concurrency(6).concurrencyPerOutbox(2).batch(40));
        hanging.await();
        outboxes.subList(1, 3).forEach(outbox -> outbox.add("a", 300));
        fleet.recorder.await(Told.DELIVERED, 600);
        fleet.released.countDown();
        fleet.recorder.await(Told.DELIVERED, 640);
    }

    @Test
    void outbox_flooded_quietOnesAreDeliveredMeanwhile() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(6);
        outboxes.get(0).add("a", 20_000);
        AtomicInteger flood = new AtomicInteger();
        Worker worker = fleet.start(fleet.builder().concurrency(4).handle(Simulation.A, (payload, message) -> {
            if (message.outbox().equals("tenant 0")) {
                flood.incrementAndGet();
                TimeUnit.MICROSECONDS.sleep(200);
            }
        }));
        RealFleet.until(() -> flood.get() > 100);
        for (int round = 1; round <= 5; round++) {
            outboxes.subList(1, 6).forEach(outbox -> outbox.add("a", 1));
            int expected = round * 5;
            RealFleet.until(() -> fleet.recorder.events(Told.HANDLER_STARTED).stream()
                            .filter(e -> !((Message) e.detail()).outbox().equals("tenant 0"))
                            .count()
                    == expected);
            assertThat(flood.get()).as("the flood still goes on").isLessThan(20_000);
        }
        RealFleet.assertAccountedFor(worker.stop());
    }

    @Test
    void concurrency_ofEachAndInAll_isNotExceeded() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(4);
        outboxes.forEach(outbox -> outbox.add("a", 200));
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicInteger all = new AtomicInteger();
        AtomicInteger mostOfAll = new AtomicInteger();
        AtomicInteger mostOfOne = new AtomicInteger();
        fleet.start(fleet.builder().concurrency(5).concurrencyPerOutbox(2).handle(Simulation.A, (payload, message) -> {
            AtomicInteger one = running.computeIfAbsent(message.outbox(), name -> new AtomicInteger());
            mostOfOne.accumulateAndGet(one.incrementAndGet(), Math::max);
            mostOfAll.accumulateAndGet(all.incrementAndGet(), Math::max);
            TimeUnit.MICROSECONDS.sleep(100);
            all.decrementAndGet();
            one.decrementAndGet();
        }));
        fleet.recorder.await(Told.DELIVERED, 800);
        assertThat(mostOfAll.get()).isBetween(2, 5);
        assertThat(mostOfOne.get()).isEqualTo(2);
    }

    @Test
    void maxWaiting_manyOutboxesWithABacklog_boundsTheLeasesInAll() throws Exception {
        List<VirtualOutbox> outboxes = fleet.outboxes(12);
        outboxes.forEach(outbox -> outbox.add("a", 100));
        AtomicInteger done = new AtomicInteger();
        Worker worker =
                fleet.start(fleet.builder().concurrency(3).maxWaiting(40).handle(Simulation.A, (payload, message) -> {
                    done.incrementAndGet();
                    fleet.released.await();
                }));
        RealFleet.until(() -> done.get() == 3);
        // room for little is not worth a claim
        RealFleet.until(() -> worker.describe().matches(".* (3[789]|40) messages waiting.*"));
        long leases = outboxes.stream()
                .flatMap(outbox -> outbox.rows().stream())
                .filter(row -> row.unsettled > 0)
                .count();
        assertThat(leases).isLessThanOrEqualTo(43);
        fleet.released.countDown();
        fleet.recorder.await(Told.DELIVERED, 1_200);
    }
}
