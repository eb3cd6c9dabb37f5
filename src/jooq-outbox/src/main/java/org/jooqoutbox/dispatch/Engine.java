package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the core decides, step by step, on one thread. Handlers run elsewhere and report through the mailbox. The outbox is called on this
 * thread, or all but renewals elsewhere, whose answers are mail as well.
 *
 * <p>Nothing ends the loop but the core. Whatever the outbox throws is an event for the core; whatever else goes wrong is logged, and the loop
 * goes on after a pause.
 */
final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long PAUSE_AFTER_ERROR = Nanos.of(Duration.ofSeconds(1));
    private static final int LAST_ERRORS = 3;

    private final OutboxRepository<?> outbox;
    private final DispatchCore core;
    private final Handlers handlers;
    private final Mailbox mailbox;
    private final OutboxCalls calls;
    private final Lines lines;
    private final Lines.Line direct;
    private final LongSupplier ticker;
    private final boolean interruptStops;
    private final AtomicBoolean woken = new AtomicBoolean();
    private boolean interrupted;
    private long pause;
    private int errors;

    /**
     * An engine that has not begun, and calls the outbox on its own thread.
     *
     * @param interruptStops whether an interrupt of its thread means that it shall stop; else it means nothing
     */
    Engine(
            OutboxRepository<?> outbox,
            DispatchCore core,
            Handlers handlers,
            Mailbox mailbox,
            LongSupplier ticker,
            boolean interruptStops) {
        this(outbox, core, handlers, Lines.direct(core, ticker), mailbox, ticker, interruptStops);
    }

    /** An engine whose claims and settlements are made by these lines. */
    Engine(
            OutboxRepository<?> outbox,
            DispatchCore core,
            Handlers handlers,
            Lines lines,
            Mailbox mailbox,
            LongSupplier ticker,
            boolean interruptStops) {
        this.outbox = outbox;
        this.calls = new OutboxCalls(outbox, ticker);
        this.lines = lines;
        this.direct = Lines.direct(core, ticker).claims();
        this.core = core;
        this.handlers = handlers;
        this.mailbox = mailbox;
        this.ticker = ticker;
        this.interruptStops = interruptStops;
    }

    /** Runs until the core has finished. */
    void run() {
        boolean going = true;
        while (going) {
            going = step();
        }
    }

    /** Asks it to stop; from any thread. */
    void requestStop() {
        mailbox.put(DispatchCore::stopAsked);
    }

    /** Something may be due; from any thread. Any number of these between two looks into the mailbox is one. */
    void wakeUp() {
        if (woken.compareAndSet(false, true)) {
            mailbox.put((told, now) -> {
                woken.set(false);
                told.wokenUp(now);
            });
        }
    }

    /** Whether its thread was interrupted meanwhile. The flag itself was cleared, so that the last settlements could be sent. */
    boolean wasInterrupted() {
        return interrupted;
    }

    /** Reads mail and carries out one step. Returns false when that was the last. */
    boolean step() {
        try {
            boolean going = round();
            errors = 0;
            return going;
        } catch (InterruptedException e) {
            noteInterrupt();
            return true;
        } catch (Throwable t) {
            return recover(t);
        }
    }

    private boolean round() throws InterruptedException {
        if (Thread.interrupted()) {
            noteInterrupt();
        }
        readMail();
        Step step = core.next(now());
        carryOut(step);
        return !(step instanceof Step.Finished);
    }

    // The pause after an error ends with the first mail: it may be the one that asks to stop.
    private void readMail() throws InterruptedException {
        long patience = pause;
        pause = 0;
        for (Mailbox.Mail mail = mailbox.poll(patience); mail != null; mail = mailbox.poll(0)) {
            mail.deliver(core, now());
        }
    }

    private void noteInterrupt() {
        interrupted = true;
        if (interruptStops) {
            requestStop();
        }
    }

    // An error here is a bug of this library, or the heap is full. Either way it ends when it was asked to and cannot.
    private boolean recover(Throwable error) {
        pause = PAUSE_AFTER_ERROR;
        errors++;
        try {
            LOG.error("outbox {}: the dispatcher met an error of its own, and goes on", outbox.name(), error);
        } catch (Throwable t) {
            return goesOn();
        }
        return goesOn();
    }

    private boolean goesOn() {
        return !core.stopping() || errors < LAST_ERRORS;
    }

    private void carryOut(Step step) throws InterruptedException {
        if (step instanceof Step.Run run) {
            handlers.run(run.job());
        } else if (step instanceof Step.Interrupt interrupt) {
            interrupt(interrupt.job());
        } else if (step instanceof Step.Renew renew) {
            direct.call(calls.renew(renew));
        } else if (step instanceof Step.Settle settle) {
            lines.settlements().call(calls.settle(settle));
        } else if (step instanceof Step.SettleAndClaim both) {
            lines.claims().call(calls.settleAndClaim(both));
        } else if (step instanceof Step.Claim claim) {
            lines.claims().call(calls.claim(claim));
        } else if (step instanceof Step.LookAhead lookAhead) {
            lines.claims().call(calls.lookAhead(lookAhead));
        } else if (step instanceof Step.Wait wait) {
            await(wait.until());
        }
    }

    private void await(long until) throws InterruptedException {
        long patience = Math.min(handlers.seeToBegin(now()), Nanos.until(until, now()));
        Mailbox.@Nullable Mail mail = mailbox.poll(patience);
        if (mail != null) {
            mail.deliver(core, now());
        }
    }

    private void interrupt(Job job) {
        if (handlers.interrupt(job)) {
            core.interrupted(job);
        }
    }

    private long now() {
        return ticker.getAsLong();
    }
}
