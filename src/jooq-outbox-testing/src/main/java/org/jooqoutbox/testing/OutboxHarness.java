package org.jooqoutbox.testing;

import java.time.Duration;
import java.util.function.Function;
import org.jooqoutbox.OutboxRepository;

/**
 * What {@link OutboxRepositoryContract} needs besides the repository itself: transactions of the application, and time.
 *
 * @param <T> what a transaction looks like to its participants
 */
public interface OutboxHarness<T> {

    /** The outbox under test, with the default limits. */
    OutboxRepository<T> outbox();

    /** Runs work in a transaction of the application: commits when it returns, rolls back and passes on what it throws. */
    <R> R inTransaction(Function<T, R> work);

    /** A scope on which no transaction is open. */
    T withoutTransaction();

    /**
     * Lets so much time pass for the outbox, without waiting: moves its clock, or every time in its table back.
     *
     * @param time whole seconds
     */
    void elapse(Duration time);
}
