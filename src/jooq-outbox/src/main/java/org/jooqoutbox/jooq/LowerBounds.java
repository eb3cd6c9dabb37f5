package org.jooqoutbox.jooq;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * From which due time on a claim looks for messages of a kind without an ordering key. Safe for use by many threads.
 *
 * <p>Delivered messages leave dead entries at the front of the index, which stay for as long as some old snapshot may see them, and which each
 * claim from the beginning (a sweep) walks over. A claim that begins where the last one found its oldest message does not. But it misses what
 * became due further back: written in a transaction that committed late, claimed in one that rolled back, set by hand or by a clock that is
 * behind. Only a sweep finds that. So while sweeps are quick, every claim is one. Where two in a row were slow, a twentieth of the time goes into
 * them, at most one a second; a message is missed no longer than until the next one.
 *
 * <p>What is written all the time commits a little late, so a bound lies {@link #SLACK} back, or a message would wait for a sweep. But of what was
 * delivered within that time, too, there are dead entries, tens of thousands of them under load. So claims that follow within {@link #AHEAD_FOR}
 * begin only {@link #SHORT_SLACK} back. What commits later than that waits until that time is over.
 */
final class LowerBounds {

    // Some five thousand dead entries.
    static final Duration QUICK = Duration.ofMillis(1);
    static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    static final int PAUSE_PER_SWEEP = 20;
    static final Duration AHEAD_FOR = Duration.ofMillis(100);

    /** How much time may lie between the due time of a message, which is when its transaction began, and its commit. */
    static final Duration SLACK = Duration.ofSeconds(2);

    /** The same, for claims of which others that look further back follow soon. */
    static final Duration SHORT_SLACK = Duration.ofMillis(500);

    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier nanoTime;
    private final Map<String, Instant> bounds = new HashMap<>();
    private Map<String, Instant> ahead = Map.of();
    private long aheadUntil;
    private int forgotten;
    private boolean slow;
    private long tookBefore;
    private long nextSweep;

    LowerBounds(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What the next claim of these kinds begins with. A kind that the claim before was not for is looked at from the beginning. */
    From next(Collection<String> kinds) {
        lock.lock();
        try {
            bounds.keySet().retainAll(kinds);
            long now = nanoTime.getAsLong();
            boolean sweeps = !slow || now - nextSweep >= 0;
            boolean goesOn = bounds.keySet().containsAll(ahead.keySet()) && now - aheadUntil < 0;
            if (sweeps || ahead.isEmpty() || !goesOn) {
                return new From(sweeps ? Map.of() : Map.copyOf(bounds), forgotten, false);
            }
            Map<String, Instant> all = new HashMap<>(bounds);
            all.putAll(ahead);
            return new From(all, forgotten, true);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Learns from a claim that is committed.
     *
     * @param reached from which time on messages of a kind may be left; without the kinds that the claim did not come to
     * @param latest the same, but for those that commit late
     * @param took how long it searched in vain
     */
    void learn(From from, Map<String, Instant> reached, Map<String, Instant> latest, Duration took) {
        lock.lock();
        try {
            if (from.forgotten() != forgotten) {
                return;
            }
            if (from.isSweep()) {
                learnFromSweep(took.toNanos());
            }
            ahead = latest;
            // What lies between a bound and where this one began, it has not looked at.
            if (!from.ahead()) {
                bounds.putAll(reached);
                aheadUntil = nanoTime.getAsLong() + AHEAD_FOR.toNanos();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes the next claim a sweep: messages may have become due further back, or were seen and not taken. */
    void forget() {
        lock.lock();
        try {
            bounds.clear();
            ahead = Map.of();
            forgotten++;
        } finally {
            lock.unlock();
        }
    }

    /** Whether to look at all of it takes long, so that only sweeps should, each in its time. */
    boolean isSlow() {
        lock.lock();
        try {
            return slow;
        } finally {
            lock.unlock();
        }
    }

    private void learnFromSweep(long took) {
        bounds.clear();
        slow = Math.min(took, tookBefore) > QUICK.toNanos();
        tookBefore = took;
        nextSweep = nanoTime.getAsLong() + Math.max(SHORTEST_PAUSE.toNanos(), PAUSE_PER_SWEEP * took);
    }

    /**
     * Where a claim begins.
     *
     * @param bounds times by the database's clock, per kind; kinds that are not in it are looked at from the beginning
     * @param forgotten how often everything had been forgotten
     * @param ahead whether it is to begin there though messages that commit late may lie before that
     */
    record From(Map<String, Instant> bounds, int forgotten, boolean ahead) {

        /** How far back it begins at least, whatever the bound: clocks may be set. */
        Duration slack() {
            return ahead ? SHORT_SLACK : SLACK;
        }

        /** Whether the claim looks at all that is due. */
        boolean isSweep() {
            return bounds.isEmpty();
        }

        /** The bound for a kind, as PostgreSQL reads it. */
        String bound(String kind) {
            Instant bound = bounds.get(kind);
            return bound == null ? "-infinity" : bound.toString();
        }
    }
}
