package org.jooqoutbox.jooq;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.Field;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/** Reads what the claim statement returned: a row with the totals, then the messages. For one claim. */
final class ClaimReader {

    private static final int SEEN = position(ClaimStatement.SEEN);
    private static final int PICKED = position(ClaimStatement.PICKED);
    private static final int SUSPECTS_SEEN = position(ClaimStatement.SUSPECTS_SEEN);
    private static final int KEYED = position(ClaimStatement.KEYED);
    private static final int WHOLE = position(ClaimStatement.WHOLE);
    private static final int CURSOR = position(ClaimStatement.CURSOR);
    private static final int SEARCHED = position(ClaimStatement.SEARCHED);
    private static final int AT = position(ClaimStatement.AT);
    private static final int DUE_AT = position(ClaimStatement.DUE_AT);
    private static final int ID = position(ClaimStatement.ID);
    private static final int KIND = position(ClaimStatement.KIND);
    private static final int PAYLOAD = position(ClaimStatement.PAYLOAD);
    private static final int HEADERS = position(ClaimStatement.HEADERS);
    private static final int ATTEMPTS = position(ClaimStatement.ATTEMPTS);
    private static final int FAILURES = position(ClaimStatement.FAILURES);
    private static final int UNSETTLED = position(ClaimStatement.UNSETTLED);
    private static final int STATUS = position(ClaimStatement.STATUS);
    private static final int CREATED_AT = position(ClaimStatement.CREATED_AT);
    private static final int PAYLOAD_TYPE = position(ClaimStatement.PAYLOAD_TYPE);
    private static final int ORDERING_KEY = position(ClaimStatement.ORDERING_KEY);
    private static final int SEQ = position(ClaimStatement.SEQ);

    private final String outbox;
    private final boolean sweep;
    private final List<Message> messages = new ArrayList<>();
    private final List<Message> deadLettered = new ArrayList<>();
    private final List<Message> expired = new ArrayList<>();
    private final Map<String, Instant> oldest = new HashMap<>();

    /**
     * For the answer to a claim.
     *
     * @param sweep whether it looked at everything
     */
    ClaimReader(String outbox, boolean sweep) {
        this.outbox = outbox;
        this.sweep = sweep;
    }

    private static int position(Field<?> field) {
        return ClaimStatement.RESULT.indexOf(field) + 1;
    }

    ClaimResult read(ResultSet rows) throws SQLException {
        rows.next();
        boolean keyed = rows.getBoolean(KEYED);
        Claim.Coverage coverage = coverage(keyed, rows.getBoolean(WHOLE));
        int seen = rows.getInt(SEEN);
        int picked = rows.getInt(PICKED);
        int suspectsSeen = rows.getInt(SUSPECTS_SEEN);
        Instant at = instant(rows, AT);
        String cursor = rows.getString(CURSOR);
        Duration searched = Duration.ofNanos((long) (rows.getDouble(SEARCHED) * 1e9));
        while (rows.next()) {
            readMessage(rows);
        }
        Claim claim = new Claim(messages, deadLettered, expired, seen, picked, suspectsSeen, coverage, at);
        return new ClaimResult(claim, keyed, cursor, searched, oldest);
    }

    private Claim.Coverage coverage(boolean keyed, boolean whole) {
        if (keyed && !whole) {
            return Claim.Coverage.PART;
        }
        return sweep ? Claim.Coverage.ALL : Claim.Coverage.RECENT;
    }

    private void readMessage(ResultSet row) throws SQLException {
        int unsettled = row.getInt(UNSETTLED);
        String kind = row.getString(KIND);
        String key = row.getString(ORDERING_KEY);
        if (key == null && !oldest.containsKey(kind)) {
            oldest.put(kind, instant(row, DUE_AT));
        }
        switch (row.getString(STATUS)) {
            case "dead" -> deadLettered.add(message(row, kind, key, unsettled));
            case "expired" -> expired.add(message(row, kind, key, unsettled));
            default -> messages.add(message(row, kind, key, unsettled - 1));
        }
    }

    private Message message(ResultSet row, String kind, @Nullable String key, int unsettledBefore) throws SQLException {
        return new Message(
                outbox,
                row.getObject(ID, UUID.class),
                kind,
                row.getString(PAYLOAD),
                HeadersJson.read(row.getString(HEADERS)),
                row.getInt(ATTEMPTS),
                row.getInt(FAILURES),
                unsettledBefore,
                instant(row, CREATED_AT),
                row.getString(PAYLOAD_TYPE),
                key,
                row.getLong(SEQ));
    }

    private static Instant instant(ResultSet row, int position) throws SQLException {
        return row.getObject(position, OffsetDateTime.class).toInstant();
    }
}
