package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jooqoutbox.OutboxRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a worker of several outboxes, on the machine's clock.
 *
 * <p>The thread that runs it only oversees: it asks which outboxes there are, and looks with one call for many of them where something was
 * written, so that idle ones need hardly be looked at themselves. Delivering is the members' business, which the crew's threads do. Members
 * share what {@link Commons} says and nothing else, so that an outbox which is locked, gone, or not to be read is a matter of its own member
 * alone.
 *
 * @param <X> what a transaction of an outbox looks like
 */
final class FleetRun<X> implements Run {

    private static final Logger LOG = LoggerFactory.getLogger("org.jooqoutbox.dispatch");

    private final FleetSettings fleet;
    private final Function<OutboxRepository<X>, DispatchSettings> settings;
    private final List<DispatchListener> listeners;
    private final DispatchListener listener;
    private final Tally tally = new Tally();
    private final Set<String> blamed = ConcurrentHashMap.newKeySet();
    private final RandomGenerator random = new SplittableRandom();
    private final HandlerThreads ownThreads;
    private final Crew crew = new Crew(System::nanoTime);
    private final Commons commons;
    private final Members<X> members;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile boolean over;

    /**
     * Puts the parts together.
     *
     * @param settings what an outbox is dispatched with
     */
    FleetRun(
            OutboxRepository.Source<X> source,
            FleetSettings fleet,
            Function<OutboxRepository<X>, DispatchSettings> settings,
            List<DispatchListener> listeners) {
        this.fleet = fleet;
        this.settings = settings;
        this.listeners = listeners;
        this.listener = guarded(new LogListener(LOG, fleet.name()), listeners);
        this.members = new Members<>(source, this::join, listener, LOG);
        this.ownThreads = new HandlerThreads(fleet.name());
        this.commons = new Commons(
                crew,
                fleet.executor() == null ? ownThreads : fleet.executor(),
                fleet.concurrency(),
                fleet.maxWaiting(),
                members::ended);
    }

    private DispatchListener guarded(DispatchListener first, List<DispatchListener> others) {
        List<DispatchListener> all = new ArrayList<>(List.of(first));
        all.addAll(others);
        return new GuardedListener(all, blamed, LOG);
    }

    private OneOfMany join(OutboxRepository<X> outbox, boolean watched) {
        List<DispatchListener> told = new ArrayList<>(List.of(tally));
        listeners.forEach(each -> told.add(forOutbox(each, outbox.name())));
        DispatchSettings own =
                settings.apply(outbox).asOneOfMany(fleet.mostOfOne(), watched ? fleet.sweepEvery() : fleet.lookEvery());
        return new OneOfMany(outbox, own, guarded(new LogListener(LOG, outbox.name()), told), commons, fleet.listens());
    }

    // It is the user's, and may do what it likes.
    private static DispatchListener forOutbox(DispatchListener listener, String outbox) {
        try {
            return Objects.requireNonNull(listener.forOutbox(outbox), "forOutbox() answered null");
        } catch (Throwable t) {
            LOG.warn(
                    "outbox {}: listener {} threw, and is told nothing about this outbox: {}",
                    outbox,
                    listener.getClass().getName(),
                    ErrorText.line(ErrorText.of(t)));
            return new DispatchListener() {};
        }
    }

    /** Passes: an outbox that does not fit says so when it is to be claimed from, and is no reason not to deliver the others. */
    @Override
    public void verify() {}

    @Override
    public void run() {
        threads.add(Thread.currentThread());
        listener.started(fleet.describe());
        try {
            startCallers();
            oversee();
            members.stopAll();
        } finally {
            crew.close();
            ownThreads.shutdown();
            over = true;
        }
    }

    private void startCallers() {
        for (int i = 1; i <= fleet.callers(); i++) {
            Thread caller = HandlerThreads.thread(crew::work, "outbox-" + fleet.name() + "-caller-" + i);
            threads.add(caller);
            caller.start();
        }
    }

    private void oversee() {
        long refreshAt = System.nanoTime();
        do {
            try {
                if (Nanos.reached(refreshAt, System.nanoTime())) {
                    refreshAt = System.nanoTime() + Nanos.of(fleet.refreshEvery());
                    members.refresh();
                }
                members.wakeWritten();
            } catch (Throwable t) {
                LOG.error("outbox {}: the worker met an error of its own, and goes on", fleet.name(), t);
            }
        } while (!awaitStop(pause(fleet.lookEvery())));
    }

    private long pause(Duration most) {
        long nanos = Nanos.of(most);
        return nanos - random.nextLong(nanos / 2 + 1);
    }

    // An interrupt means nothing here: who wants it to end stops it.
    private boolean awaitStop(long nanos) {
        try {
            return stopAsked.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void tellStopped() {
        listener.stopped(report());
    }

    @Override
    public void requestStop() {
        stopAsked.countDown();
    }

    @Override
    public boolean isInside() {
        return threads.contains(Thread.currentThread()) || commons.isInHandler();
    }

    @Override
    public String describe() {
        String state = threads.isEmpty()
                ? "not started"
                : over ? "stopped" : stopAsked.getCount() == 0 ? "stopping" : "running";
        Gauges all = new Gauges();
        members.all().forEach(member -> all.add(member.gauges()));
        return "outbox " + fleet.name() + ": " + state + ", " + members.count() + " outboxes, " + all.describe() + "; "
                + report();
    }

    @Override
    public Worker.StopReport report() {
        return tally.report(over ? members.leftBehind() : 0, over);
    }
}
