package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.MessageLimits;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;

/**
 * One schedule: two to five workers with everything going wrong for two and a half minutes, while messages are enqueued in transactions that commit or do
 * not; then one good worker that nothing happens to; then judgement. The same for the same seed.
 */
final class SimSchedule {

    private static final long ROUGH = Duration.ofSeconds(150).toNanos();
    private static final long CALM = Duration.ofMinutes(90).toNanos();
    private static final List<MessageKind<String>> KINDS =
            List.of(SimWorker.PLAIN, SimWorker.BATCH, SimWorker.TRANSACTIONAL);

    private final SplittableRandom random;
    private final Scenario scenario;
    private final InMemoryOutboxRepository outbox;
    private final SimTime time;
    private final Judge judge;
    private final UnaryOperator<OutboxRepository<Transaction>> bug;
    private final OutboxRepository<Transaction> producer;
    private final List<SimWorker> workers = new ArrayList<>();
    private int numbers;

    private SimSchedule(long seed, UnaryOperator<OutboxRepository<Transaction>> bug) {
        this.random = new SplittableRandom(seed);
        this.scenario = new Scenario(random.split());
        this.outbox = new InMemoryOutboxRepository("simulated", MessageLimits.defaults(), seed);
        this.time = new SimTime(outbox);
        this.judge = new Judge(outbox, time);
        this.bug = bug;
        this.producer = bug.apply(outbox);
    }

    /** Runs the schedule of this seed and returns the judge, who has seen all of it. */
    static Judge run(long seed, UnaryOperator<OutboxRepository<Transaction>> bug) {
        return new SimSchedule(seed, bug).run();
    }

    private Judge run() {
        int count = 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            workers.add(worker());
        }
        int transactions = 3 + random.nextInt(6);
        for (int i = 0; i < transactions; i++) {
            time.at(random.nextLong(ROUGH / 2), this::transaction);
        }
        planTrouble(count);
        time.runUntil(ROUGH);
        comeToRest();
        judge.atTheEnd(scenario.bad());
        return judge;
    }

    private SimWorker worker() {
        return new SimWorker(numbers++, scenario, time, outbox, judge, bug);
    }

    private void planTrouble(int count) {
        for (int i = 0; i < count; i++) {
            int at = i;
            time.at(random.nextLong(ROUGH), () -> workers.get(at).pause(random.nextLong(3 * scenario.lease())));
            time.at(random.nextLong(ROUGH), () -> workers.get(at).kill());
            time.at(random.nextLong(ROUGH), () -> workers.get(at).stop());
        }
        for (long at = scenario.lease(); at < ROUGH; at += scenario.lease()) {
            time.at(at, this::replaceTheDead);
        }
    }

    private void replaceTheDead() {
        for (int i = 0; i < workers.size(); i++) {
            if (workers.get(i).isDead() && random.nextBoolean()) {
                workers.set(i, worker());
            }
        }
    }

    private void comeToRest() {
        scenario.calmDown();
        workers.forEach(SimWorker::stop);
        workers.set(0, worker());
        while (time.now() < ROUGH + CALM && !outbox.pending().isEmpty()) {
            time.runUntil(time.now() + 2 * scenario.lease());
            if (workers.get(0).isDead()) {
                workers.set(0, worker());
            }
        }
        workers.get(0).stop();
        time.runUntil(time.now() + scenario.lease());
    }

    private void transaction() {
        Map<UUID, MessageDraft> drafts = new LinkedHashMap<>();
        boolean commits = random.nextInt(4) > 0;
        try {
            outbox.inTransaction(tx -> {
                int count = 1 + random.nextInt(5);
                for (int i = 0; i < count; i++) {
                    MessageDraft draft = draft();
                    producer.enqueue(tx, draft).ids().forEach(id -> drafts.put(id, draft));
                }
                if (!commits) {
                    throw new IllegalStateException("rolled back");
                }
            });
        } catch (IllegalStateException e) {
            drafts.clear();
        }
        drafts.forEach(this::committed);
    }

    private MessageDraft draft() {
        MessageDraft draft =
                scenario.ordered(KINDS.get(random.nextInt(KINDS.size())).draft("{}"), random);
        return switch (random.nextInt(10)) {
            case 0 -> draft.withDelay(Duration.ofNanos(random.nextLong(ROUGH)));
            case 1 -> draft.withTimeToLive(Duration.ofNanos(random.nextLong(ROUGH) + 1_000_000));
            default -> draft;
        };
    }

    // What always fails looks like an outage where it is alone: behind a circuit breaker it would be probed for ever.
    private void committed(UUID id, MessageDraft draft) {
        int dice = random.nextInt(20);
        judge.committed(id, draft.orderingKey().orElse(null), dice == 0);
        if (dice == 0) {
            scenario.poison(id);
        } else if (dice == 1 && !scenario.mayBreak(draft.kind())) {
            scenario.bad(id);
        }
    }
}
