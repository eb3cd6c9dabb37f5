package org.jooqoutbox.dispatch;

import java.util.List;
import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;

/** One message at a time, to a handler that returns, throws, or answers. */
record SingleDelivery<T>(MessageKind<T> kind, Handler.WithOutcome<? super T> handler) implements Delivery {

    @Override
    public List<HandlerResult> deliver(List<Message> messages) throws Exception {
        Message message = messages.get(0);
        T payload;
        try {
            payload = kind.decode(message);
        } catch (Throwable t) {
            return List.of(HandlerResult.Failed.ofUnreadable(t));
        }
        return List.of(HandlerResult.of(handler.handle(payload, message)));
    }

    @Override
    public int most() {
        return 1;
    }

    @Override
    public boolean isTransactional() {
        return false;
    }
}
