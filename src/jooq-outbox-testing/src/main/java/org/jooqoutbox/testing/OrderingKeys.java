package org.jooqoutbox.testing;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** The heads of ordering keys, as the index on key and {@code seq} has them: of each key the pending row with the smallest {@code seq}. */
final class OrderingKeys {

    private final SortedMap<String, Row> heads = new TreeMap<>();

    OrderingKeys(Collection<Row> rows) {
        for (Row row : rows) {
            if (row.status == Row.Status.PENDING && row.orderingKey != null) {
                heads.merge(row.orderingKey, row, (one, other) -> one.seq < other.seq ? one : other);
            }
        }
    }

    /** The head of each key, in the order of the keys. */
    Collection<Row> heads() {
        return heads.values();
    }

    /** Whether the row waits for no other one of its key, locked or not. */
    boolean isInTurn(Row row) {
        return row.orderingKey == null || heads.get(row.orderingKey) == row;
    }
}
