package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * What is known of one kind: its messages that wait to be started, how many of its handlers are at work, and what its rate and its circuit
 * breaker allow.
 */
final class Lane {

    // What its rate does not let start sooner is left in the outbox: held, it would keep suspects waiting.
    private static final long AHEAD = Nanos.of(Duration.ofSeconds(1));

    private final Route route;
    private final RateLimit rate;
    private final Breaker breaker;
    private final boolean probes;
    private final ReadAhead readAhead;
    private final Deque<Held> waiting = new ArrayDeque<>();
    private int running;
    private boolean more;
    private boolean askedForProbe;

    /**
     * A lane with nothing in it.
     *
     * @param room how many messages may wait in it at the very most
     */
    Lane(DispatchSettings settings, Route route, int room, RandomGenerator random, long now) {
        this.route = route;
        this.rate = new RateLimit(route.options(), now);
        this.breaker = new Breaker(route.options(), random);
        this.probes = !settings.isOnePass(); // one that is to end does not wait for that
        this.readAhead = new ReadAhead(settings, route, Math.min(room, rate.perSecond()));
    }

    Route route() {
        return route;
    }

    Breaker breaker() {
        return breaker;
    }

    Deque<Held> waiting() {
        return waiting;
    }

    /** How many of its handlers hold a place. */
    int running() {
        return running;
    }

    /** Whether one of its messages fulfils the condition. */
    boolean has(Predicate<Held> condition) {
        for (Held message : waiting) {
            if (condition.test(message)) {
                return true;
            }
        }
        return false;
    }

    /** Its next messages are given to a handler: as many as that takes, out of those that may be started. */
    List<Held> start(Predicate<Held> mayStart, long now) {
        List<Held> started = new ArrayList<>();
        for (Iterator<Held> all = waiting.iterator();
                all.hasNext() && started.size() < route.delivery().most(); ) {
            Held message = all.next();
            if (mayStart.test(message)) {
                all.remove();
                started.add(message);
            }
        }
        rate.started(started.size(), now);
        running++;
        return started;
    }

    /** One of its handlers gave its place back. */
    void ended() {
        running--;
    }

    /** How long until its rate lets another message start. */
    long untilRate(long now) {
        return rate.until(now);
    }

    /** How many messages to claim for it now: none while enough wait, or the breaker is open; one when it may be probed. */
    int wanted(long now) {
        if (breaker.isOpen()) {
            return untilProbe(now) == 0 ? 1 : 0;
        }
        boolean soon = rate.until(now) <= AHEAD;
        return soon ? readAhead.wanted(waiting.size()) : 0;
    }

    /** How long until it may want messages; for ever while something else has to happen first. */
    long untilWanted(long now) {
        if (breaker.isOpen()) {
            return untilProbe(now);
        }
        return readAhead.wanted(waiting.size()) > 0 ? Math.max(0, rate.until(now) - AHEAD) : Nanos.FOREVER;
    }

    /** How many of its messages may be claimed at once. */
    int batch() {
        return readAhead.batch();
    }

    private long untilProbe(long now) {
        boolean idle = waiting.isEmpty() && running == 0;
        return probes && idle ? breaker.untilProbe(now) : Nanos.FOREVER;
    }

    /** A claim was sent. */
    void asked() {
        askedForProbe = breaker.isOpen();
        readAhead.asked(waiting.size());
    }

    /** Whether a message that the last claim brought may wait here: its breaker may have opened meanwhile. */
    boolean mayKeep() {
        return askedForProbe || !breaker.isOpen();
    }

    /**
     * A claim that asked for its messages was answered.
     *
     * @param more whether it left some behind
     */
    void answered(boolean more) {
        this.more = more;
        readAhead.answered(waiting.size(), more);
    }

    /** Whether the last claim left some of its messages behind. */
    boolean more() {
        return more;
    }

    void nothingMore() {
        more = false;
    }
}
