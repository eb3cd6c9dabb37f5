package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.dispatch.VirtualHandlers.Behaviour.delivers;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jooqoutbox.dispatch.Recorder.Told;
import org.junit.jupiter.api.Test;

/** How outboxes with a backlog share the room for claimed messages, when together they want more than there is. */
class FleetRoomTest {

    private static final int OUTBOXES = 20;
    private static final int BATCH = 50;
    private static final int MESSAGES = 500;

    private final VirtualTime time = new VirtualTime();
    private final VirtualFleet fleet = new VirtualFleet(time, 1, 10, 200, 3);
    private final List<VirtualOutbox> outboxes = IntStream.range(0, OUTBOXES)
            .mapToObj(i -> new VirtualOutbox("outbox " + i, time::sinceStart))
            .toList();

    private void deliverAll(Duration handlersTake) {
        outboxes.forEach(outbox -> {
            outbox.add("a", MESSAGES);
            fleet.add(outbox, b -> b.batch(BATCH)).handlers.script(m -> delivers(handlersTake));
        });
        fleet.runUntil(() -> outboxes.stream().allMatch(outbox -> outbox.pending() == 0));
    }

    private int claims() {
        return fleet.members().stream()
                .mapToInt(member -> member.recorder.count(Told.CLAIMED))
                .sum();
    }

    @Test
    void backlogs_quickHandlers_areClaimedByTheBatch() {
        deliverAll(Duration.ofNanos(10_000));
        assertThat(claims()).isLessThan(2 * OUTBOXES * MESSAGES / BATCH);
    }

    @Test
    void backlogs_slowHandlers_nobodyWaitsForWholeBatchesOfTheOthers() {
        deliverAll(Duration.ofMillis(50));
        Duration round = Duration.ofMillis(50).multipliedBy(200 / 10);
        fleet.members().forEach(member -> {
            List<Recorder.Event> starts = member.recorder.events(Told.HANDLER_STARTED);
            long longest = IntStream.range(1, starts.size())
                    .mapToLong(i -> starts.get(i).at() - starts.get(i - 1).at())
                    .max()
                    .orElseThrow();
            assertThat(Duration.ofNanos(longest)).isLessThan(round.multipliedBy(2));
        });
    }
}
