package org.jooqoutbox.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jooqoutbox.OutboxRepository.BlockedKey;
import org.jooqoutbox.OutboxRepository.BlockedKey.Reason;
import org.jooqoutbox.OutboxStats;
import org.jspecify.annotations.Nullable;

/** When the next message is due, which ordering keys are blocked, and what is done by hand to messages that are pending. */
final class KeyStep {

    private static final int MOST_KEYS = 100;
    private static final int MOST_BLOCKED = 10_000;

    private final Map<UUID, Row> rows;
    private final long now;

    KeyStep(Map<UUID, Row> rows, long now) {
        this.rows = rows;
        this.now = now;
    }

    Optional<Duration> nextDue(Collection<String> kinds) {
        Stream<Row> unordered = rows.values().stream()
                .filter(row -> row.status == Row.Status.PENDING)
                .filter(row -> row.orderingKey == null);
        long parkedFrom = Row.parkedFrom(now);
        Stream<Row> heads = new OrderingKeys(rows.values()).heads().stream().limit(MOST_KEYS);
        return Stream.concat(unordered, heads)
                .filter(row -> kinds.contains(row.kind) && row.retryAt <= parkedFrom)
                .map(row -> row.retryAt)
                .min(Long::compare)
                .map(next -> Micros.duration(Math.max(0, next - now)));
    }

    List<BlockedKey> blockedKeys(@Nullable String after, int limit) {
        return new OrderingKeys(rows.values())
                .heads().stream()
                        .filter(row -> after == null || keyOf(row).compareTo(after) > 0)
                        .filter(row -> !row.isLeased(now))
                        .limit(limit)
                        .map(this::blocked)
                        .toList();
    }

    private BlockedKey blocked(Row head) {
        return new BlockedKey(
                keyOf(head),
                reason(head),
                head.id,
                head.kind,
                head.failures,
                head.lastError,
                Duration.between(Micros.instant(now), Micros.instant(head.retryAt)),
                Math.min(waiting(keyOf(head)), OutboxStats.COUNTED_TO));
    }

    private Reason reason(Row head) {
        if (head.isDue(now)) {
            return Reason.UNCLAIMED;
        }
        return head.attempts == 0 ? Reason.DELAYED : Reason.FAILED;
    }

    private long waiting(String key) {
        return rows.values().stream()
                .filter(row -> row.status == Row.Status.PENDING && key.equals(row.orderingKey))
                .count();
    }

    private static String keyOf(Row row) {
        if (row.orderingKey == null) {
            throw new IllegalStateException("no ordering key: " + row.id);
        }
        return row.orderingKey;
    }

    List<UUID> retryNow(Collection<UUID> ids) {
        return change(ids, row -> {
            row.failures = 0;
            row.retryAt = now;
        });
    }

    List<UUID> giveUp(Collection<UUID> ids, String reason) {
        String error = StoredError.of(reason);
        return change(ids, row -> {
            row.status = Row.Status.DEAD;
            row.lastError = error;
        });
    }

    /** Changes those that are pending and nobody's. Where a lease ended without a result, its token is spent. */
    private List<UUID> change(Collection<UUID> ids, Consumer<Row> change) {
        List<UUID> changed = new ArrayList<>();
        for (UUID id : new LinkedHashSet<>(ids)) {
            Row row = rows.get(id);
            if (row != null && row.status == Row.Status.PENDING && !row.isLeased(now) && row.lockedBy == null) {
                row.attempts += row.isSuspect() ? 1 : 0;
                row.unsettled = 0;
                row.updatedAt = now;
                change.accept(row);
                changed.add(id);
            }
        }
        return changed;
    }

    static int requireLimit(int limit) {
        if (limit < 1 || limit > MOST_BLOCKED) {
            throw new IllegalArgumentException("limit must be from 1 to " + MOST_BLOCKED + ", it is " + limit);
        }
        return limit;
    }
}
