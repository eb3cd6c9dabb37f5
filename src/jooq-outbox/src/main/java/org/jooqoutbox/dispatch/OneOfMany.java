package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jspecify.annotations.Nullable;

/** One of several outboxes of a worker: its core and its engine, at work in turns on the threads of the crew. */
final class OneOfMany extends Crew.Member implements Mailbox {

    // Long enough for a call or two.
    private static final long TURN = Nanos.of(Duration.ofMillis(5));

    private final OutboxRepository<?> outbox;
    private final Commons commons;
    private final boolean listens;
    private final Queue<Mail> mail = new ConcurrentLinkedQueue<>();
    private final DispatchCore core;
    private final Engine engine;
    private Subscription wakeUps = () -> {};
    private @Nullable Long mark;
    private long wantsToWait;

    /**
     * A member that has not begun.
     *
     * @param listens whether it is woken up when messages may have become due
     */
    OneOfMany(
            OutboxRepository<?> outbox,
            DispatchSettings settings,
            DispatchListener listener,
            Commons commons,
            boolean listens) {
        this.outbox = outbox;
        this.commons = commons;
        this.listens = listens;
        Shares shares = commons.shares(settings.concurrency(), () -> put((told, now) -> {}), this::wakeUp);
        this.core = new DispatchCore(settings, listener, shares, new SplittableRandom(), System.nanoTime());
        this.engine = new Engine(outbox, core, commons.handlers(this), this, System::nanoTime, false);
    }

    /** Begins to deliver. */
    void begin() {
        if (listens) {
            wakeUps = Hints.subscribe(outbox, engine::wakeUp);
        }
        commons.crew().call(this);
    }

    String name() {
        return outbox.name();
    }

    /** Something may have become due; from any thread. */
    void wakeUp() {
        engine.wakeUp();
    }

    /** Gives back what was not started, waits for the rest, and ends. */
    void requestStop() {
        wakeUps.close();
        engine.requestStop();
    }

    /** How many messages of it were left to their leases, once it is over. */
    int leftBehind() {
        return core.leftBehind();
    }

    Gauges gauges() {
        return core.gauges();
    }

    /**
     * Notes how much was ever written into it.
     *
     * @param latest null when that is not known
     * @return whether that changed since it was noted the last time
     */
    boolean changedTo(@Nullable Long latest) {
        boolean changed = latest != null && !latest.equals(mark);
        mark = latest;
        return changed;
    }

    @Override
    long turn() {
        long end = System.nanoTime() + TURN;
        do {
            wantsToWait = 0;
            if (!engine.step()) {
                commons.ended(this);
                return OVER;
            }
        } while (wantsToWait == 0 && !Nanos.reached(end, System.nanoTime()));
        return wantsToWait;
    }

    @Override
    public void put(Mail item) {
        mail.add(item);
        commons.crew().call(this);
    }

    /** Never waits: the turn ends instead. */
    @Override
    public @Nullable Mail poll(long nanos) {
        Mail next = mail.poll();
        if (next == null && nanos > 0) {
            wantsToWait = nanos;
        }
        return next;
    }
}
