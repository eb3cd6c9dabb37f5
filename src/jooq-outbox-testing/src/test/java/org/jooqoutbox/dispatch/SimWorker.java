package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Outcome;
import org.jooqoutbox.testing.InMemoryOutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * One process with a worker in it: the real core and engine, on a clock of its own that is off and runs a little fast or slow, with handlers
 * that take simulated time. It can be paused and killed.
 */
final class SimWorker implements Mailbox, Handlers, DispatchListener {

    static final MessageKind<String> PLAIN = MessageKind.json("plain");
    static final MessageKind<String> BATCH = MessageKind.json("batch");
    static final MessageKind<String> TRANSACTIONAL = MessageKind.json("transactional");

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("the process ended", null, false, false);
        }
    }

    private final int number;
    private final Scenario scenario;
    private final SimTime time;
    private final Judge judge;
    private final SplittableRandom random;
    private final OutboxRepository<Transaction> outbox;
    private final Tally tally = new Tally();
    private final DispatchCore core;
    private final Engine engine;
    private final Deque<Mail> mail = new ArrayDeque<>();
    private final Set<Job> running = new LinkedHashSet<>();
    private final Set<Job> uninterruptible = new HashSet<>();
    private final Set<Message> abandoned = new HashSet<>();
    private final long clockOffset;
    private final double clockSpeed;
    private long lag;
    private long waitFor;
    private long pausedUntil;
    private long wakeNumber;
    private boolean dead;

    SimWorker(
            int number,
            Scenario scenario,
            SimTime time,
            InMemoryOutboxRepository shared,
            Judge judge,
            UnaryOperator<OutboxRepository<Transaction>> bug) {
        this.number = number;
        this.scenario = scenario;
        this.time = time;
        this.judge = judge;
        this.random = scenario.random().split();
        this.clockOffset = random.nextLong();
        this.clockSpeed = 0.99 + random.nextDouble() / 50;
        this.outbox = new UnreliableOutbox(new WatchedOutbox(bug.apply(shared), judge, number), this);
        DispatchSettings settings = scenario.settings(outbox);
        DispatchListener listener = new GuardedListener(List.of(tally, this), NOPLogger.NOP_LOGGER);
        this.core = new DispatchCore(settings, listener, random.split(), now());
        Lines lines = settings.overlaps() ? new Lines(this::call, this::call) : Lines.direct(core, this::now);
        this.engine = new Engine(outbox, core, this, lines, this, this::now, false);
        wake(0);
    }

    private long now() {
        return clockOffset + (long) ((time.now() + lag) * clockSpeed);
    }

    boolean isDead() {
        return dead;
    }

    void kill() {
        dead = true;
        running.clear();
        mail.clear();
    }

    void pause(long nanos) {
        pausedUntil = Math.max(pausedUntil, time.now() + nanos);
    }

    void stop() {
        if (!dead) {
            engine.requestStop();
        }
    }

    private void wake(long nanos) {
        long wake = ++wakeNumber;
        time.after(nanos, () -> wakeUp(wake));
    }

    private void wakeUp(long wake) {
        if (dead || wake != wakeNumber) {
            return;
        }
        if (time.now() < pausedUntil) {
            wake(pausedUntil - time.now());
            return;
        }
        work();
    }

    private void work() {
        waitFor = -1;
        lag = 0;
        boolean going = true;
        while (going && !dead && waitFor < 0 && lag == 0) {
            going = engine.step();
        }
        if (dead) {
            return;
        }
        if (going) {
            wake(lag + (waitFor < 0 ? 0 : 1 + (long) (waitFor / clockSpeed)));
            lag = 0;
        } else {
            dead = true;
            judge.stopped(number, tally.report(core.leftBehind(), true));
        }
    }

    // ---- calls that the worker does not wait for

    // How long a call took, it says by the lag. Meanwhile the worker is at something else.
    private void call(OutboxCall call) {
        time.after(
                lag + way(),
                () -> whenAwake(() -> {
                    lag = 0;
                    Mail answer = call.make();
                    long took = lag + way();
                    lag = 0;
                    time.after(took, () -> whenAwake(() -> put(answer)));
                }));
    }

    private long way() {
        return scenario.isRough() ? random.nextLong(5_000_000) : 1;
    }

    // ---- what can go wrong with a call

    /** Called in the middle of a call. */
    void takeSomeTime() {
        if (scenario.isRough()) {
            lag += random.nextInt(20) == 0 ? random.nextLong(scenario.lease() / 4) : random.nextLong(5_000_000);
        }
    }

    void mayCrash() {
        if (scenario.isRough() && random.nextInt(400) == 0) {
            kill();
            throw new Killed();
        }
    }

    boolean hasFault() {
        return scenario.isRough() && random.nextInt(scenario.faultEvery()) == 0;
    }

    // ---- mailbox

    @Override
    public void put(Mail item) {
        mail.add(item);
        if (waitFor >= 0) {
            wake(0);
        }
    }

    @Override
    public @Nullable Mail poll(long nanos) {
        if (mail.isEmpty() && nanos > 0) {
            waitFor = Math.min(nanos, Duration.ofDays(1).toNanos());
        }
        return mail.poll();
    }

    // ---- handlers

    @Override
    public void run(Job job) {
        if (scenario.isRough() && random.nextInt(200) == 0) {
            report(job, Collections.nCopies(job.messages().size(), new HandlerResult.NotStarted("no thread")));
            return;
        }
        running.add(job);
        judge.begins(messages(job));
        judge.atWork(running.stream()
                .flatMap(other -> messages(other).stream())
                .filter(message -> !abandoned.contains(message))
                .toList());
        long takes = takes();
        if (random.nextInt(10) == 0) {
            uninterruptible.add(job);
        }
        time.after(lag + takes, () -> whenAwake(() -> end(job)));
    }

    private long takes() {
        long lease = scenario.lease();
        return switch (scenario.isRough() ? random.nextInt(20) : 0) {
            case 19 -> lease + random.nextLong(lease);
            case 18 -> lease / 2 + random.nextLong(lease / 2);
            default -> random.nextLong(lease / 50) + 1;
        };
    }

    // A process that is paused is paused in its handlers, too.
    private void whenAwake(Runnable action) {
        if (time.now() < pausedUntil) {
            time.at(pausedUntil, () -> whenAwake(action));
        } else if (!dead) {
            action.run();
        }
    }

    @Override
    public boolean interrupt(Job job) {
        if (running.contains(job) && !uninterruptible.contains(job)) {
            running.remove(job);
            report(job, failed(job, new InterruptedException("interrupted")));
            return true;
        }
        return running.contains(job);
    }

    private void end(Job job) {
        if (!running.remove(job)) {
            return;
        }
        List<Message> messages = messages(job);
        if (messages.stream().anyMatch(message -> scenario.isPoison(message.id()))) {
            kill();
            return;
        }
        List<HandlerResult> results = job.lane().route().delivery().isTransactional()
                ? inTransaction(messages.get(0))
                : messages.stream().map(this::deliver).toList();
        if (!dead) {
            report(job, results);
        }
    }

    private HandlerResult deliver(Message message) {
        if (scenario.isBad(message.id()) || scenario.isUnlucky(random)) {
            return HandlerResult.Failed.of(new IllegalStateException("no"));
        }
        if (scenario.isRough() && random.nextInt(30) == 0) {
            return HandlerResult.of(Outcome.postpone(Duration.ofNanos(random.nextLong(scenario.lease())), "later"));
        }
        judge.succeeded(number, message);
        return new HandlerResult.Delivered();
    }

    private List<HandlerResult> inTransaction(Message message) {
        boolean fails = scenario.isBad(message.id()) || scenario.isUnlucky(random);
        try {
            return new TransactionalDelivery<>(
                            outbox,
                            TRANSACTIONAL,
                            (transaction, payload, same) -> {
                                mayCrash();
                                if (fails) {
                                    throw new IllegalStateException("no");
                                }
                            },
                            Duration.ofSeconds(30))
                    .deliver(List.of(message));
        } catch (Throwable t) {
            return List.of(HandlerResult.Failed.of(t));
        }
    }

    private static List<HandlerResult> failed(Job job, Throwable cause) {
        return Collections.nCopies(job.messages().size(), HandlerResult.Failed.of(cause));
    }

    private void report(Job job, List<HandlerResult> results) {
        put((core, now) -> core.handlerFinished(job, results, now));
    }

    private static List<Message> messages(Job job) {
        List<Message> messages = new ArrayList<>();
        job.messages().forEach(held -> messages.add(held.message()));
        return messages;
    }

    @Override
    public void handlerAbandoned(Message message) {
        abandoned.add(message);
    }
}
