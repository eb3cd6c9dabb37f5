package org.jooqoutbox.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.KindOptions;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.lifecycle.Gauge.Event;
import org.jooqoutbox.it.support.Effort;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many dead letters are replayed at once, page by page, while the outbox is at work. */
@Timeout(180)
class ReplayStormTest {

    private static final int LETTERS = 4_000 * Effort.ROUNDS;
    private static final int PAGE = 1_000;
    private static final int PER_SECOND = 20; // so that most of a page still waits when the test is through with it
    private static final int LIVE_PER_PAGE = 10;
    private static final Condition WAITING = OUTBOX.STATUS.eq("pending").and(OUTBOX.ATTEMPTS.eq(2));

    private final TestOutbox outbox = TestOutbox.create("storm");
    private final Gauge gauge = new Gauge();
    private final Map<UUID, Integer> deliveries = new ConcurrentHashMap<>();
    private final Map<UUID, Integer> claimOf = new ConcurrentHashMap<>();

    /** Live messages, and the replayed ones that were not due yet when those were committed. */
    private record Page(Set<UUID> live, Set<UUID> later) {}

    // F82
    @Test
    void replay_ofThousandsWhileLiveMessagesFlow_holdsUpNoneAndIsBeyondFormerHolders() throws Exception {
        Map<UUID, Message> formerlyHeld = deadLettersThatAreStillHeld();
        List<Page> pages;
        try (Worker worker = worker()) {
            worker.start();
            pages = replayAll(formerlyHeld);
            Set<UUID> live =
                    pages.stream().flatMap(page -> page.live().stream()).collect(Collectors.toSet());
            gauge.await(() -> deliveries.keySet().containsAll(live));
            assertThat(count(WAITING)).as("still waiting for their turn").isPositive();
            outbox.mapped()
                    .update(OUTBOX)
                    .set(OUTBOX.RETRY_AT, DSL.currentOffsetDateTime())
                    .where(WAITING)
                    .execute();
            gauge.await(Event.DELIVERED, LETTERS + live.size());
        }
        assertThat(outbox.rows()).isEmpty();
        assertThat(deliveries).hasSize(LETTERS + pages.size() * LIVE_PER_PAGE).containsKeys(ids(formerlyHeld));
        assertThat(Set.copyOf(deliveries.values())).containsExactly(1);
        assertThat(gauge.count(Event.LEASE_LOST)).isZero();
        pages.forEach(this::assertLiveWereClaimedFirst);
    }

    private static UUID[] ids(Map<UUID, Message> messages) {
        return messages.keySet().toArray(UUID[]::new);
    }

    private void assertLiveWereClaimedFirst(Page page) {
        int lastLive = page.live().stream().mapToInt(claimOf::get).max().orElseThrow();
        int firstLater = page.later().stream().mapToInt(claimOf::get).min().orElseThrow();
        assertThat(lastLive).as("claim in which the last live one came").isLessThanOrEqualTo(firstLater);
    }

    /**
     * What a worker claimed that froze, and others gave up for dead meanwhile, which changes no token: so it is done here, for all at once.
     */
    private Map<UUID, Message> deadLettersThatAreStillHeld() {
        Sender.send(outbox, LETTERS);
        Map<UUID, Message> held = new HashMap<>();
        while (held.size() < LETTERS) {
            for (Message message :
                    outbox.repository().claim(ClaimRequest.of(10_000)).messages()) {
                held.put(message.id(), message);
            }
        }
        outbox.mapped()
                .update(OUTBOX)
                .set(OUTBOX.STATUS, "dead")
                .set(OUTBOX.LAST_ERROR, "died 4 times")
                .execute();
        return held;
    }

    private List<Page> replayAll(Map<UUID, Message> formerlyHeld) {
        List<Page> pages = new ArrayList<>();
        DeadLetterQuery query = DeadLetterQuery.all().limit(PAGE);
        List<UUID> replayed = outbox.repository().replay(query, PER_SECOND).replayed();
        while (!replayed.isEmpty()) {
            settleInVain(replayed.stream().map(formerlyHeld::get).toList());
            Set<UUID> live = Sender.send(outbox, LIVE_PER_PAGE);
            Set<UUID> later = notYetDue(replayed);
            assertThat(later).isNotEmpty();
            pages.add(new Page(live, later));
            replayed = outbox.repository().replay(query, PER_SECOND).replayed();
        }
        return pages;
    }

    /** Each of these, in one of the ways there are; and renews them, too. */
    private void settleInVain(List<Message> messages) {
        List<Function<Message, Settlement>> ways = List.of(
                Settlement::done,
                message -> Settlement.failed(message, "stale", Duration.ofDays(1)),
                message -> Settlement.dead(message, "stale"),
                message -> Settlement.postponed(message, "stale", Duration.ofDays(1)),
                Settlement::released);
        List<Settlement> settlements = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            settlements.add(ways.get(i % ways.size()).apply(messages.get(i)));
        }
        assertThat(outbox.repository().settle(settlements)).doesNotContain(Verdict.APPLIED);
        assertThat(outbox.repository().renew(messages, Duration.ofDays(1))).doesNotContain(Verdict.APPLIED);
    }

    private Set<UUID> notYetDue(List<UUID> replayed) {
        return new HashSet<>(outbox.mapped()
                .select(OUTBOX.ID)
                .from(OUTBOX)
                .where(WAITING)
                .and(OUTBOX.RETRY_AT.gt(DSL.currentOffsetDateTime()))
                .and(OUTBOX.ID.in(replayed))
                .fetch(OUTBOX.ID));
    }

    private int count(Condition condition) {
        return outbox.mapped().fetchCount(OUTBOX, condition);
    }

    private Worker worker() {
        return Worker.builder(outbox.repository())
                .handleBatch(Sender.KIND, this::deliver, KindOptions.defaults().batch(500))
                .batch(PAGE)
                .settleBatch(PAGE)
                .shortestPoll(Duration.ofMillis(10))
                .longestPoll(Duration.ofMillis(50))
                .listener(gauge)
                .listener(new DispatchListener() {
                    private int claims;

                    @Override
                    public void claimed(Claim claim) {
                        claims++;
                        claim.messages().forEach(message -> claimOf.putIfAbsent(message.id(), claims));
                    }
                })
                .build();
    }

    private List<Outcome> deliver(List<Handler.Delivery<String>> batch) {
        batch.forEach(delivery -> deliveries.merge(delivery.message().id(), 1, Integer::sum));
        return batch.stream().map(delivery -> Outcome.done()).toList();
    }
}
