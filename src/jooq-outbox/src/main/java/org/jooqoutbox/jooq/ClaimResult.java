package org.jooqoutbox.jooq;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jooqoutbox.Claim;
import org.jspecify.annotations.Nullable;

/**
 * What a claim has come to.
 *
 * @param keyed whether any message with an ordering key is pending
 * @param cursor the key after which the next claim may begin; null for the beginning
 * @param searched how long it took to find and lock what it was to take
 * @param oldest when the oldest message that it took was due, by kind, of those without an ordering key
 */
record ClaimResult(
        Claim claim, boolean keyed, @Nullable String cursor, Duration searched, Map<String, Instant> oldest) {

    private static final Duration PER_MESSAGE = Duration.ofNanos(5_000);

    /** How long it searched, less what it may take to find and lock what it saw. */
    Duration searchedInVain() {
        return searched.minus(PER_MESSAGE.multipliedBy(claim.seen()));
    }

    /** Whether everything that it saw beside one suspect was left for the next claim. */
    boolean isOfOneSuspect() {
        return claim.messages().size() == 1 && claim.messages().get(0).unsettled() > 0;
    }
}
