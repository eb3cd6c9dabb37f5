package org.jooqoutbox.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;

/**
 * When to claim and what.
 *
 * <p>A kind is claimed while fewer of its messages wait than its handlers could start at once. When a claim took as many of a kind as it might,
 * another follows as soon as there is room for that kind; else it is asked for again after a pause. Only a claim that saw nothing at all means
 * that nothing is due; how many messages it took, or how many of them were delivered, says nothing about that.
 *
 * <p>A suspect, a message that may kill its process, is claimed only while nothing else is held. So once a claim has seen one, claiming pauses
 * until everything held is settled, and the next claim may take it: when it is the oldest, so that others get their turn too.
 */
final class ClaimPace {

    // One pass is over soon when it does not pause before it looks whether something is left. But messages may be due
    // again at once, over and over.
    private static final int MOST_IN_HASTE = 20;

    private final DispatchSettings settings;
    private final Lanes lanes;
    private final Backoff backoff;
    private long nextAt;
    private Map<String, Integer> asked = Map.of();
    private int limit;
    private boolean suspectsWait;
    private int claimsInHaste;
    private boolean drained;
    private boolean exhausted;

    ClaimPace(DispatchSettings settings, Lanes lanes, RandomGenerator random, long now) {
        this.settings = settings;
        this.lanes = lanes;
        this.backoff = new Backoff(settings.shortestPoll(), settings.longestPoll(), random);
        this.nextAt = now;
    }

    /**
     * How long until the next claim.
     *
     * @param nothingHeld whether everything that was claimed is settled
     */
    long until(boolean nothingHeld, long now) {
        if (suspectsWait && !nothingHeld) {
            return Nanos.FOREVER;
        }
        long wait = Nanos.FOREVER;
        for (Lane lane : lanes.all()) {
            long pause = lane.more() ? 0 : Nanos.until(nextAt, now);
            wait = Math.min(wait, Math.max(pause, lane.untilWanted(now)));
        }
        return wait;
    }

    ClaimRequest request(boolean nothingHeld, long now) {
        asked = new LinkedHashMap<>();
        long sum = 0;
        for (Lane lane : lanes.all()) {
            int wanted = lane.wanted(now);
            if (wanted > 0) {
                asked.put(lane.route().kind(), wanted);
                sum += wanted;
            }
        }
        limit = (int) Math.min(settings.batch(), sum);
        ClaimRequest request =
                ClaimRequest.of(limit).lease(settings.lease()).kindLimits(asked).maxDeaths(settings.maxDeaths());
        return nothingHeld ? request : request.withoutSuspects();
    }

    void answered(Claim claim, long now) {
        boolean tookSome = !(claim.messages().isEmpty()
                && claim.deadLettered().isEmpty()
                && claim.expired().isEmpty());
        suspectsWait = claim.suspects() > 0 || claim.messages().stream().anyMatch(m -> m.unsettled() > 0);
        noteWhatIsLeft(claim, tookSome);
        drained = claim.seen() == 0 && asked.size() == lanes.all().size();
        exhausted = claim.seen() == 0 && lanes.all().stream().allMatch(this::wasAskedOrIsBroken);
        if (tookSome) {
            backoff.reset();
        }
        boolean atOnce = tookSome && settings.isOnePass() && ++claimsInHaste <= MOST_IN_HASTE;
        nextAt = now + (atOnce ? 0 : pause(claim));
    }

    /** Claimed messages were given back, and are due. */
    void gaveBack() {
        drained = false;
        exhausted = false;
    }

    private boolean wasAskedOrIsBroken(Lane lane) {
        return asked.containsKey(lane.route().kind()) || lane.breaker().isOpen();
    }

    private void noteWhatIsLeft(Claim claim, boolean tookSome) {
        boolean anyKind = claim.seen() >= limit || claim.suspects() > 0;
        Map<String, Integer> taken = new LinkedHashMap<>();
        claim.messages().forEach(message -> taken.merge(message.kind(), 1, Integer::sum));
        for (Lane lane : lanes.all()) {
            Integer most = asked.get(lane.route().kind());
            if (most != null) {
                lane.more(
                        tookSome && (anyKind || taken.getOrDefault(lane.route().kind(), 0) >= most));
            }
        }
    }

    private long pause(Claim claim) {
        return claim.seen() == 0 ? backoff.next() : backoff.same();
    }

    /** The claim failed. */
    long unanswered(long now) {
        long pause = backoff.next();
        nextAt = now + pause;
        lanes.all().forEach(lane -> lane.more(false));
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
