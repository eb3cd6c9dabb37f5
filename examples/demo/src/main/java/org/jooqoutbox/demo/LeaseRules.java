package org.jooqoutbox.demo;

import static org.jooqoutbox.demo.Offence.Kind.DUPLICATED;
import static org.jooqoutbox.demo.Offence.Kind.STALE;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.History.Fact;

/**
 * What leases promise: a message is one replica's at a time, it is delivered again only if nobody could know how the delivery before had
 * ended, and only who holds it can settle it.
 */
final class LeaseRules {

    private final Duration lease;
    private final Consumer<Offence> offences;

    LeaseRules(Duration lease, Consumer<Offence> offences) {
        this.lease = lease;
        this.offences = offences;
    }

    void check(UUID message, History history) {
        checkClaims(message, history);
        checkDeliveries(message, history);
        checkSettlements(message, history);
    }

    /** Two claims are a lease apart, unless the first was given back. Both times are the database's: no tolerance is needed. */
    private void checkClaims(UUID message, History history) {
        List<Fact> claims = history.all(Event.CLAIMED);
        for (int i = 1; i < claims.size(); i++) {
            Fact first = claims.get(i - 1);
            Fact next = claims.get(i);
            long micros = next.claimedAt() - first.claimedAt();
            boolean tooSoon = micros < TimeUnit.NANOSECONDS.toMicros(lease.toNanos()) && !history.isGivenBack(first);
            if (tooSoon || first.attempt() == next.attempt()) {
                report(
                        DUPLICATED,
                        message,
                        "claimed by " + next.who() + " " + micros / 1000 + " ms after " + first.who()
                                + ", whose lease of " + lease.toMillis() + " ms still ran");
            }
        }
    }

    /** After a delivery there is another only if the process was killed before the outbox heard of it, or lost the lease. */
    private void checkDeliveries(UUID message, History history) {
        List<Fact> deliveries = history.all(Event.DELIVERED);
        for (int i = 1; i < deliveries.size(); i++) {
            Fact first = deliveries.get(i - 1);
            Fact next = deliveries.get(i);
            boolean acknowledged = history.has(Event.ACKNOWLEDGED, first.attempt());
            boolean repeated = first.attempt() == next.attempt();
            if (acknowledged || repeated || !wasCutOff(first, history)) {
                report(
                        DUPLICATED,
                        message,
                        "delivered by " + first.who() + (acknowledged ? ", acknowledged," : "") + " and again by "
                                + next.who());
            }
        }
    }

    private static boolean wasCutOff(Fact delivery, History history) {
        return delivery.source().killed()
                || history.has(Event.LEASE_LOST, delivery.attempt())
                || history.has(Event.ABANDONED, delivery.attempt())
                || history.has(Event.UNCONFIRMED, delivery.attempt());
    }

    /** What is acknowledged is gone: nobody can have a later claim to it. */
    private void checkSettlements(UUID message, History history) {
        List<Fact> claims = history.all(Event.CLAIMED);
        for (Fact acknowledged : history.all(Event.ACKNOWLEDGED)) {
            claims.stream()
                    .filter(claim -> claim.attempt() > acknowledged.attempt())
                    .findFirst()
                    .ifPresent(later -> report(
                            STALE,
                            message,
                            "acknowledged by " + acknowledged.who() + ", but claimed by " + later.who() + " too"));
        }
    }

    private void report(Offence.Kind kind, UUID message, String detail) {
        offences.accept(new Offence(kind, message, detail));
    }
}
