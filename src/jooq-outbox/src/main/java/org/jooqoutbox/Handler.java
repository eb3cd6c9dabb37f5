package org.jooqoutbox;

import java.util.List;

/**
 * Delivers messages of one kind.
 *
 * <p>A message is handed over at least once: after a crash, or when a lease was lost, again. {@link Message#id} is the same each time. The
 * handler returns when the message is delivered and throws when it is not. It runs outside any transaction of the outbox, on a thread of the
 * dispatcher's executor, for different messages at the same time.
 *
 * <p>Its thread is interrupted when its deadline passes, when a shutdown has waited long enough, and when the lease of its message was lost, so
 * that somebody else may be delivering it by now.
 *
 * <p>The other forms of handler are nested in this one: {@link WithOutcome} answers more than done or failed, {@link OfBatch} takes many
 * messages at once, {@link InTransaction} writes to the outbox's own database, exactly once.
 *
 * @param <T> the type of the payload
 */
@FunctionalInterface
public interface Handler<T> {

    /**
     * Delivers one message.
     *
     * @param payload what the producer handed to {@link MessageKind#draft}
     * @param message the message it came in: id, headers, number of attempts
     * @throws Exception if the message was not delivered; it will be tried again as the retry policy says
     */
    void handle(T payload, Message message) throws Exception;

    /**
     * Delivers messages of one kind and says what became of them.
     *
     * @param <T> the type of the payload
     */
    @FunctionalInterface
    interface WithOutcome<T> {

        /**
         * Delivers one message.
         *
         * @throws Exception means the same as returning {@link Outcome#failed}; so does returning null
         */
        Outcome handle(T payload, Message message) throws Exception;
    }

    /**
     * Delivers several messages of one kind at once. They share one place among the handlers at work, and one deadline.
     *
     * @param <T> the type of the payload
     */
    @FunctionalInterface
    interface OfBatch<T> {

        /**
         * Delivers these messages.
         *
         * @param deliveries at least one, the longest due first; a message that may have killed its process comes alone
         * @return an outcome for each, in their order. Another number of them is a failure of all
         * @throws Exception if none of them was delivered: each has failed
         */
        List<Outcome> handle(List<Delivery<T>> deliveries) throws Exception;
    }

    /**
     * A message and its payload.
     *
     * @param <T> the type of the payload
     * @param payload what the producer handed to {@link MessageKind#draft}
     * @param message the message it came in
     */
    record Delivery<T>(T payload, Message message) {}

    /**
     * Delivers messages of one kind into the outbox's own database: what it writes through the transaction it is given, and the removal of the
     * message, commit or vanish together. So whatever happens, its effect is there exactly once; but only what it writes through that
     * transaction. A connection and a transaction are held while it runs: it should take milliseconds and call nothing remote.
     *
     * @param <X> what a transaction looks like; for jOOQ {@code org.jooq.Configuration}
     * @param <T> the type of the payload
     */
    @FunctionalInterface
    interface InTransaction<X, T> {

        /**
         * Delivers one message. It must not commit or roll back itself.
         *
         * @throws Exception if the message was not delivered; the transaction is rolled back, and it will be tried again
         */
        void handle(X transaction, T payload, Message message) throws Exception;
    }
}
