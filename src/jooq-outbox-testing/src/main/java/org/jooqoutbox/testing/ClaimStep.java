package org.jooqoutbox.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/**
 * The claim, as the statement does it: due rows kind by kind, the kinds in turn, each up to its limit, of an ordering key no other than the head;
 * of these the poisoned and the expired are set aside, and of the others either the suspect that is the oldest, alone, or all that are none.
 */
final class ClaimStep {

    private static final int KEPT_OF_LAST_ERROR = 1000;
    private static final Comparator<Row> BY_DUE_TIME_AND_ID =
            Comparator.<Row>comparingLong(row -> row.retryAt).thenComparing(row -> row.id, Ids.ORDER);

    private final ClaimRequest request;
    private final long now;
    private final List<Message> messages = new ArrayList<>();
    private final List<Message> deadLettered = new ArrayList<>();
    private final List<Message> expired = new ArrayList<>();
    private int picked;

    private ClaimStep(ClaimRequest request, long now) {
        this.request = request;
        this.now = now;
    }

    /**
     * Claims.
     *
     * @param turn how many claims there were before: each begins with another kind
     */
    static Claim of(ClaimRequest request, Collection<Row> rows, int turn, long now) {
        return new ClaimStep(request, now).claim(rows, turn);
    }

    private Claim claim(Collection<Row> rows, int turn) {
        List<Row> due = due(rows, turn);
        due.sort(BY_DUE_TIME_AND_ID);
        int suspects = (int) due.stream()
                .filter(row -> row.isSuspect() && !row.isExpired(now))
                .count();
        Row alone = suspectWhoseTurnItIs(due);
        for (Row row : due) {
            take(row, alone);
        }
        return new Claim(
                messages, deadLettered, expired, due.size(), picked, suspects, Claim.Coverage.ALL, Micros.instant(now));
    }

    private List<Row> due(Collection<Row> rows, int turn) {
        OrderingKeys keys = new OrderingKeys(rows);
        Map<String, List<Row>> byKind = new HashMap<>();
        for (Row row : rows) {
            if (row.isDue(now) && row.lockedBy == null && keys.isInTurn(row)) {
                byKind.computeIfAbsent(row.kind, kind -> new ArrayList<>()).add(row);
            }
        }
        List<Row> due = new ArrayList<>();
        for (String kind : kindsInTurn(byKind, turn)) {
            List<Row> ofKind = byKind.getOrDefault(kind, new ArrayList<>());
            ofKind.sort(Row.BY_DUE_TIME);
            int room = request.limit() - due.size();
            int most = request.kindLimits().getOrDefault(kind, request.limit());
            due.addAll(ofKind.subList(0, Math.min(ofKind.size(), Math.min(room, most))));
        }
        return due;
    }

    private List<String> kindsInTurn(Map<String, List<Row>> byKind, int turn) {
        List<String> kinds =
                new ArrayList<>(request.kinds().isEmpty() ? new TreeSet<>(byKind.keySet()) : request.kinds());
        Collections.rotate(kinds, turn);
        return kinds;
    }

    private @Nullable Row suspectWhoseTurnItIs(List<Row> due) {
        Row oldest = due.stream()
                .filter(row -> !row.isExpired(now) && !isPoison(row))
                .findFirst()
                .orElse(null);
        return request.takesSuspects() && oldest != null && oldest.isSuspect() ? oldest : null;
    }

    private boolean isPoison(Row row) {
        return row.unsettled > request.maxDeaths();
    }

    private void take(Row row, @Nullable Row alone) {
        if (row.isExpired(now)) {
            expire(row);
        } else if (isPoison(row)) {
            bury(row);
        } else if (alone == null ? !row.isSuspect() : row == alone) {
            lease(row);
        }
    }

    private void expire(Row row) {
        row.status = Row.Status.EXPIRED;
        touch(row);
        expired.add(row.message(row.unsettled));
    }

    private void bury(Row row) {
        row.status = Row.Status.DEAD;
        row.lastError = "died " + row.unsettled + " times without a result" + lastErrorOf(row);
        touch(row);
        deadLettered.add(row.message(row.unsettled));
    }

    private static String lastErrorOf(Row row) {
        return row.lastError.isEmpty() ? "" : "; last error: " + StoredError.left(row.lastError, KEPT_OF_LAST_ERROR);
    }

    private void lease(Row row) {
        row.attempts++;
        row.unsettled++;
        row.retryAt = now + Micros.of(request.lease());
        touch(row);
        messages.add(row.message(row.unsettled - 1));
    }

    private void touch(Row row) {
        row.updatedAt = now;
        picked++;
    }
}
