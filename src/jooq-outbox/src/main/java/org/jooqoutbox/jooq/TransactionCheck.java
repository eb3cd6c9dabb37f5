package org.jooqoutbox.jooq;

import javax.sql.DataSource;

/**
 * Says whether a connection from a {@code DataSource} takes part in a transaction of the calling thread.
 *
 * <p>Needed only for transaction managers other than jOOQ's and Spring's, such as JTA: from outside, a pool that hands out connections with
 * auto-commit off looks the same inside and outside a transaction.
 */
@FunctionalInterface
public interface TransactionCheck {

    /**
     * Whether a transaction is open on the calling thread in which connections of this {@code DataSource} take part. Called at each enqueue;
     * must be safe for use by many threads.
     */
    boolean isTransactionActive(DataSource dataSource);
}
