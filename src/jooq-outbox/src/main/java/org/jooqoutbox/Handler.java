package org.jooqoutbox;

/**
 * Delivers messages of one kind.
 *
 * <p>A message is handed over at least once: after a crash, or when a lease was lost, again. {@link Message#id} is the same each time. The
 * handler returns when the message is delivered and throws when it is not. It runs outside any transaction of the outbox, on a thread of the
 * dispatcher's executor, for different messages at the same time. It is interrupted when its deadline passes.
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
}
