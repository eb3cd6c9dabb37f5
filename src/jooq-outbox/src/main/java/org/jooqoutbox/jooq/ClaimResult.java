package org.jooqoutbox.jooq;

import java.util.ArrayList;
import java.util.List;
import org.jooq.Record;
import org.jooq.Result;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;

/** Reads what the claim statement returns: at least one row, with the totals in each. */
final class ClaimResult {

    private ClaimResult() {}

    static Claim of(String outbox, Result<? extends Record> rows) {
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
        return new Claim(
                messages,
                deadLettered,
                expired,
                totals.get(ClaimStatement.SEEN),
                totals.get(ClaimStatement.PICKED),
                totals.get(ClaimStatement.SUSPECTS_SEEN),
                Claim.Coverage.ALL,
                totals.get(ClaimStatement.AT).toInstant());
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
