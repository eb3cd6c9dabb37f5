package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement.Verdict;

/** One message at a time, in the transaction that removes it. */
record TransactionalDelivery<X, T>(
        OutboxRepository<X> outbox,
        MessageKind<T> kind,
        Handler.InTransaction<? super X, ? super T> handler,
        Duration idleTimeout)
        implements Delivery {

    @Override
    public List<HandlerResult> deliver(List<Message> messages) throws Exception {
        Message message = messages.get(0);
        T payload;
        try {
            payload = kind.decode(message);
        } catch (Throwable t) {
            return List.of(HandlerResult.Failed.ofUnreadable(t));
        }
        Verdict verdict = outbox.deliverInTransaction(
                message, idleTimeout, transaction -> handler.handle(transaction, payload, message));
        return List.of(verdict == Verdict.APPLIED ? new HandlerResult.Committed() : new HandlerResult.NotHeld(verdict));
    }

    @Override
    public int most() {
        return 1;
    }

    @Override
    public boolean isTransactional() {
        return true;
    }
}
