package org.jooqoutbox.dispatch;

import org.jooqoutbox.Handler;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;

/** What becomes of the messages of one kind: who handles them, and what follows a failure. */
record Route<T>(MessageKind<T> kind, Handler<? super T> handler, RetryPolicy policy) {

    void deliver(Message message) throws Exception {
        handler.handle(kind.decode(message), message);
    }
}
