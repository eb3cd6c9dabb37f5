package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.List;
import org.jooq.Record;
import org.jooq.Result;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the claim statement returned: at least one row, with the totals in each.
 *
 * @param keyed whether any message with an ordering key is pending
 * @param cursor the key after which the next claim may begin; null for the beginning
 */
record ClaimResult(Claim claim, boolean keyed, @Nullable String cursor) {

    static ClaimResult of(String outbox, Result<? extends Record> rows) {
        List<Message> messages = new ArrayList<>();
        List<Message> deadLettered = new ArrayList<>();
        List<Message> expired = new ArrayList<>();
        for (Record row : rows) {
            if (row.get(ClaimStatement.ID) == null) {
                continue;
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
                coverage(totals),
                totals.get(ClaimStatement.AT).toInstant());
        return new ClaimResult(claim, totals.get(ClaimStatement.KEYED), totals.get(ClaimStatement.CURSOR));
    }

    private static Claim.Coverage coverage(Record totals) {
        boolean all = !totals.get(ClaimStatement.KEYED) || Boolean.TRUE.equals(totals.get(ClaimStatement.WHOLE));
        return all ? Claim.Coverage.ALL : Claim.Coverage.PART;
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
