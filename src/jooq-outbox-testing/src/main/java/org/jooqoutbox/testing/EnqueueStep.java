package org.jooqoutbox.testing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Writes drafts into a transaction and leaves out those that are there already, as the table's unique indexes do: by id, and by kind and key
 * while the other waits for its first delivery. A twin that another open transaction wrote is waited for; where PostgreSQL would wait for ever,
 * or end the transaction because of a deadlock, this throws.
 */
final class EnqueueStep {

    /** The order of the insert: of two with one key in a call, the one with the smaller id is written. */
    private static final Comparator<Row> INSERT_ORDER = Comparator.<Row, String>comparing(row -> row.kind)
            .thenComparing(row -> row.dedupKey, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(row -> row.id, Ids.ORDER);

    private final String outbox;
    private final Transaction transaction;
    private final Map<UUID, Row> rows;
    private final Set<Transaction> open;
    private final Condition ended;

    /**
     * For one call, under the outbox's lock.
     *
     * @param rows what is committed
     * @param open the transactions that have not ended
     * @param ended signalled when one does
     */
    EnqueueStep(String outbox, Transaction transaction, Map<UUID, Row> rows, Set<Transaction> open, Condition ended) {
        this.outbox = outbox;
        this.transaction = transaction;
        this.rows = rows;
        this.open = open;
        this.ended = ended;
    }

    /**
     * Writes.
     *
     * @param seq of the first draft; the others follow in their order
     */
    EnqueueResult write(Collection<MessageDraft> drafts, Ids ids, long seq) {
        List<Row> fresh = new ArrayList<>(drafts.size());
        for (MessageDraft draft : drafts) {
            UUID id = draft.id().orElseGet(() -> ids.next(transaction.beganAt));
            fresh.add(new Row(outbox, id, seq + fresh.size(), draft, transaction.beganAt));
        }
        List<UUID> inOrder = fresh.stream().map(row -> row.id).toList();
        Set<UUID> coalesced = new HashSet<>(inOrder);
        insertAll(fresh).forEach(row -> coalesced.remove(row.id));
        return new EnqueueResult(inOrder, coalesced);
    }

    /** All that have no twin, or none at all: a statement that fails leaves nothing. */
    private List<Row> insertAll(List<Row> fresh) {
        List<Row> inserted = new ArrayList<>();
        boolean done = false;
        try {
            fresh.stream().sorted(INSERT_ORDER).filter(this::insert).forEach(inserted::add);
            done = true;
        } finally {
            if (!done) {
                inserted.forEach(row -> transaction.written.remove(row.id));
            }
        }
        return inserted;
    }

    private boolean insert(Row row) {
        for (Transaction other = holderOfTwin(row); other != null; other = holderOfTwin(row)) {
            await(other);
        }
        boolean twin = transaction.written.containsKey(row.id)
                || (rows.containsKey(row.id) && transaction.removed != rows.get(row.id))
                || rows.values().stream().anyMatch(old -> old.keepsOut(row.kind, row.dedupKey))
                || transaction.written.values().stream().anyMatch(old -> old.keepsOut(row.kind, row.dedupKey));
        if (!twin) {
            transaction.written.put(row.id, row);
        }
        return !twin;
    }

    /** The other open transaction on which it depends whether this row has a twin. */
    private @Nullable Transaction holderOfTwin(Row row) {
        Row same = rows.get(row.id);
        if (same != null && same.lockedBy != null && same.lockedBy != transaction) {
            return same.lockedBy;
        }
        return open.stream()
                .filter(other -> other != transaction && wroteTwin(other, row))
                .findFirst()
                .orElse(null);
    }

    private static boolean wroteTwin(Transaction other, Row row) {
        return other.written.containsKey(row.id)
                || other.written.values().stream().anyMatch(old -> old.keepsOut(row.kind, row.dedupKey));
    }

    private void await(Transaction other) {
        requireEnd(other);
        transaction.waitsFor = other;
        try {
            while (open.contains(other)) {
                ended.awaitUninterruptibly();
            }
        } finally {
            transaction.waitsFor = null;
        }
    }

    private void requireEnd(Transaction other) {
        for (Transaction next = other; next != null; next = next.waitsFor) {
            if (next == transaction || next.beganBy == Thread.currentThread()) {
                throw new OutboxException("outbox " + outbox
                        + ": enqueue would wait for ever: another open transaction wrote the same id, or the same kind and"
                        + " deduplication key, and waits for this one or was begun on this thread. End that one first");
            }
        }
    }
}
