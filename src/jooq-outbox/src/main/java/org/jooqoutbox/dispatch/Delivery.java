package org.jooqoutbox.dispatch;

import java.util.List;
import org.jooqoutbox.Message;

/** Hands messages of one kind to their handler, on the handler's thread, and tells what came of each. */
interface Delivery {

    /** One result for each message, in their order. May throw whatever the user's code throws: then all have failed. */
    List<HandlerResult> deliver(List<Message> messages) throws Exception;

    /** How many it takes at once. */
    int most();

    /** Whether it removes the message itself, in a transaction that holds the message's row. */
    boolean isTransactional();
}
