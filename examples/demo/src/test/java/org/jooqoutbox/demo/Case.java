package org.jooqoutbox.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.Intent.Outcome;
import org.jooqoutbox.demo.Postings.Posting;

/** Evidence about one message, put together line by line. Claims are given in seconds; the lease is three. */
final class Case {

    static final UUID MESSAGE = UUID.fromString("00000000-0000-0000-0000-000000000001");
    static final UUID ORDER = UUID.fromString("00000000-0000-0000-0000-00000000000a");

    private final List<Intent> intents = new ArrayList<>();
    private final Set<UUID> bookings = new HashSet<>();
    private final List<Testimony> testimonies = new ArrayList<>();
    private final List<Leftover> leftovers = new ArrayList<>();
    private final List<StaleReport> staleReports = new ArrayList<>();
    private final List<Posting> postings = new ArrayList<>();
    private final Set<UUID> purged = new HashSet<>();
    private Plan plan = new Plan(Set.of(), Set.of());

    static Case committed() {
        return meant(Outcome.COMMITTED);
    }

    static Case meant(Outcome outcome) {
        Case made = new Case();
        made.intents.add(new Intent(ORDER, "shop", Map.of(MESSAGE, "f00d"), outcome));
        return made;
    }

    static Case unknownMessage() {
        return new Case();
    }

    Case booked() {
        bookings.add(ORDER);
        return this;
    }

    Case replica(String name, Entry... entries) {
        testimonies.add(new Testimony(name, "shop", false, List.of(entries)));
        return this;
    }

    Case killedReplica(String name, Entry... entries) {
        testimonies.add(new Testimony(name, "shop", true, List.of(entries)));
        return this;
    }

    Case replicaOf(String service, Entry... entries) {
        testimonies.add(new Testimony(service + "-1", service, false, List.of(entries)));
        return this;
    }

    Case leftOver(String status) {
        leftovers.add(new Leftover(MESSAGE, "shop", status, 1));
        return this;
    }

    Case staleReport(String before, String after) {
        staleReports.add(new StaleReport(MESSAGE, before, after));
        return this;
    }

    Case transactional() {
        plan = new Plan(Set.of(MESSAGE), Set.of());
        return this;
    }

    Case poison() {
        plan = new Plan(Set.of(), Set.of(MESSAGE));
        return this;
    }

    Case posting(String service, String fingerprint) {
        postings.add(new Posting(MESSAGE, service, fingerprint));
        return this;
    }

    Case purged() {
        purged.add(MESSAGE);
        return this;
    }

    static Entry claimed(int attempt, double seconds) {
        return claimed(attempt, seconds, 0);
    }

    static Entry claimed(int attempt, double seconds, int failures) {
        return entry(Event.CLAIMED, attempt, (long) (seconds * 1_000_000) + " " + failures);
    }

    static Entry delivered(int attempt) {
        return entry(Event.DELIVERED, attempt, "f00d");
    }

    static Entry entry(Event event, int attempt) {
        return entry(event, attempt, "");
    }

    static Entry entry(Event event, int attempt, String detail) {
        return new Entry(event, MESSAGE, attempt, "kind", detail);
    }

    Evidence evidence() {
        return new Evidence(
                intents, bookings, testimonies, leftovers, staleReports, Duration.ofSeconds(3), plan, postings, purged);
    }

    /** The kinds of the offences found. */
    List<Offence.Kind> judged() {
        return Judge.judge(evidence()).stream().map(Offence::kind).toList();
    }
}
