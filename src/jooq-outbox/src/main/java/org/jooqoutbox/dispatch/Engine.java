package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jooqoutbox.Claim;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the core decides, step by step, on one thread: the outbox is called on it, handlers run elsewhere and report through the mailbox.
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
    private final LongSupplier ticker;
    private final boolean interruptStops;
    private final AtomicBoolean woken = new AtomicBoolean();
    private boolean interrupted;
    private boolean reachable = true;
    private long pause;
    private int errors;

    /**
     * An engine that has not begun.
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
        this.outbox = outbox;
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
            renew(renew.held(), renew.lease());
        } else if (step instanceof Step.Settle settle) {
            settle(settle.outcomes());
        } else if (step instanceof Step.SettleAndClaim both) {
            settleAndClaim(both);
        } else if (step instanceof Step.Claim claim) {
            claim(claim);
        } else if (step instanceof Step.LookAhead lookAhead) {
            lookAhead(lookAhead.kinds());
        } else if (step instanceof Step.Wait wait) {
            await(wait.until());
        }
    }

    private void await(long until) throws InterruptedException {
        Mailbox.@Nullable Mail mail = mailbox.poll(Nanos.until(until, now()));
        if (mail != null) {
            mail.deliver(core, now());
        }
    }

    private void interrupt(Job job) {
        if (handlers.interrupt(job)) {
            core.interrupted(job);
        }
    }

    private void claim(Step.Claim step) {
        long sentAt = now();
        Claim claim;
        try {
            claim = required(outbox.claim(step.request()));
        } catch (Throwable t) {
            core.claimFailed(explained(t), now());
            return;
        }
        reachable = true;
        core.claimed(claim, sentAt, now());
    }

    private void lookAhead(Collection<String> kinds) {
        Optional<Duration> nextDue;
        try {
            nextDue = outbox.nextDue(kinds);
        } catch (Throwable t) {
            core.lookAheadFailed(explained(t), now());
            return;
        }
        reachable = true;
        core.lookedAhead(nextDue, now());
    }

    // Of many outboxes none is checked at the start, and one that does not fit should say so better than PostgreSQL
    // can.
    private Throwable explained(Throwable error) {
        boolean first = reachable;
        reachable = false;
        if (first && core.isOneOfMany()) {
            try {
                outbox.verify();
            } catch (OutboxException e) {
                e.addSuppressed(error);
                return e;
            } catch (Throwable e) {
                error.addSuppressed(e);
            }
        }
        return error;
    }

    private void settle(List<PendingSettlement> outcomes) {
        List<Verdict> verdicts;
        try {
            List<Settlement> settlements = settlements(outcomes);
            verdicts = verdictForEach(settlements, outbox.settle(settlements));
        } catch (Throwable t) {
            core.settleFailed(outcomes, t, now());
            return;
        }
        core.settled(outcomes, verdicts, now());
    }

    private void settleAndClaim(Step.SettleAndClaim step) {
        long sentAt = now();
        List<Verdict> verdicts;
        Claim claim;
        try {
            List<Settlement> settlements = settlements(step.outcomes());
            Claim.WithVerdicts both = outbox.settleAndClaim(settlements, step.request());
            verdicts = verdictForEach(settlements, both.verdicts());
            claim = required(both.claim());
        } catch (Throwable t) {
            core.settleFailed(step.outcomes(), t, now());
            core.claimFailed(t, now());
            return;
        }
        core.settled(step.outcomes(), verdicts, now());
        core.claimed(claim, sentAt, now());
    }

    private static List<Settlement> settlements(List<PendingSettlement> outcomes) {
        return outcomes.stream().map(PendingSettlement::settlement).toList();
    }

    private void renew(List<Held> held, Duration lease) {
        long sentAt = now();
        List<Verdict> verdicts;
        try {
            verdicts = verdictForEach(
                    held, outbox.renew(held.stream().map(Held::message).toList(), lease));
        } catch (Throwable t) {
            core.renewFailed(held, t, now());
            return;
        }
        core.renewed(held, verdicts, sentAt, now());
    }

    private Claim required(@Nullable Claim claim) {
        if (claim == null) {
            throw new OutboxException("outbox " + outbox.name() + ": the repository answered a claim with null");
        }
        return claim;
    }

    private List<Verdict> verdictForEach(List<?> sent, @Nullable List<Verdict> verdicts) {
        if (verdicts == null || verdicts.size() != sent.size()) {
            throw new OutboxException("outbox " + outbox.name() + ": the repository owes a verdict for each of "
                    + sent.size() + " messages, and gave " + (verdicts == null ? "none" : verdicts.size()));
        }
        return List.copyOf(verdicts);
    }

    private long now() {
        return ticker.getAsLong();
    }
}
