package org.jooqoutbox.jooq;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Record;
import org.jooq.Result;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the claim statement returned: at least one row, with the totals in each.
 *
 * @param keyed whether any message with an ordering key is pending
 * @param searched how long it took to find and lock what it was to take
 * @param oldest when the oldest message that it took was due, by kind, of those without an ordering key
 * @param cursor the key after which the next claim may begin; null for the beginning
 */
record ClaimResult(
        Claim claim, boolean keyed, @Nullable String cursor, Duration searched, Map<String, Instant> oldest) {

    static ClaimResult of(String outbox, boolean sweep, Result<? extends Record> rows) {
        List<Message> messages = new ArrayList<>();
        List<Message> deadLettered = new ArrayList<>();
        List<Message> expired = new ArrayList<>();
        Map<String, Instant> oldest = new HashMap<>();
        for (Record row : rows) {
            if (row.get(ClaimStatement.ID) == null) {
                continue;
            }
            if (row.get(ClaimStatement.ORDERING_KEY) == null) {
                oldest.putIfAbsent(
                        row.get(ClaimStatement.KIND),
                        row.get(ClaimStatement.DUE_AT).toInstant());
            }
            int unsettled = row.get(ClaimStatement.UNSETTLED);
            switch (row.get(ClaimStatement.STATUS)) {
                case "dead" -> deadLettered.add(message(outbox, row, unsettled));
                case "expired" -> expired.add(message(outbox, row, unsettled));
                default -> messages.add(message(outbox, row, unsettled - 1));
            }
        }
        Record totals = rows.get(0);
        Claim claim = new Claim(
                messages,
                deadLettered,
                expired,
                totals.get(ClaimStatement.SEEN),
                totals.get(ClaimStatement.PICKED),
                totals.get(ClaimStatement.SUSPECTS_SEEN),
                coverage(totals, sweep),
                totals.get(ClaimStatement.AT).toInstant());
        return new ClaimResult(
                claim,
                totals.get(ClaimStatement.KEYED),
                totals.get(ClaimStatement.CURSOR),
                Duration.ofNanos((long) (totals.get(ClaimStatement.SEARCHED) * 1e9)),
                oldest);
    }

    private static Claim.Coverage coverage(Record totals, boolean sweep) {
        boolean allKeys = !totals.get(ClaimStatement.KEYED) || Boolean.TRUE.equals(totals.get(ClaimStatement.WHOLE));
        if (!allKeys) {
            return Claim.Coverage.PART;
        }
        return sweep ? Claim.Coverage.ALL : Claim.Coverage.RECENT;
    }

    /** Whether everything that it saw beside one suspect was left for the next claim. */
    boolean isOfOneSuspect() {
        return claim.messages().size() == 1 && claim.messages().get(0).unsettled() > 0;
    }

    private static Message message(String outbox, Record row, int unsettledBefore) {
        return new Message(
                outbox,
                row.get(ClaimStatement.ID),
                row.get(ClaimStatement.KIND),
                row.get(ClaimStatement.PAYLOAD).data(),
                HeadersJson.read(row.get(ClaimStatement.HEADERS).data()),
                row.get(ClaimStatement.ATTEMPTS),
                row.get(ClaimStatement.FAILURES),
                unsettledBefore,
                row.get(ClaimStatement.CREATED_AT).toInstant(),
                row.get(ClaimStatement.PAYLOAD_TYPE),
                row.get(ClaimStatement.ORDERING_KEY),
                row.get(ClaimStatement.SEQ));
    }
}
