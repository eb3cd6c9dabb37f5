package org.jooqoutbox.testing;

import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jspecify.annotations.Nullable;

/** A row of the outbox, its columns named as in the table. Times are in microseconds, as PostgreSQL has them. */
final class Row {

    static final long NEVER = Long.MAX_VALUE;

    private static final int PARKED_YEARS = 50;

    /** As the index on kind and due time has them. */
    static final Comparator<Row> BY_DUE_TIME =
            Comparator.<Row>comparingLong(row -> row.retryAt).thenComparingLong(row -> row.seq);

    enum Status {
        PENDING,
        DEAD,
        EXPIRED
    }

    final String outbox;
    final UUID id;
    final long seq;
    final String kind;
    final String payload;
    final Map<String, String> headers;
    final @Nullable String dedupKey;
    final @Nullable String orderingKey;
    final @Nullable String payloadType;
    final long createdAt;
    long updatedAt;
    long retryAt;
    long expiresAt;
    int attempts;
    int failures;
    int unsettled;
    String lastError = "";
    Status status = Status.PENDING;

    /** The open transaction that deletes this row, and keeps everybody else off it. */
    InMemoryOutboxRepository.@Nullable Transaction lockedBy;

    Row(String outbox, UUID id, long seq, MessageDraft draft, long now) {
        this.outbox = outbox;
        this.id = id;
        this.seq = seq;
        this.kind = draft.kind();
        this.payload = draft.payload();
        this.headers = draft.headers();
        this.dedupKey = draft.deduplicationKey().orElse(null);
        this.orderingKey = draft.orderingKey().orElse(null);
        this.payloadType = draft.payloadType().orElse(null);
        this.createdAt = now;
        this.updatedAt = now;
        this.retryAt = draft.availableAt()
                .map(Micros::of)
                .orElse(now + draft.delay().map(Micros::of).orElse(0L));
        this.expiresAt = draft.expiresAt()
                .map(Micros::of)
                .orElse(draft.timeToLive().map(time -> now + Micros.of(time)).orElse(NEVER));
    }

    boolean isDue(long now) {
        return status == Status.PENDING && retryAt <= now;
    }

    /** Whether somebody has it under a lease. */
    boolean isLeased(long now) {
        return status == Status.PENDING && unsettled > 0 && retryAt > now;
    }

    /** After this time is due what a Go worker parked, because it gave it up. */
    static long parkedFrom(long now) {
        return Micros.plusYears(now, PARKED_YEARS);
    }

    boolean isExpired(long now) {
        return expiresAt <= now;
    }

    boolean isSuspect() {
        return unsettled > 0;
    }

    /** Whether this message proves the lease: same delivery, not settled. */
    boolean isHeldBy(Message message) {
        return status == Status.PENDING && unsettled > 0 && attempts == message.attempts();
    }

    /** Whether it waits for its first delivery under this key, and so keeps out others. */
    boolean keepsOut(String otherKind, @Nullable String key) {
        return key != null
                && status == Status.PENDING
                && attempts == 0
                && key.equals(dedupKey)
                && kind.equals(otherKind);
    }

    /** The message as a claim hands it out. */
    Message message(int unsettledBefore) {
        return new Message(
                outbox,
                id,
                kind,
                payload,
                headers,
                attempts,
                failures,
                unsettledBefore,
                Micros.instant(createdAt),
                payloadType,
                orderingKey,
                seq);
    }
}
