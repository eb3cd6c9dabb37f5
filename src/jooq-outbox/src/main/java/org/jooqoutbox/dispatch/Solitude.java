package org.jooqoutbox.dispatch;

import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to claim a suspect. A worker's only outbox must hold nothing else. One of several must besides be the only one of its worker that
 * holds a suspect, and before the delivery whose death would make it a dead letter, it takes every place of the worker: so no message becomes a
 * dead letter that never died alone.
 *
 * <p>That a suspect has only that one chance left is known when it has been claimed. Then it is given back, which makes it the last of its
 * outbox. So first comes what is due before it; once a claim has seen it, and all that claim took is settled, every place is asked for, and one
 * message of its kind is claimed. Only who may hold a suspect asks for every place: never do two of them wait for each other.
 */
final class Solitude {

    private final boolean shared;
    private final int maxDeaths;
    private final Share suspects;
    private final Share places;
    private @Nullable String lastChance;
    private boolean admitted;
    private boolean waits;
    private boolean inUse;
    private int taken;

    Solitude(DispatchSettings settings, Shares shares) {
        this.shared = settings.isOneOfMany();
        this.maxDeaths = settings.maxDeaths();
        this.suspects = shares.suspects();
        this.places = shares.places();
    }

    /** The kind of a suspect that needs every place of the worker; null when none is known. */
    @Nullable
    String lastChance() {
        return lastChance;
    }

    /**
     * Asks for what is needed. To be called before each claim.
     *
     * @param suspectsWait whether the last claim saw any
     * @param mayClaimLastChance whether a message of the kind of {@link #lastChance} may be claimed now
     * @return whether a suspect may be claimed
     */
    boolean seek(boolean nothingHeld, boolean suspectsWait, boolean mayClaimLastChance) {
        if (!shared) {
            return nothingHeld;
        }
        if (!suspectsWait || !nothingHeld) {
            leave();
            return false;
        }
        admitted = admitted || suspects.take(1, 1) > 0;
        return admitted && (!mayClaimLastChance || takesAll());
    }

    private boolean takesAll() {
        taken = taken > 0 ? taken : places.takeAll();
        waits = taken == 0;
        return !waits;
    }

    /** Whether it waits until every place is free. Meanwhile nothing is to be claimed. */
    boolean waits() {
        return waits;
    }

    /** Whether a suspect that was claimed, and nothing with it, may be kept. */
    boolean admits(Message suspect) {
        boolean needsAll = shared && suspect.unsettled() >= maxDeaths;
        if (needsAll && taken == 0) {
            lastChance = suspect.kind();
            return false;
        }
        return !shared || admitted;
    }

    /**
     * A claim is over.
     *
     * @param tookSome whether it took any messages
     * @param suspectKept whether one of them is a suspect that was not given back
     */
    void claimed(boolean tookSome, boolean suspectKept) {
        boolean hadAll = taken > 0;
        if (hadAll && (suspectKept || !tookSome)) {
            lastChance = null;
        }
        inUse = suspectKept;
        if (!inUse) {
            giveBack();
        }
    }

    /** The places for the handler of a suspect that needs all of them, else none. */
    int hand() {
        int handed = taken;
        taken = 0;
        return handed;
    }

    /**
     * To be called often.
     *
     * @param suspectStarts whether a suspect is still to be started
     * @param nothingHeld whether everything that was claimed is settled
     */
    void tidyUp(boolean suspectStarts, boolean nothingHeld) {
        if (inUse && !suspectStarts) {
            places.giveBack(hand());
        }
        if (inUse && nothingHeld) {
            giveBack();
        }
    }

    /** Wants nothing, as things are. What is in use stays. */
    void leave() {
        if (!inUse) {
            giveBack();
            suspects.leave();
        }
        if (waits) {
            places.leave();
            waits = false;
        }
    }

    /** It is over. */
    void end() {
        giveBack();
        leave();
    }

    private void giveBack() {
        places.giveBack(hand());
        if (admitted) {
            suspects.giveBack(1);
        }
        admitted = false;
        inUse = false;
    }
}
