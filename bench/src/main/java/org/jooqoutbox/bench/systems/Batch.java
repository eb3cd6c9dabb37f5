package org.jooqoutbox.bench.systems;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.UUID;

/** The messages of one claim, in columns. */
final class Batch {

    static final Batch EMPTY = new Batch(new UUID[0], new String[0], new int[0]);

    final UUID[] ids;
    final String[] payloads;
    final int[] attempts;

    private Batch(UUID[] ids, String[] payloads, int[] attempts) {
        this.ids = ids;
        this.payloads = payloads;
        this.attempts = attempts;
    }

    /**
     * What the statement returns: columns id, payload, attempts.
     *
     * @param most how many messages that may be
     */
    static Batch of(PreparedStatement claim, int most) throws SQLException {
        UUID[] ids = new UUID[most];
        String[] payloads = new String[most];
        int[] attempts = new int[most];
        int size = 0;
        try (ResultSet rows = claim.executeQuery()) {
            while (rows.next()) {
                ids[size] = rows.getObject(1, UUID.class);
                payloads[size] = rows.getString(2);
                attempts[size] = rows.getInt(3);
                size++;
            }
        }
        return size == most
                ? new Batch(ids, payloads, attempts)
                : new Batch(Arrays.copyOf(ids, size), Arrays.copyOf(payloads, size), Arrays.copyOf(attempts, size));
    }

    int size() {
        return ids.length;
    }
}
