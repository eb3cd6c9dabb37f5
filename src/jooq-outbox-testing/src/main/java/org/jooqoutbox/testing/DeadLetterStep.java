package org.jooqoutbox.testing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetter.Status;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.OutboxStats;
import org.jspecify.annotations.Nullable;

/** Listing, replay and removal of what was given up, and the numbers that tell how the outbox stands. */
final class DeadLetterStep {

    private static final long SECOND = 1_000_000;

    private static final int COUNTED_CHARACTERS = 200;
    private static final Comparator<Row> DIED_LAST_FIRST = Comparator.<Row>comparingLong(row -> row.updatedAt)
            .thenComparing(row -> row.id, Ids.ORDER)
            .reversed();
    private static final Comparator<DeadLetter.Count> MOST_FREQUENT_FIRST = Comparator.comparingLong(
                    DeadLetter.Count::count)
            .reversed()
            .thenComparing(DeadLetter.Count::kind)
            .thenComparing(DeadLetter.Count::status)
            .thenComparing(DeadLetter.Count::error);

    private static final Comparator<Row> OLDEST_FIRST =
            Comparator.<Row>comparingLong(row -> row.createdAt).thenComparingLong(row -> row.seq);

    private record Key(String kind, String dedupKey) {}

    private record Group(String kind, Status status, String error) {}

    private final Map<UUID, Row> rows;
    private final long now;
    private final long parkedFrom;

    DeadLetterStep(Map<UUID, Row> rows, long now) {
        this.rows = rows;
        this.now = now;
        this.parkedFrom = Row.parkedFrom(now);
    }

    List<DeadLetter> list(DeadLetterQuery query) {
        return page(query).map(this::letter).toList();
    }

    List<DeadLetter.Count> count(DeadLetterQuery query) {
        Map<Group, Long> counts = new HashMap<>();
        matching(query)
                .forEach(row -> counts.merge(new Group(row.kind, statusOfLetter(row), headline(row)), 1L, Long::sum));
        return counts.entrySet().stream()
                .map(e -> new DeadLetter.Count(
                        e.getKey().kind(), e.getKey().status(), e.getKey().error(), e.getValue()))
                .sorted(MOST_FREQUENT_FIRST)
                .toList();
    }

    DeadLetter.Replay preview(DeadLetterQuery query) {
        return judge(page(query));
    }

    /**
     * Replays, the oldest first. Attempts grow once more, so that no settlement of an earlier claim can hit the replayed message.
     *
     * @param perSecond how many become due in each second; zero for all at once
     */
    DeadLetter.Replay replay(DeadLetterQuery query, int perSecond) {
        DeadLetter.Replay replay = judge(page(query).filter(row -> row.lockedBy == null));
        long place = 0;
        for (UUID id : replay.replayed()) {
            long later = perSecond == 0 ? 0 : place * SECOND / perSecond;
            revive(row(id), now + later);
            place++;
        }
        return replay;
    }

    /** Which of them may be replayed. Of several with one key only the oldest. */
    private DeadLetter.Replay judge(Stream<Row> letters) {
        List<UUID> replayed = new ArrayList<>();
        List<UUID> conflicts = new ArrayList<>();
        Set<Key> keys = new HashSet<>();
        letters.sorted(OLDEST_FIRST).forEach(row -> {
            boolean first = row.dedupKey == null || keys.add(new Key(row.kind, row.dedupKey));
            (first && !hasTwin(row) ? replayed : conflicts).add(row.id);
        });
        return new DeadLetter.Replay(replayed, conflicts);
    }

    List<UUID> purge(DeadLetterQuery query) {
        List<UUID> purged = page(query)
                .filter(row -> row.lockedBy == null)
                .sorted(OLDEST_FIRST)
                .map(row -> row.id)
                .toList();
        purged.forEach(rows::remove);
        return purged;
    }

    OutboxStats stats() {
        OrderingKeys keys = new OrderingKeys(rows.values());
        Map<Boolean, List<Row>> pending = rows.values().stream()
                .filter(row -> row.status == Row.Status.PENDING)
                .collect(Collectors.partitioningBy(keys::isInTurn));
        List<Row> inTurn = pending.getOrDefault(true, List.of()).stream()
                .filter(row -> row.retryAt <= parkedFrom)
                .toList();
        long due = inTurn.stream().filter(row -> row.isDue(now)).count();
        long inFlight = inTurn.stream().filter(row -> row.isLeased(now)).count();
        long oldest = inTurn.stream().mapToLong(row -> row.retryAt).min().orElse(now);
        return new OutboxStats(
                counted(due),
                Micros.duration(Math.max(0, now - oldest)),
                counted(inFlight),
                counted(inTurn.size() - due - inFlight),
                counted(pending.getOrDefault(false, List.of()).size()),
                counted(count(Status.DEAD) + count(Status.PARKED)),
                counted(count(Status.EXPIRED)),
                inTurn.stream().mapToInt(row -> row.attempts).max().orElse(0),
                Micros.instant(now));
    }

    private long count(Status status) {
        return rows.values().stream().filter(row -> status(row) == status).count();
    }

    private static long counted(long count) {
        return Math.min(count, OutboxStats.COUNTED_TO);
    }

    private Stream<Row> page(DeadLetterQuery query) {
        return matching(query).sorted(DIED_LAST_FIRST).limit(query.limit());
    }

    private Stream<Row> matching(DeadLetterQuery query) {
        long latest = now - query.olderThan().map(Micros::of).orElse(0L);
        return rows.values().stream()
                .filter(row -> isOneOf(query, row))
                .filter(row -> query.ids().map(ids -> ids.contains(row.id)).orElse(true))
                .filter(row -> query.kinds().isEmpty() || query.kinds().contains(row.kind))
                .filter(row ->
                        query.errorContaining().map(row.lastError::contains).orElse(true))
                .filter(row -> row.updatedAt <= latest)
                .filter(row -> query.after().map(last -> comesAfter(last, row)).orElse(true));
    }

    private boolean isOneOf(DeadLetterQuery query, Row row) {
        Status status = status(row);
        return status != null && query.statuses().contains(status);
    }

    private static boolean comesAfter(DeadLetter last, Row row) {
        int byTime = Long.compare(row.updatedAt, Micros.of(last.diedAt()));
        return byTime < 0 || (byTime == 0 && Ids.ORDER.compare(row.id, last.id()) < 0);
    }

    /** How the row came to be a dead letter; null if it is none. */
    private @Nullable Status status(Row row) {
        return switch (row.status) {
            case DEAD -> Status.DEAD;
            case EXPIRED -> Status.EXPIRED;
            case PENDING -> row.retryAt > parkedFrom ? Status.PARKED : null;
        };
    }

    private Status statusOfLetter(Row row) {
        Status status = status(row);
        if (status == null) {
            throw new IllegalStateException("not a dead letter: " + row.id);
        }
        return status;
    }

    private boolean hasTwin(Row row) {
        return rows.values().stream().anyMatch(other -> other != row && other.keepsOut(row.kind, row.dedupKey));
    }

    private Row row(UUID id) {
        Row row = rows.get(id);
        if (row == null) {
            throw new IllegalStateException("gone: " + id);
        }
        return row;
    }

    private void revive(Row row, long due) {
        row.status = Row.Status.PENDING;
        row.attempts++;
        row.unsettled = 0;
        row.failures = 0;
        row.expiresAt = Row.NEVER;
        row.retryAt = due;
        row.updatedAt = now;
    }

    private static String headline(Row row) {
        return StoredError.left(row.lastError.lines().findFirst().orElse(""), COUNTED_CHARACTERS);
    }

    private DeadLetter letter(Row row) {
        return new DeadLetter(
                row.id,
                row.kind,
                row.payload,
                row.headers,
                row.attempts,
                row.failures,
                row.lastError,
                Micros.instant(row.createdAt),
                Micros.instant(row.updatedAt),
                statusOfLetter(row));
    }

    static int requireRate(int perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond must be at least 1, not " + perSecond);
        }
        return perSecond;
    }
}
