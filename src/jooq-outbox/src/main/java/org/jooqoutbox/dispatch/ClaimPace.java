package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Claim.Coverage;
import org.jooqoutbox.ClaimRequest;
import org.jspecify.annotations.Nullable;

/**
 * When to claim and what.
 *
 * <p>A kind is claimed while fewer of its messages wait than its handlers could start at once. When a claim took as many of a kind as it might,
 * another follows as soon as there is room for that kind; else it is asked for again after a pause. Only a claim that looked at everything and
 * saw nothing means that nothing is due; how many messages it took, or how many of them were delivered, says nothing about that.
 *
 * <p>Once nothing is due, the outbox is asked when something will be, which costs less than a claim, and is claimed from only then. A pause also
 * ends with a hint from outside, and when the next message of an ordering key may have become the first.
 *
 * <p>A suspect, a message that may kill its process, is claimed only while nothing else is held. So once a claim has seen one, claiming pauses
 * until everything held is settled, and the next claim may take it: when it is the oldest, so that others get their turn too.
 *
 * <p>One claim, or one question when something will be due, is under way at a time. What is heard meanwhile, its answer may not know of: it
 * counts as heard after the answer.
 */
final class ClaimPace {

    // One pass is over soon when it does not pause before it looks whether something is left. But messages may be due
    // again at once, over and over.
    private static final int MOST_IN_HASTE = 20;

    // Of many outboxes that are idle each is left alone for long, and soon: that something was written is noticed
    // elsewhere.
    private static final int SHARE_OF_SWEEP = 16;

    private final DispatchSettings settings;
    private final Lanes lanes;
    private final Share room;
    private final Backoff backoff;
    private final Portion portion = new Portion();
    private long nextAt;
    private Map<String, Integer> asked = Map.of();
    private int limit;
    private boolean underWay;
    private boolean newsMeanwhile;
    private boolean hintMeanwhile;
    private boolean suspectsWait;
    private boolean idle;
    private boolean keyFreed;
    private int claimsInHaste;
    private int vainLooks;
    private boolean drained;
    private boolean exhausted;

    /**
     * Claims at once, or looks ahead first where outboxes are many and most of them idle.
     *
     * @param room what is needed for messages that wait
     */
    ClaimPace(DispatchSettings settings, Lanes lanes, Share room, RandomGenerator random, long now) {
        this.settings = settings;
        this.lanes = lanes;
        this.room = room;
        this.backoff = new Backoff(settings.shortestPoll(), settings.longestPoll(), random);
        this.nextAt = now;
        this.idle = settings.isOneOfMany();
    }

    /**
     * How long until the next claim, or look ahead.
     *
     * @param nothingHeld whether everything that was claimed is settled
     * @param keysMatter whether the next message of an ordering key that was freed is to be looked for now
     */
    long until(boolean nothingHeld, boolean keysMatter, long now) {
        if (underWay || (suspectsWait && !nothingHeld)) {
            return Nanos.FOREVER;
        }
        long wait = Nanos.FOREVER;
        for (Lane lane : lanes.all()) {
            long pause = lane.more() || (keyFreed && keysMatter) ? 0 : Nanos.until(nextAt, now);
            wait = Math.min(wait, Math.max(pause, lane.untilWanted(now)));
        }
        return wait;
    }

    /** Whether to ask when something is due before claiming anything; not while a key waits to be freed, which is for claims to find. */
    boolean looksAhead() {
        return idle
                && !keyFreed
                && settings.looksAhead()
                && lanes.all().stream().noneMatch(lane -> lane.breaker().isOpen());
    }

    /** The kinds to look ahead for. */
    List<String> kinds() {
        List<String> kinds = new ArrayList<>();
        lanes.all().forEach(lane -> kinds.add(lane.route().kind()));
        return kinds;
    }

    /** The outbox is asked when something will be due. */
    void lookAheadSent() {
        underWay = true;
    }

    /** This is how long nothing will be due, as far as is known. */
    void lookedAhead(Optional<Duration> nextDue, long now) {
        underWay = false;
        boolean dueNow = nextDue.isPresent() && nextDue.get().isZero();
        idle = !dueNow;
        if (idle && settings.isOneOfMany()) {
            backoff.atLeast(SHARE_OF_SWEEP);
        }
        long pause = dueNow ? 0 : backoff.next();
        boolean known = nextDue.isPresent() && nextDue.get().compareTo(Duration.ofNanos(pause)) <= 0;
        if (known) {
            pause = Nanos.of(nextDue.get());
            idle = false;
        }
        nextAt = now + pause;
        heardMeanwhile(now);
    }

    /** Something may be due, or may have become due. */
    void hint(long now) {
        mayBeDue();
        backoff.reset();
        nextAt = now;
        hintMeanwhile = underWay;
    }

    /** A message with an ordering key leaves the outbox, or is about to, so that the next one may be the first. */
    void freesKey() {
        keyFreed = true;
        mayBeDue();
        backoff.reset();
    }

    /** Whether outcomes have to be recorded for a claim to make sense. */
    boolean keyFreed() {
        return keyFreed;
    }

    /**
     * What to claim. Null when there is no room for any of it: whoever has the room will tell.
     *
     * @param suspects whether it may be a suspect
     */
    @Nullable
    ClaimRequest request(boolean suspects, long now) {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        long sum = 0;
        for (Lane lane : lanes.all()) {
            int most = lane.wanted(now);
            if (most > 0) {
                wanted.put(lane.route().kind(), most);
                sum += most;
            }
        }
        int most = (int) Math.min(lanes.batch(), sum);
        portion.wanted(now);
        int granted = room.take(portion.leastOf(most), most);
        if (granted == 0) {
            return null;
        }
        ClaimRequest request = request(wanted, granted);
        return suspects ? request : request.withoutSuspects();
    }

    /** To claim one message of this kind, suspect or not, whether or not there is room. */
    ClaimRequest requestOne(String kind) {
        room.leave();
        room.takeAnyway(1);
        return request(Map.of(kind, 1), 1);
    }

    private ClaimRequest request(Map<String, Integer> wanted, int granted) {
        asked = wanted;
        limit = granted;
        return ClaimRequest.of(limit).lease(settings.lease()).kindLimits(asked).maxDeaths(settings.maxDeaths());
    }

    /**
     * What was requested is sent.
     *
     * @param keysToFree whether ordering keys are to be freed of which it cannot know
     */
    void sent(boolean keysToFree) {
        keyFreed = keyFreed && keysToFree;
        underWay = true;
        lanes.all().forEach(Lane::asked);
    }

    /** Whether a claim, or a question, was sent and is not answered. */
    boolean underWay() {
        return underWay;
    }

    /** Whether the last claim left some of any kind behind. */
    boolean more() {
        return lanes.all().stream().anyMatch(Lane::more);
    }

    /** Whether messages of this kind may be claimed now. */
    boolean wants(String kind, long now) {
        return lanes.all().stream().anyMatch(lane -> lane.route().kind().equals(kind) && lane.wanted(now) > 0);
    }

    /** A claim was answered. To be told before its messages are among those that wait. */
    void answered(Claim claim, long now) {
        underWay = false;
        room.giveBack(limit - claim.messages().size());
        boolean tookSome = !(claim.messages().isEmpty()
                && claim.deadLettered().isEmpty()
                && claim.expired().isEmpty());
        boolean partOnly = claim.coverage() == Coverage.PART;
        boolean nothingDue = claim.seen() == 0 && claim.coverage() == Coverage.ALL;
        suspectsWait = claim.suspects() > 0 || claim.messages().stream().anyMatch(m -> m.unsettled() > 0);
        keyFreed = keyFreed
                || Stream.of(claim.deadLettered(), claim.expired())
                        .flatMap(List::stream)
                        .anyMatch(m -> m.orderingKey() != null);
        vainLooks = partOnly && !tookSome ? vainLooks + 1 : 0;
        noteWhatIsLeft(claim, tookSome);
        drained = nothingDue && asked.size() == lanes.all().size();
        exhausted = nothingDue && lanes.all().stream().allMatch(this::wasAskedOrIsBroken);
        idle = drained;
        if (tookSome) {
            backoff.reset();
            portion.claimed(now);
        }
        boolean atOnce = tookSome && settings.isOnePass() && ++claimsInHaste <= MOST_IN_HASTE;
        boolean looksOn = partOnly && vainLooks <= MOST_IN_HASTE;
        nextAt = now + (atOnce || looksOn ? 0 : pause(claim));
        heardMeanwhile(now);
    }

    private void heardMeanwhile(long now) {
        if (hintMeanwhile) {
            hint(now);
        } else if (newsMeanwhile) {
            mayBeDue();
        }
        hintMeanwhile = false;
        newsMeanwhile = false;
    }

    /** Messages may be due, whatever the last claim found. */
    void mayBeDue() {
        newsMeanwhile = underWay;
        drained = false;
        exhausted = false;
        idle = false;
    }

    /** The suspect that the last claim took is given back, and comes after everything else that is due. */
    void suspectGoesLast() {
        suspectsWait = false;
    }

    /** Whether the last claim saw a suspect. */
    boolean suspectsWait() {
        return suspectsWait;
    }

    private boolean wasAskedOrIsBroken(Lane lane) {
        return asked.containsKey(lane.route().kind()) || lane.breaker().isOpen();
    }

    private void noteWhatIsLeft(Claim claim, boolean tookSome) {
        boolean anyKind = claim.seen() >= limit || claim.suspects() > 0 || claim.coverage() == Coverage.PART;
        Map<String, Integer> taken = new LinkedHashMap<>();
        claim.messages().forEach(message -> taken.merge(message.kind(), 1, Integer::sum));
        for (Lane lane : lanes.all()) {
            Integer most = asked.get(lane.route().kind());
            if (most != null) {
                lane.answered(
                        tookSome && (anyKind || taken.getOrDefault(lane.route().kind(), 0) >= most));
            }
        }
    }

    // Suspects that may not be claimed yet are no reason to hurry.
    private long pause(Claim claim) {
        return claim.seen() <= claim.suspects() ? backoff.next() : backoff.same();
    }

    /** The claim failed. */
    long unanswered(long now) {
        room.giveBack(limit);
        return failed(now);
    }

    /** A look ahead failed. */
    long failed(long now) {
        underWay = false;
        hintMeanwhile = false;
        newsMeanwhile = false;
        long pause = backoff.next();
        nextAt = now + pause;
        lanes.all().forEach(Lane::nothingMore);
        return pause;
    }

    /** Whether the last claim found that nothing is due. */
    boolean drained() {
        return drained;
    }

    /** Whether nothing is due, as the last claim found, but for what is kept back by circuit breakers. */
    boolean exhausted() {
        return exhausted || lanes.all().stream().allMatch(lane -> lane.breaker().isOpen());
    }
}
