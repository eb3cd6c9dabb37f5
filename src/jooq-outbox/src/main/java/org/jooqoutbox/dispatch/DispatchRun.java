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

/** One run of a dispatcher on the machine's clock: its parts, put together. */
final class DispatchRun {

    private static final Logger LOG = LoggerFactory.getLogger("org.jooqoutbox.dispatch");

    private final OutboxRepository<?> outbox;
    private final DispatchSettings settings;
    private final Tally tally = new Tally();
    private final DispatchListener listener;
    private final HandlerThreads ownThreads;
    private final ExecutorHandlers handlers;
    private final DispatchCore core;
    private final Engine engine;
    private volatile @Nullable Thread thread;
    private volatile boolean over;
    private volatile boolean stopAsked;

    /**
     * Puts the parts together.
     *
     * @param executor where handlers run; threads of its own where it is null
     * @param interruptStops whether an interrupt of its thread means that it shall stop
     */
    DispatchRun(
            OutboxRepository<?> outbox,
            DispatchSettings settings,
            @Nullable Executor executor,
            List<DispatchListener> listeners,
            boolean interruptStops) {
        this.outbox = outbox;
        this.settings = settings;
        this.ownThreads = new HandlerThreads(settings.outbox()); // none yet: they come with the first task
        List<DispatchListener> all = new ArrayList<>(List.of(tally, new LogListener(LOG, settings.outbox())));
        all.addAll(listeners);
        this.listener = new GuardedListener(all, LOG);
        Mailbox mailbox = Mailbox.create();
        this.handlers = new ExecutorHandlers(executor == null ? ownThreads : executor, mailbox);
        this.core = new DispatchCore(settings, listener, new SplittableRandom(), System.nanoTime());
        this.engine = new Engine(outbox, core, handlers, mailbox, System::nanoTime, interruptStops);
    }

    /** Refuses to go on with a table that does not fit; a database that does not answer may do so later. */
    void verify() {
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

    /** Runs on the calling thread until there is nothing more to do. */
    void run() {
        thread = Thread.currentThread();
        listener.started(settings.describe());
        try {
            engine.run();
        } finally {
            over = true;
            ownThreads.shutdown();
        }
    }

    /** Tells the listeners that it is over, and what came of it. */
    void tellStopped() {
        listener.stopped(report());
    }

    void requestStop() {
        stopAsked = true;
        engine.requestStop();
    }

    /** Whether the calling thread is one that this run itself would have to wait for. */
    boolean isInside() {
        return Thread.currentThread() == thread || handlers.isInHandler();
    }

    boolean wasInterrupted() {
        return engine.wasInterrupted();
    }

    boolean drained() {
        return core.drained();
    }

    /** How it stands and what came of it so far, on one line. */
    String describe() {
        String state = thread == null ? "not started" : over ? "stopped" : stopAsked ? "stopping" : "running";
        return "outbox " + settings.outbox() + ": " + state + ", "
                + core.gauges().describe() + "; " + report();
    }

    /** What came of it so far. */
    Worker.StopReport report() {
        return tally.report(over ? core.leftBehind() : 0, over);
    }
}
