package org.jooqoutbox.dispatch;

import java.util.random.RandomGenerator;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;

/**
 * When to claim and what.
 *
 * <p>A full claim is followed by another as soon as there is room. Only a claim that saw nothing at all means that nothing is due; how many
 * messages it took, or how many of them were delivered, says nothing about that.
 *
 * <p>A suspect, a message that may kill its process, is claimed only while nothing else is held. So once a claim has seen one, claiming pauses
 * until everything held is settled, and the next claim may take it: when it is the oldest, so that others get their turn too.
 */
final class ClaimPace {

    private final DispatchSettings settings;
    private final Backoff backoff;
    private long nextAt;
    private int limit;
    private boolean suspectsWait;
    private boolean drained;

    ClaimPace(DispatchSettings settings, RandomGenerator random, long now) {
        this.settings = settings;
        this.backoff = new Backoff(settings.shortestPoll(), settings.longestPoll(), random);
        this.nextAt = now;
    }

    /**
     * How long until the next claim.
     *
     * @param waiting messages claimed and not started
     * @param nothingHeld whether everything that was claimed is settled
     */
    long until(int waiting, boolean nothingHeld, long now) {
        boolean room = waiting < settings.concurrency() && waiting < settings.batch();
        boolean suspectFirst = suspectsWait && !nothingHeld;
        return room && !suspectFirst ? Nanos.until(nextAt, now) : Nanos.FOREVER;
    }

    ClaimRequest request(int waiting, boolean nothingHeld) {
        limit = settings.batch() - waiting;
        ClaimRequest request = ClaimRequest.of(limit)
                .lease(settings.lease())
                .kinds(settings.routes().keySet())
                .maxDeaths(settings.maxDeaths());
        return nothingHeld ? request : request.withoutSuspects();
    }

    void answered(Claim claim, long now) {
        boolean tookSome = !claim.messages().isEmpty() || !claim.deadLettered().isEmpty();
        boolean moreIsDue = claim.seen() >= limit || claim.suspects() > 0;
        suspectsWait = claim.suspects() > 0 || claim.messages().stream().anyMatch(m -> m.unsettled() > 0);
        drained = claim.seen() == 0;
        if (tookSome) {
            backoff.reset();
        }
        nextAt = now + (tookSome && moreIsDue ? 0 : pause());
    }

    private long pause() {
        return drained ? backoff.next() : backoff.same();
    }

    /** The claim failed. */
    long unanswered(long now) {
        long pause = backoff.next();
        nextAt = now + pause;
        return pause;
    }

    /** Whether the last claim found that nothing is due. */
    boolean drained() {
        return drained;
    }
}
