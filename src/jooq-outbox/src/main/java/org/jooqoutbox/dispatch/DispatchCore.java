package org.jooqoutbox.dispatch;

import static org.jooqoutbox.dispatch.RunningHandlers.End;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything a dispatcher does: what to claim, run, renew, settle and give back, and when. It has no threads, does no I/O and reads no
 * clock: {@link #next} says what to do, the other methods tell it what happened, each with the time at which it did. Given the same calls and
 * the same random numbers it decides the same.
 *
 * <p>A message is <em>held</em> from its claim until its outcome is recorded or known to be lost, and is in one place at a time:
 *
 * <pre>
 * claimed -> waiting -> running -> outcomes -> recorded
 *               |          |
 *               |          +--> abandoned: would not stop; comes back to outcomes if it returns after all
 *               +-------------> outcomes, as released: shutdown, or the lease could not be kept
 * </pre>
 *
 * <p>Leases of waiting and running messages are renewed. Outcomes must be recorded within the lease they have, so that a message whose outcome
 * cannot be written is not kept from others for ever. For the same reason nothing is claimed while outcomes cannot be written.
 *
 * <p>A suspect is held alone: see {@link ClaimPace}. Abandoned handlers do not count, or the first of them would shut out suspects for good.
 */
final class DispatchCore {

    private final DispatchSettings settings;
    private final DispatchListener listener;
    private final OutcomeRules rules;
    private final ClaimPace pace;
    private final Leases leases;
    private final RunningHandlers running;
    private final SettleBuffer outcomes;
    private final Shutdown shutdown;
    private final Backoff rejections;
    private final Deque<Held> waiting = new ArrayDeque<>();
    private final @Nullable Long limitAt;
    private long startPausedUntil;
    private boolean stalled;
    private boolean lastCall;
    private int unsettled;

    DispatchCore(DispatchSettings settings, DispatchListener listener, RandomGenerator random, long now) {
        this.settings = settings;
        this.listener = listener;
        this.rules = new OutcomeRules(settings, random);
        this.pace = new ClaimPace(settings, random, now);
        this.leases = new Leases(settings, random);
        this.running = new RunningHandlers(settings);
        this.outcomes = new SettleBuffer(settings, random);
        this.shutdown = new Shutdown(settings);
        this.rejections = new Backoff(settings.shortestPoll(), settings.longestPoll(), random);
        Duration limit = settings.timeLimit();
        this.limitAt = limit == null ? null : now + Nanos.of(limit);
        this.startPausedUntil = now;
    }

    /** What to do next. */
    Step next(long now) {
        tidyUp(now);
        if (shutdown.over(now)) {
            return end();
        }
        Held late = lateHandler(now);
        if (late != null) {
            return new Step.Interrupt(late);
        }
        Held start = startable(now);
        if (start != null) {
            waiting.remove(start);
            running.started(start, now);
            return new Step.Run(start);
        }
        return nextCall(now);
    }

    private Step nextCall(long now) {
        if (leases.until(now) == 0) {
            List<Held> due = leases.due(now);
            if (!due.isEmpty()) {
                return new Step.Renew(due, settings.lease());
            }
        }
        if (outcomes.until(settleAtOnce(), now) == 0) {
            return new Step.Settle(outcomes.take(now));
        }
        if (untilClaim(now) == 0) {
            return new Step.Claim(pace.request(waiting.size(), nothingHeld()));
        }
        return ending() && nothingHeld() ? new Step.Finished() : new Step.Wait(now + untilNext(now));
    }

    private long untilNext(long now) {
        long wait = Math.min(running.until(now), leases.until(now));
        wait = Math.min(wait, outcomes.until(settleAtOnce(), now));
        wait = Math.min(wait, untilClaim(now));
        wait = Math.min(wait, shutdown.until(now));
        if (!Nanos.reached(startPausedUntil, now)) {
            wait = Math.min(wait, Nanos.until(startPausedUntil, now));
        }
        return limitAt == null || shutdown.asked() ? wait : Math.min(wait, Nanos.until(limitAt, now));
    }

    private void tidyUp(long now) {
        if (limitAt != null && Nanos.reached(limitAt, now)) {
            stopAsked(now);
        }
        for (Held message : running.abandonLate(now)) {
            listener.handlerAbandoned(message.message());
        }
        watchStall();
        for (Outcome lapsed : outcomes.dropLapsed(now)) {
            loseLease(lapsed.held());
        }
        giveBackUnrenewed(now);
    }

    private void watchStall() {
        boolean full = running.abandonedCount() >= settings.concurrency();
        if (full && !stalled) {
            listener.stalled(running.abandonedCount());
        }
        stalled = full;
    }

    /** What could not be renewed in time is not started any more. */
    private void giveBackUnrenewed(long now) {
        if (!leases.shaky()) {
            return;
        }
        for (Iterator<Held> all = waiting.iterator(); all.hasNext(); ) {
            Held message = all.next();
            if (message.renewalFailed() && leases.nearlyOver(message, now)) {
                all.remove();
                release(message, now);
            }
        }
    }

    /** The time is up: one last call for what is known, and everything else is left to its lease. */
    private Step end() {
        for (Held message : running.abandonAll()) {
            listener.handlerAbandoned(message.message());
        }
        if (!lastCall && !outcomes.isEmpty()) {
            lastCall = true;
            return new Step.Settle(outcomes.takeAll());
        }
        unsettled = outcomes.takeAll().size();
        return new Step.Finished();
    }

    private @Nullable Held lateHandler(long now) {
        Held late = running.late(now);
        if (late != null) {
            return interrupt(late, End.AFTER_DEADLINE, now);
        }
        Held disturbed = shutdown.interrupts(now) ? running.uninterrupted() : null;
        return disturbed == null ? null : interrupt(disturbed, End.AFTER_STOP, now);
    }

    /** A handler that was to be interrupted was at work, and was. */
    void interrupted(Held message) {
        if (running.isLate(message)) {
            listener.handlerOverdue(message.message());
        }
    }

    private Held interrupt(Held message, End end, long now) {
        running.interrupted(message, end, now);
        leases.forget(message);
        return message;
    }

    private @Nullable Held startable(long now) {
        boolean free = running.count() < settings.concurrency() && Nanos.reached(startPausedUntil, now);
        if (!free) {
            return null;
        }
        return waiting.stream()
                .filter(message -> !leases.nearlyOver(message, now))
                .findFirst()
                .orElse(null);
    }

    private boolean settleAtOnce() {
        return shutdown.asked() || (waiting.isEmpty() && running.count() == 0);
    }

    private boolean nothingHeld() {
        return waiting.isEmpty() && running.count() == 0 && outcomes.isEmpty();
    }

    /** Whether no more will be claimed. */
    private boolean ending() {
        return shutdown.asked() || (limitAt != null && pace.drained());
    }

    private long untilClaim(long now) {
        boolean held = ending() || stalled || outcomes.failing() || !Nanos.reached(startPausedUntil, now);
        return held ? Nanos.FOREVER : pace.until(waiting.size(), nothingHeld(), now);
    }

    /**
     * A claim came back.
     *
     * @param sentAt when it was sent: from then on the leases are reckoned
     */
    void claimed(Claim claim, long sentAt, long now) {
        pace.answered(claim, now);
        listener.claimed(claim);
        for (Message dead : claim.deadLettered()) {
            listener.deadLettered(dead, "died " + dead.unsettled() + " times without a result", null);
        }
        boolean alone = nothingHeld();
        for (Message message : claim.messages()) {
            take(message, alone, sentAt, now);
            alone = false;
        }
    }

    // An outbox hands out a suspect only alone. What comes beside one all the same is given back: the promise is too
    // dear to rest on trust.
    private void take(Message message, boolean alone, long sentAt, long now) {
        Held held = new Held(message);
        leases.claimed(held, sentAt);
        boolean suspectBeside = (held.suspect() && !alone) || suspectWaits();
        boolean unknown = !settings.routes().containsKey(message.kind());
        if (unknown) {
            startPausedUntil = now + rejections.next();
        }
        if (shutdown.asked() || suspectBeside || unknown) {
            release(held, now);
        } else {
            waiting.add(held);
        }
    }

    // It is alone, and so the first.
    private boolean suspectWaits() {
        Held first = waiting.peek();
        return first != null && first.suspect();
    }

    /** A claim failed. */
    void claimFailed(Throwable error, long now) {
        long pause = pace.unanswered(now);
        listener.claimFailed(error, Duration.ofNanos(pause));
    }

    /** A handler returned, threw, or was never begun. Ignored when the message is not held, or its end known. */
    void handlerFinished(Held message, HandlerResult result, long now) {
        End end = running.finished(message);
        if (end == null) {
            return;
        }
        leases.forget(message);
        if (result instanceof HandlerResult.NotStarted notStarted) {
            startPausedUntil = now + rejections.next();
            if (!shutdown.asked()) {
                listener.notStarted(message.message(), notStarted.reason());
            }
        } else {
            rejections.reset();
        }
        outcomes.add(rules.outcomeOf(message, end, result), now);
    }

    private void release(Held message, long now) {
        leases.forget(message);
        outcomes.add(Outcome.released(message), now);
    }

    /** The answer to a settlement. */
    void settled(List<Outcome> sent, List<Verdict> verdicts, long now) {
        List<Outcome> busy = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            Outcome outcome = sent.get(i);
            switch (verdicts.get(i)) {
                case APPLIED -> outcome.applied(listener);
                case BUSY -> busy.add(outcome);
                case LEASE_LOST -> tooLate(outcome);
            }
        }
        outcomes.answered(busy, now);
    }

    private void tooLate(Outcome outcome) {
        if (outcome.uncertain()) {
            listener.unconfirmed(outcome.message());
        } else {
            loseLease(outcome.held());
        }
    }

    /** A settlement failed: its outcomes may have been recorded, or not. */
    void settleFailed(List<Outcome> sent, Throwable error, long now) {
        outcomes.unanswered(sent, now);
        listener.settleFailed(sent.stream().map(Outcome::message).toList(), error);
    }

    /** The answer to a renewal. */
    void renewed(List<Held> sent, List<Verdict> verdicts, long sentAt, long now) {
        leases.answered();
        for (int i = 0; i < sent.size(); i++) {
            Held message = sent.get(i);
            switch (verdicts.get(i)) {
                case APPLIED -> {
                    leases.renewed(message, sentAt);
                    listener.renewed(message.message());
                }
                case BUSY -> leases.busy(message, now);
                case LEASE_LOST -> {
                    leases.forget(message);
                    waiting.remove(message);
                    loseLease(message);
                }
            }
        }
    }

    /** A renewal failed. */
    void renewFailed(List<Held> sent, Throwable error, long now) {
        leases.unanswered(sent, now);
        listener.renewFailed(sent.stream().map(Held::message).toList(), error);
    }

    private void loseLease(Held message) {
        if (message.lose()) {
            listener.leaseLost(message.message());
        }
    }

    /** A shutdown was asked for: what was not started is given back. Asked again, it changes nothing. */
    void stopAsked(long now) {
        if (shutdown.ask(now)) {
            waiting.forEach(message -> release(message, now));
            waiting.clear();
        }
    }

    boolean stopping() {
        return shutdown.asked();
    }

    /** How many messages were left to their leases when it finished: handlers that did not return, outcomes that could not be written. */
    int leftBehind() {
        return running.abandonedCount() + unsettled;
    }

    /** Whether the last claim found that nothing is due. */
    boolean drained() {
        return pace.drained();
    }
}
