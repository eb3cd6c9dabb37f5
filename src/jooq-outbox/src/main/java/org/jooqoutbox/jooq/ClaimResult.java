package org.jooqoutbox.jooq;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooq.Field;
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

    private static final Duration PER_MESSAGE = Duration.ofNanos(5_000);

    // Looking a field up by its name, twelve times a row, costs more than all the rest of reading it.
    private static final IdentityHashMap<Field<?>, Integer> POSITIONS = positions();

    private static IdentityHashMap<Field<?>, Integer> positions() {
        IdentityHashMap<Field<?>, Integer> positions = new IdentityHashMap<>();
        for (int i = 0; i < ClaimStatement.RESULT.length; i++) {
            positions.put(ClaimStatement.RESULT[i], i);
        }
        return positions;
    }

    private static <T> T get(Record row, Field<T> field) {
        return field.getDataType().convert(row.get(Objects.requireNonNull(POSITIONS.get(field))));
    }

    static ClaimResult of(String outbox, boolean sweep, Result<? extends Record> rows) {
        List<Message> messages = new ArrayList<>();
        List<Message> deadLettered = new ArrayList<>();
        List<Message> expired = new ArrayList<>();
        Map<String, Instant> oldest = new HashMap<>();
        for (Record row : rows) {
            if (get(row, ClaimStatement.ID) == null) {
                continue;
            }
            if (get(row, ClaimStatement.ORDERING_KEY) == null) {
                oldest.putIfAbsent(
                        get(row, ClaimStatement.KIND),
                        get(row, ClaimStatement.DUE_AT).toInstant());
            }
            int unsettled = get(row, ClaimStatement.UNSETTLED);
            switch (get(row, ClaimStatement.STATUS)) {
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
                get(totals, ClaimStatement.SEEN),
                get(totals, ClaimStatement.PICKED),
                get(totals, ClaimStatement.SUSPECTS_SEEN),
                coverage(totals, sweep),
                get(totals, ClaimStatement.AT).toInstant());
        return new ClaimResult(
                claim,
                get(totals, ClaimStatement.KEYED),
                get(totals, ClaimStatement.CURSOR),
                Duration.ofNanos((long) (get(totals, ClaimStatement.SEARCHED) * 1e9)),
                oldest);
    }

    private static Claim.Coverage coverage(Record totals, boolean sweep) {
        boolean allKeys = !get(totals, ClaimStatement.KEYED) || Boolean.TRUE.equals(get(totals, ClaimStatement.WHOLE));
        if (!allKeys) {
            return Claim.Coverage.PART;
        }
        return sweep ? Claim.Coverage.ALL : Claim.Coverage.RECENT;
    }

    /** How long it searched, less what it may take to find and lock what it saw. */
    Duration searchedInVain() {
        return searched.minus(PER_MESSAGE.multipliedBy(claim.seen()));
    }

    /** Whether everything that it saw beside one suspect was left for the next claim. */
    boolean isOfOneSuspect() {
        return claim.messages().size() == 1 && claim.messages().get(0).unsettled() > 0;
    }

    private static Message message(String outbox, Record row, int unsettledBefore) {
        return new Message(
                outbox,
                get(row, ClaimStatement.ID),
                get(row, ClaimStatement.KIND),
                get(row, ClaimStatement.PAYLOAD).data(),
                HeadersJson.read(get(row, ClaimStatement.HEADERS).data()),
                get(row, ClaimStatement.ATTEMPTS),
                get(row, ClaimStatement.FAILURES),
                unsettledBefore,
                get(row, ClaimStatement.CREATED_AT).toInstant(),
                get(row, ClaimStatement.PAYLOAD_TYPE),
                get(row, ClaimStatement.ORDERING_KEY),
                get(row, ClaimStatement.SEQ));
    }
}
