package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.testing.InMemoryOutboxRepository;
import org.jspecify.annotations.Nullable;

/**
 * Watches a simulated world from outside: what was committed, who was given what and for how long, what handlers did, and what the outbox said to
 * settlements. It keeps books of its own, and calls a violation whatever these books do not allow.
 */
final class Judge {

    static final int MAX_DEATHS = 3;
    static final int MAX_FAILURES = 4;

    /** Who was given a message, with which token. */
    private record Holder(int worker, int attempts) {}

    private static final class Fate {
        private @Nullable Holder holder;
        private long leaseEnd;
        private final Set<Holder> succeeded = new HashSet<>();
        private int lapses;
        private int lapsesBefore;
        private int failures;
        private int effects;
        private boolean handled;
        private boolean poison;
        private @Nullable String orderingKey;
        private boolean ended;
    }

    private final InMemoryOutboxRepository outbox;
    private final SimTime time;
    private final Map<UUID, Fate> committed = new LinkedHashMap<>();
    private final Map<String, List<Fate>> ordered = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int duplicates;

    Judge(InMemoryOutboxRepository outbox, SimTime time) {
        this.outbox = outbox;
        this.time = time;
    }

    List<String> violations() {
        return violations;
    }

    /** How many messages were delivered again after a delivery that was not recorded. */
    int duplicates() {
        return duplicates;
    }

    int messages() {
        return committed.size();
    }

    /** How many messages had an ordering key. */
    int ordered() {
        return ordered.values().stream().mapToInt(List::size).sum();
    }

    /** In the order in which they were enqueued. */
    void committed(UUID id, @Nullable String orderingKey, boolean poison) {
        Fate fate = new Fate();
        fate.poison = poison;
        fate.orderingKey = orderingKey;
        committed.put(id, fate);
        if (orderingKey != null) {
            ordered.computeIfAbsent(orderingKey, key -> new ArrayList<>()).add(fate);
        }
    }

    private Fate fate(Message message) {
        Fate fate = committed.get(message.id());
        if (fate == null) {
            violation(message, "was handed out, but never committed");
            return new Fate();
        }
        return fate;
    }

    /** Leases end by the outbox's clock, which has whole microseconds. */
    private long micros() {
        return TimeUnit.NANOSECONDS.toMicros(time.now());
    }

    private void violation(Object what, String how) {
        violations.add("at " + Duration.ofNanos(time.now()) + ": " + what + " " + how);
    }

    void claimed(int worker, ClaimRequest request, Claim claim) {
        if (claim.messages().size() > request.limit()) {
            violation(claim, "is larger than its limit");
        }
        if (claim.picked() == 0) {
            return;
        }
        claim.messages().forEach(message -> claimed(worker, request, message));
        claim.deadLettered().forEach(this::diedOfDeaths);
        claim.expired().forEach(message -> end(message, fate(message)));
        checkLeases();
    }

    private void claimed(int worker, ClaimRequest request, Message message) {
        Fate fate = fate(message);
        requireTurn(message, fate, "was claimed by " + worker);
        if (fate.holder != null && fate.leaseEnd > micros()) {
            violation(message, "was claimed by " + worker + " while " + fate.holder + " had a lease on it");
        }
        fate.lapsesBefore = fate.lapses + (fate.holder == null ? 0 : 1);
        fate.lapses = fate.lapsesBefore;
        fate.holder = new Holder(worker, message.attempts());
        fate.leaseEnd = micros() + TimeUnit.MICROSECONDS.convert(request.lease());
    }

    /** Of an ordering key, all that were enqueued before have come to their end. */
    private void requireTurn(Object message, Fate fate, String what) {
        List<Fate> ofKey = fate.orderingKey == null ? List.of(fate) : ordered.getOrDefault(fate.orderingKey, List.of());
        if (ofKey.stream().takeWhile(earlier -> earlier != fate).anyMatch(earlier -> !earlier.ended)) {
            violation(message, what + " before an earlier one of its ordering key came to its end");
        }
    }

    private void end(Message message, Fate fate) {
        requireTurn(message, fate, "came to its end");
        fate.holder = null;
        fate.ended = true;
    }

    private void diedOfDeaths(Message message) {
        Fate fate = fate(message);
        int deaths = fate.lapses + (fate.holder == null ? 0 : 1);
        if (deaths <= MAX_DEATHS) {
            violation(message, "was given up after only " + deaths + " deliveries without a result");
        }
        end(message, fate);
    }

    void renewed(int worker, Message message, Verdict verdict, Duration lease) {
        if (verdict != Verdict.APPLIED) {
            return;
        }
        Fate fate = fate(message);
        requireHolder(worker, message, fate, "renewed");
        fate.leaseEnd = Math.max(fate.leaseEnd, micros() + TimeUnit.MICROSECONDS.convert(lease));
    }

    private void requireHolder(int worker, Message message, Fate fate, String what) {
        Holder claimant = new Holder(worker, message.attempts());
        if (!claimant.equals(fate.holder)) {
            violation(message, "was " + what + " by " + claimant + ", which did not hold it: " + fate.holder);
        }
    }

    void settled(int worker, Settlement settlement, Verdict verdict) {
        if (verdict != Verdict.APPLIED) {
            return;
        }
        Message message = settlement.message();
        Fate fate = fate(message);
        requireHolder(
                worker, message, fate, "settled as " + settlement.getClass().getSimpleName());
        boolean delivered = fate.succeeded.contains(new Holder(worker, message.attempts()));
        if (settlement instanceof Settlement.Done != delivered) {
            violation(message, delivered ? "was delivered and then " + settlement : "was not delivered, but done");
        }
        fate.holder = null;
        if (settlement instanceof Settlement.Done || settlement instanceof Settlement.Dead) {
            end(message, fate);
        }
        fate.lapses = settlement instanceof Settlement.Released ? fate.lapsesBefore : 0;
        if (settlement instanceof Settlement.Failed && ++fate.failures >= MAX_FAILURES) {
            violation(message, "failed " + fate.failures + " times, and is to be tried again");
        }
    }

    /** The outbox must see as many live leases as the books have. */
    void checkLeases() {
        long alive = committed.values().stream()
                .filter(fate -> fate.holder != null && fate.leaseEnd > micros())
                .count();
        long inFlight = outbox.stats().inFlight();
        if (alive != inFlight) {
            violation("the outbox", "has " + inFlight + " messages in flight, and there should be " + alive);
        }
    }

    void succeeded(int worker, Message message) {
        Fate fate = fate(message);
        duplicates += fate.handled ? 1 : 0;
        fate.handled = true;
        fate.succeeded.add(new Holder(worker, message.attempts()));
    }

    /** A transactional delivery was committed. */
    void effect(int worker, Message message) {
        Fate fate = fate(message);
        requireHolder(worker, message, fate, "delivered in a transaction");
        fate.handled = true;
        end(message, fate);
        if (++fate.effects > 1) {
            violation(message, "took effect " + fate.effects + " times");
        }
    }

    /** A handler is called with these. */
    void begins(List<Message> messages) {
        messages.forEach(message -> requireTurn(message, fate(message), "began to be delivered"));
    }

    /** A suspect runs alone. */
    void atWork(List<Message> running) {
        if (running.size() > 1 && running.stream().anyMatch(message -> message.unsettled() > 0)) {
            violation(running, "are at work together, and one of them may kill the others");
        }
    }

    /** A worker ended in good order: nothing of it is left under a lease. */
    void stopped(int worker, Worker.StopReport report) {
        long sum = report.delivered()
                + report.failed()
                + report.postponed()
                + report.deadLettered()
                + report.expired()
                + report.released()
                + report.leasesLost()
                + report.unconfirmed()
                + report.abandoned();
        if (sum != report.claimed()) {
            violation(report, "does not account for all messages");
        }
    }

    /** After everything has come to rest, every message is where it belongs. */
    void atTheEnd(Set<UUID> bad) {
        Map<UUID, DeadLetter> letters = new HashMap<>();
        outbox.deadLetters(DeadLetterQuery.all()
                        .statuses(DeadLetter.Status.DEAD, DeadLetter.Status.EXPIRED)
                        .limit(10_000))
                .forEach(letter -> letters.put(letter.id(), letter));
        outbox.pending().forEach(message -> violation(message, "is still there, long after everything was well"));
        committed.forEach((id, fate) -> judge(id, fate, letters.get(id), bad.contains(id)));
    }

    private void judge(UUID id, Fate fate, @Nullable DeadLetter letter, boolean bad) {
        if (letter == null && !fate.handled && outbox.pending().stream().noneMatch(m -> m.id().equals(id))) {
            violation(id, "is lost");
        }
        if ((fate.poison || bad) && letter == null) {
            violation(id, "cannot be delivered, and is no dead letter");
        }
        if (letter != null && fate.effects > 0) {
            violation(id, "took effect and is a dead letter as well");
        }
        if (bad && letter != null && Objects.requireNonNull(letter).failures() > MAX_FAILURES) {
            violation(id, "failed " + letter.failures() + " times");
        }
    }
}
