package org.jooqoutbox.dispatch;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The leases that are to be kept alive, and when to renew them. */
final class Leases {

    private final long lease;
    private final long renewal;
    private final Backoff backoff;
    private final Set<Held> held = new LinkedHashSet<>();

    // Never later than the first renewal that is due. Looking at all of them at every step would cost more than it is
    // worth.
    private long nextAt;
    private long pausedUntil;
    private boolean failing;
    private boolean shaky;

    Leases(DispatchSettings settings, RandomGenerator random) {
        this.lease = Nanos.of(settings.lease());
        this.renewal = Nanos.of(settings.renewal());
        this.backoff = new Backoff(SettleBuffer.SHORTEST_PAUSE, SettleBuffer.LONGEST_PAUSE, random);
    }

    void claimed(Held message, long sentAt) {
        message.leased(sentAt + lease, sentAt + renewal);
        expect(message);
        held.add(message);
    }

    void forget(Held message) {
        held.remove(message);
    }

    /** Whether the last renewal came to nothing for some of them. */
    boolean shaky() {
        return shaky;
    }

    /** So little is left of this lease that a handler should not begin on it. */
    boolean nearlyOver(Held message, long now) {
        return Nanos.reached(message.leaseEnd() - renewal / 2, now);
    }

    long until(long now) {
        if (held.isEmpty()) {
            return Nanos.FOREVER;
        }
        long paused = failing ? Nanos.until(pausedUntil, now) : 0;
        return Math.max(paused, Nanos.until(nextAt, now));
    }

    /** Those to renew now: what is due, and what would be soon. Empty when the next is due later than it seemed. */
    List<Held> due(long now) {
        boolean due = held.stream().anyMatch(h -> Nanos.reached(h.renewAt(), now));
        if (due) {
            return held.stream()
                    .filter(h -> Nanos.reached(h.renewAt() - renewal / 2, now))
                    .toList();
        }
        nextAt = held.stream()
                .map(Held::renewAt)
                .reduce((a, b) -> Nanos.reached(a, b) ? a : b)
                .orElse(now + Nanos.FOREVER);
        return List.of();
    }

    void answered() {
        failing = false;
        shaky = false;
        backoff.reset();
    }

    void renewed(Held message, long sentAt) {
        message.leased(sentAt + lease, sentAt + renewal);
        expect(message);
    }

    void busy(Held message, long now) {
        shaky = true;
        message.renewalFailed(now + backoff.same());
        expect(message);
    }

    /** The call failed. Its leases may have been renewed, but nothing relies on that. */
    void unanswered(Collection<Held> messages, long now) {
        failing = true;
        shaky = true;
        pausedUntil = now + backoff.next();
        messages.forEach(m -> m.renewalFailed(pausedUntil));
        nextAt = pausedUntil;
    }

    private void expect(Held message) {
        if (held.isEmpty() || Nanos.reached(message.renewAt(), nextAt)) {
            nextAt = message.renewAt();
        }
    }
}
