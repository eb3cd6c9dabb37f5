package org.jooqoutbox.demo;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.demo.Intent.Outcome;
import org.jooqoutbox.demo.Postings.Posting;

/**
 * All that the judge gets to see.
 *
 * @param intents the producers' ledger
 * @param bookings the orders whose rows are in the tables of bookings: what decides when a producer could not tell
 * @param testimonies the journals, one per process
 * @param leftovers what is in the outbox tables at the end
 * @param staleReports what reports of replicas that had lost a message did to it
 * @param lease how long a claim is good for
 * @param plan what the orders were prepared for
 * @param postings what handlers wrote in transactional mode, as it is in the tables
 * @param purged dead letters that were deleted by hand
 */
record Evidence(
        List<Intent> intents,
        Set<UUID> bookings,
        List<Testimony> testimonies,
        List<Leftover> leftovers,
        List<StaleReport> staleReports,
        Duration lease,
        Plan plan,
        List<Posting> postings,
        Set<UUID> purged) {

    Evidence {
        intents = decided(intents, bookings);
        bookings = Set.copyOf(bookings);
        testimonies = List.copyOf(testimonies);
        leftovers = List.copyOf(leftovers);
        staleReports = List.copyOf(staleReports);
        postings = List.copyOf(postings);
        purged = Set.copyOf(purged);
    }

    private static List<Intent> decided(List<Intent> intents, Set<UUID> bookings) {
        return intents.stream()
                .map(intent -> intent.outcome() == Outcome.UNKNOWN ? intent.with(outcome(intent, bookings)) : intent)
                .toList();
    }

    private static Outcome outcome(Intent intent, Set<UUID> bookings) {
        return bookings.contains(intent.order()) ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
    }
}
