package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a dispatcher of one outbox, on the machine's clock: its parts, put together. */
final class DispatchRun implements Run {

    private static final Logger LOG = LoggerFactory.getLogger("org.jooqoutbox.dispatch");

    private final OutboxRepository<?> outbox;
    private final DispatchSettings settings;
    private final Tally tally = new Tally();
    private final DispatchListener listener;
    private final HandlerThreads ownThreads;
    private final ExecutorHandlers handlers;
    private final DispatchCore core;
    private final CallThreads callThreads;
    private final Engine engine;
    private final boolean listens;
    private volatile @Nullable Thread thread;
    private volatile boolean over;
    private volatile boolean stopAsked;

    /**
     * Puts the parts together.
     *
     * @param executor where handlers run; threads of its own where it is null
     * @param interruptStops whether an interrupt of its thread means that it shall stop
     * @param listens whether it is woken up when messages may have become due
     */
    DispatchRun(
            OutboxRepository<?> outbox,
            DispatchSettings settings,
            @Nullable Executor executor,
            List<DispatchListener> listeners,
            boolean interruptStops,
            boolean listens) {
        this.outbox = outbox;
        this.listens = listens;
        this.settings = settings;
        this.ownThreads = new HandlerThreads(settings.outbox()); // none yet: they come with the first task
        List<DispatchListener> all = new ArrayList<>(List.of(tally, new LogListener(LOG, settings.outbox())));
        all.addAll(listeners);
        this.listener = new GuardedListener(all, LOG);
        Mailbox mailbox = Mailbox.create();
        this.handlers = new ExecutorHandlers(executor == null ? ownThreads : executor, mailbox);
        this.core = new DispatchCore(settings, listener, new SplittableRandom(), System.nanoTime());
        this.callThreads = new CallThreads(settings.outbox(), mailbox); // none yet, either
        Lines lines = settings.overlaps() ? callThreads.lines() : Lines.direct(core, System::nanoTime);
        this.engine = new Engine(outbox, core, handlers, lines, mailbox, System::nanoTime, interruptStops);
    }

    /** Refuses to go on with a table that does not fit; a database that does not answer may do so later. */
    @Override
    public void verify() {
        try {
            outbox.verify();
        } catch (OutboxException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn(
                    "outbox {}: its table could not be checked: {}",
                    settings.outbox(),
                    ErrorText.line(ErrorText.of(e)));
            LOG.debug("outbox {}: its table could not be checked", settings.outbox(), e);
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        listener.started(settings.describe());
        OutboxRepository.Subscription wakeUps = listens ? Hints.subscribe(outbox, engine::wakeUp) : () -> {};
        try {
            engine.run();
        } finally {
            wakeUps.close();
            over = true;
            callThreads.shutdown();
            ownThreads.shutdown();
        }
    }

    @Override
    public void tellStopped() {
        listener.stopped(report());
    }

    @Override
    public void requestStop() {
        stopAsked = true;
        engine.requestStop();
    }

    @Override
    public boolean isInside() {
        return Thread.currentThread() == thread || callThreads.isInside() || handlers.isInHandler();
    }

    boolean wasInterrupted() {
        return engine.wasInterrupted();
    }

    boolean drained() {
        return core.drained();
    }

    @Override
    public String describe() {
        String state = thread == null ? "not started" : over ? "stopped" : stopAsked ? "stopping" : "running";
        return "outbox " + settings.outbox() + ": " + state + ", "
                + core.gauges().describe() + "; " + report();
    }

    @Override
    public Worker.StopReport report() {
        return tally.report(over ? core.leftBehind() : 0, over);
    }
}
