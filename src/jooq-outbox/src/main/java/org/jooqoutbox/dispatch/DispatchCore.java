package org.jooqoutbox.dispatch;

import static org.jooqoutbox.dispatch.RunningHandlers.End;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
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
 * <p>Each kind has a {@link Lane} of its own, so that no kind takes the room of another. While the circuit breaker of a kind is open, nothing of
 * it is claimed but single probes, and their failures do not count.
 *
 * <p>A suspect is held alone: see {@link ClaimPace} and {@link Solitude}. Abandoned handlers do not count, or the first of them would shut out suspects for good.
 *
 * <p>Where a worker has several outboxes, each has a core of its own, and they share what {@link Shares} says.
 */
final class DispatchCore {

    // After the executor refused something. The longest poll is of no help where idle outboxes are many and seldom
    // looked
    // at.
    private static final Duration MOST_PAUSE = Duration.ofSeconds(1);

    private final DispatchSettings settings;
    private final DispatchListener listener;
    private final SettlementRules rules;
    private final Lanes lanes;
    private final ClaimPace pace;
    private final Leases leases;
    private final RunningHandlers running;
    private final SettleBuffer outcomes;
    private final Shares shares;
    private final Solitude solitude;
    private final Shutdown shutdown;
    private final Backoff rejections;
    private final Gauges gauges = new Gauges();
    private final Destinations destinations;
    private final Deque<Job> lost = new ArrayDeque<>();
    private final @Nullable Long limitAt;
    private long startPausedUntil;
    private boolean stalled;
    private boolean waitsForOthers;
    private boolean lastCall;
    private int unsettled;

    DispatchCore(DispatchSettings settings, DispatchListener listener, RandomGenerator random, long now) {
        this(settings, listener, Shares.own(), random, now);
    }

    DispatchCore(
            DispatchSettings settings, DispatchListener listener, Shares shares, RandomGenerator random, long now) {
        this.settings = settings;
        this.listener = listener;
        this.rules = new SettlementRules(random);
        this.shares = shares;
        this.solitude = new Solitude(settings, shares);
        this.lanes = new Lanes(settings, shares.room(), random, now);
        this.destinations = new Destinations(lanes, gauges, listener);
        this.pace = new ClaimPace(settings, lanes, shares.room(), random, now);
        this.leases = new Leases(settings, random);
        this.running = new RunningHandlers(settings, shares.places());
        this.outcomes = new SettleBuffer(settings, random);
        this.shutdown = new Shutdown(settings);
        this.rejections = new Backoff(settings.shortestPoll(), shorter(settings.longestPoll(), MOST_PAUSE), random);
        Duration limit = settings.timeLimit();
        this.limitAt = limit == null ? null : now + Nanos.of(limit);
        this.startPausedUntil = now;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** What to do next. */
    Step next(long now) {
        tidyUp(now);
        gauges.set(lanes.waiting(), running.count(), running.abandonedCount(), outcomes.size());
        if (shutdown.over(now)) {
            return end(now);
        }
        Job late = lateHandler(now);
        if (late != null) {
            return new Step.Interrupt(late);
        }
        return settings.overlaps() ? callOrStart(now) : startOrCall(now);
    }

    private Step startOrCall(long now) {
        Job job = startable(now);
        Step call = job == null ? call(now) : new Step.Run(job);
        return call == null ? waiting(now) : call;
    }

    // What is called for holds up nobody who could be started.
    private Step callOrStart(long now) {
        Step call = call(now);
        Job job = call == null ? startable(now) : null;
        return call != null ? call : job != null ? new Step.Run(job) : waiting(now);
    }

    private Step waiting(long now) {
        return ending() && nothingHeld() && !pace.underWay() ? finish() : new Step.Wait(now + untilNext(now));
    }

    private @Nullable Step call(long now) {
        if (leases.until(now) == 0) {
            List<Held> due = leases.due(now);
            if (!due.isEmpty()) {
                return new Step.Renew(due, settings.lease());
            }
        }
        boolean settles = outcomes.until(settleAtOnce(), now) == 0;
        boolean claims = untilClaim(now) == 0;
        if (!claims) {
            wantNothing(now);
        } else if (pace.looksAhead()) {
            return settles ? new Step.Settle(outcomes.take(now)) : lookAhead();
        }
        boolean settlesFirst = settles || (claims && pace.keyFreed() && outcomes.hasFresh());
        if (settlesFirst && !(claims && atOnce())) {
            return new Step.Settle(outcomes.take(now));
        }
        Step claim = claims ? claim(now) : null;
        waitsForOthers = claims && claim == null;
        if (claim != null) {
            return claim;
        }
        return settles ? new Step.Settle(outcomes.take(now)) : null;
    }

    private Step lookAhead() {
        pace.lookAheadSent();
        return new Step.LookAhead(pace.kinds());
    }

    // Where calls overlap, one round trip is better than two only while there is little to do.
    private boolean atOnce() {
        return settings.settlesAndClaimsAtOnce() && !(settings.overlaps() && (outcomes.underWay() || pace.more()));
    }

    // Its place in line for a suspect it keeps through a pause between claims: whoever lets it have its turn ends that.
    private void wantNothing(long now) {
        shares.room().leave();
        if (!mayClaim(now) || solitude.waits()) {
            solitude.leave();
        }
    }

    private Step finish() {
        solitude.end();
        shares.places().leave();
        shares.room().leave();
        return new Step.Finished();
    }

    private @Nullable Step claim(long now) {
        ClaimRequest request = request(now);
        if (request == null) {
            return null;
        }
        outcomes.claimsAreOf(lanes.batch());
        List<PendingSettlement> settled = atOnce() ? outcomes.take(now) : List.of();
        pace.sent(pace.keyFreed() && outcomes.freesKey(settled));
        return settled.isEmpty() ? new Step.Claim(request) : new Step.SettleAndClaim(settled, request);
    }

    private @Nullable ClaimRequest request(long now) {
        String kind = solitude.lastChance();
        boolean lastChance = kind != null && pace.wants(kind, now);
        boolean suspects = solitude.seek(nothingHeld(), pace.suspectsWait(), lastChance);
        if (solitude.waits()) {
            shares.room().leave();
            return null;
        }
        return kind != null && lastChance && suspects ? pace.requestOne(kind) : pace.request(suspects, now);
    }

    private long untilNext(long now) {
        long wait = Math.min(running.until(now), leases.until(now));
        wait = Math.min(wait, outcomes.until(settleAtOnce(), now));
        wait = waitsForOthers ? wait : Math.min(wait, untilClaim(now));
        wait = Math.min(wait, shutdown.until(now));
        wait = Math.min(wait, untilStart(now));
        return limitAt == null || shutdown.asked() ? wait : Math.min(wait, Nanos.until(limitAt, now));
    }

    private long untilStart(long now) {
        return Nanos.reached(startPausedUntil, now) ? lanes.untilRate(now) : Nanos.until(startPausedUntil, now);
    }

    private void tidyUp(long now) {
        if (limitAt != null && Nanos.reached(limitAt, now)) {
            stopAsked(now);
        }
        for (Job job : running.lateToReturn(now)) {
            if (running.isLate(job) && destinations.failed(job.lane(), now)) {
                giveBackWaiting(job.lane(), now);
            }
            running.abandon(job);
            abandon(job);
        }
        watchStall();
        for (PendingSettlement lapsed : outcomes.dropLapsed(now)) {
            loseLease(lapsed.held());
        }
        giveBackUnrenewed(now);
        solitude.tidyUp(lanes.suspectWaits(), nothingHeld());
    }

    private void abandon(Job job) {
        job.messages().forEach(message -> listener.handlerAbandoned(message.message()));
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
        lanes.drain(
                message -> message.renewalFailed() && leases.nearlyOver(message, now),
                message -> release(message, now));
    }

    /** The time is up: what is under way is waited for, then one last call for what is known, and everything else is left to its lease. */
    private Step end(long now) {
        running.abandonAll().forEach(this::abandon);
        if (outcomes.underWay() || pace.underWay()) {
            return new Step.Wait(now + Nanos.FOREVER);
        }
        if (!lastCall && !outcomes.isEmpty()) {
            lastCall = true;
            return new Step.Settle(outcomes.takeAll());
        }
        unsettled = outcomes.takeAll().size();
        return finish();
    }

    private @Nullable Job lateHandler(long now) {
        for (Job job = lost.poll(); job != null; job = lost.poll()) {
            if (running.isInTime(job)) {
                return interrupt(job, End.AFTER_LOSS, now);
            }
        }
        Job late = running.late(now);
        if (late != null) {
            return interrupt(late, End.AFTER_DEADLINE, now);
        }
        Job disturbed = shutdown.interrupts(now) ? running.uninterrupted() : null;
        return disturbed == null ? null : interrupt(disturbed, End.AFTER_STOP, now);
    }

    /** A handler that was to be interrupted was at work, and was. */
    void interrupted(Job job) {
        if (running.isLate(job)) {
            job.messages().forEach(message -> listener.handlerOverdue(message.message()));
        }
    }

    private Job interrupt(Job job, End end, long now) {
        running.interrupted(job, end, now);
        job.messages().forEach(leases::forget);
        return job;
    }

    private @Nullable Job startable(long now) {
        boolean may = running.count() < settings.concurrency() && Nanos.reached(startPausedUntil, now);
        Predicate<Held> mayStart = message -> !leases.nearlyOver(message, now);
        Lane lane = may ? lanes.startable(mayStart, now) : null;
        int places = lane == null ? 0 : takePlaces();
        if (lane == null && !solitude.waits()) {
            shares.places().leave();
        }
        return places == 0 || lane == null ? null : start(lane, lanes.start(lane, mayStart, now), places, now);
    }

    private int takePlaces() {
        int all = solitude.hand();
        return all > 0 ? all : shares.places().take(1, 1);
    }

    // The row of a transactional delivery is locked while it lasts. Nobody else can claim it, nor could it be renewed.
    private Job start(Lane lane, List<Held> messages, int places, long now) {
        Job job = running.start(lane, messages, places, now);
        if (lane.route().delivery().isTransactional()) {
            messages.forEach(leases::forget);
        }
        messages.forEach(message -> listener.handlerStarted(message.message()));
        return job;
    }

    private boolean settleAtOnce() {
        return shutdown.asked() || (lanes.waiting() == 0 && running.count() == 0);
    }

    private boolean nothingHeld() {
        return lanes.waiting() == 0 && running.count() == 0 && outcomes.isEmpty();
    }

    /** Whether no more will be claimed. */
    private boolean ending() {
        return shutdown.asked() || (settings.isOnePass() && pace.exhausted());
    }

    private long untilClaim(long now) {
        boolean keysMatter = running.count() < settings.concurrency() && !outcomes.underWay();
        return mayClaim(now) ? pace.until(nothingHeld(), keysMatter, now) : Nanos.FOREVER;
    }

    private boolean mayClaim(long now) {
        return !ending() && !stalled && !outcomes.failing() && Nanos.reached(startPausedUntil, now);
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
        claim.expired().forEach(listener::expired);
        boolean alone = nothingHeld();
        for (Message message : claim.messages()) {
            take(new Held(message, claim.at(), now), alone, sentAt, now);
            alone = false;
        }
        solitude.claimed(!claim.messages().isEmpty(), lanes.suspectWaits());
    }

    // An outbox hands out a suspect only alone. What comes beside one all the same is given back: the promise is too
    // dear to rest on trust.
    private void take(Held held, boolean alone, long sentAt, long now) {
        leases.claimed(held, sentAt);
        boolean suspectBeside = (held.suspect() && !mayKeep(held, alone)) || lanes.suspectWaits();
        boolean unknown = !lanes.knows(held.message().kind());
        if (unknown) {
            startPausedUntil = now + rejections.next();
        }
        if (shutdown.asked() || suspectBeside || unknown || !lanes.of(held).mayKeep()) {
            shares.room().giveBack(1);
            release(held, now);
        } else {
            lanes.add(held);
        }
    }

    private boolean mayKeep(Held suspect, boolean alone) {
        boolean admitted = alone && solitude.admits(suspect.message());
        if (alone && !admitted) {
            pace.suspectGoesLast();
        }
        return admitted;
    }

    /** Nothing is due for so long, as far as the outbox knows. */
    void lookedAhead(Optional<Duration> nextDue, long now) {
        pace.lookedAhead(nextDue, now);
    }

    /** It could not be seen when something is due. */
    void lookAheadFailed(Throwable error, long now) {
        listener.claimFailed(error, Duration.ofNanos(pace.failed(now)));
    }

    /** Somebody says that something may be due. */
    void wokenUp(long now) {
        pace.hint(now);
    }

    /** A claim failed. */
    void claimFailed(Throwable error, long now) {
        long pause = pace.unanswered(now);
        solitude.claimed(true, false);
        listener.claimFailed(error, Duration.ofNanos(pause));
    }

    /** A handler returned, threw, or was never begun. Ignored when the job is not known, or its end was known before. */
    void handlerFinished(Job job, List<HandlerResult> results, long now) {
        End end = running.finished(job);
        if (end == null) {
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            finished(job, job.messages().get(i), end, results.get(i), now);
        }
    }

    private void finished(Job job, Held message, End end, HandlerResult result, long now) {
        leases.forget(message);
        if (result instanceof HandlerResult.NotStarted notStarted) {
            notStarted(message, notStarted.reason(), now);
        } else {
            rejections.reset();
            if (destinations.answered(job.lane(), end, result, now)) {
                giveBackWaiting(job.lane(), now);
            }
        }
        if (result instanceof HandlerResult.Committed) {
            noteCommitted(message);
        } else if (result instanceof HandlerResult.NotHeld notHeld && notHeld.verdict() == Verdict.LEASE_LOST) {
            loseLease(message);
        } else if (!message.isLost()) {
            boolean counted = !job.lane().breaker().isOpen();
            settle(rules.of(message, job.lane().route(), end, result, counted, now), now);
        }
    }

    private void noteCommitted(Held message) {
        if (message.message().orderingKey() != null) {
            pace.freesKey();
        }
        listener.delivered(message.message());
    }

    private void notStarted(Held message, String reason, long now) {
        startPausedUntil = now + rejections.next();
        if (!shutdown.asked()) {
            listener.notStarted(message.message(), reason);
        }
    }

    private void giveBackWaiting(Lane lane, long now) {
        lanes.drain(lane, message -> true, message -> release(message, now));
    }

    private void release(Held message, long now) {
        leases.forget(message);
        settle(PendingSettlement.released(message), now);
    }

    // What is given back is due again: nobody may say that nothing is.
    private void settle(PendingSettlement outcome, long now) {
        if (outcome.isRelease() && !shutdown.asked()) {
            pace.mayBeDue();
        }
        if (outcome.freesKey()) {
            pace.freesKey();
        }
        outcomes.add(outcome, now);
    }

    /** The answer to a settlement. */
    void settled(List<PendingSettlement> sent, List<Verdict> verdicts, long now) {
        outcomes.returned();
        List<PendingSettlement> busy = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            PendingSettlement outcome = sent.get(i);
            switch (verdicts.get(i)) {
                case APPLIED -> outcome.applied(listener);
                case BUSY -> busy.add(outcome);
                case LEASE_LOST -> tooLate(outcome);
            }
        }
        outcomes.answered(busy, now);
    }

    private void tooLate(PendingSettlement outcome) {
        if (outcome.uncertain()) {
            listener.unconfirmed(outcome.message());
        } else {
            loseLease(outcome.held());
        }
    }

    /** A settlement failed: its outcomes may have been recorded, or not. */
    void settleFailed(List<PendingSettlement> sent, Throwable error, long now) {
        outcomes.returned();
        outcomes.unanswered(sent, now);
        listener.settleFailed(sent.stream().map(PendingSettlement::message).toList(), error);
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
                    lanes.remove(message);
                    loseLease(message);
                    tellHandler(message);
                }
            }
        }
    }

    // Of a batch, the others still need it.
    private void tellHandler(Held message) {
        Job job = running.of(message);
        if (job != null && job.isLost()) {
            lost.add(job);
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
            lanes.drain(message -> true, message -> release(message, now));
        }
    }

    /** How it stands; may be read by any thread. */
    Gauges gauges() {
        return gauges;
    }

    boolean isOneOfMany() {
        return settings.isOneOfMany();
    }

    boolean stopping() {
        return shutdown.asked();
    }

    /** How many messages were left to their leases when it finished: handlers that did not return, outcomes that could not be written. */
    int leftBehind() {
        return running.abandonedMessages() + unsettled;
    }

    /** Whether the last claim found that nothing is due. */
    boolean drained() {
        return pace.drained();
    }
}
