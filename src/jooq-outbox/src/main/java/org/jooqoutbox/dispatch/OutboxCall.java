package org.jooqoutbox.dispatch;

/** A call of the outbox: made on any thread, and what the core is to be told of it. */
abstract class OutboxCall {

    /** Makes it. Throws nothing: that it failed is an answer as well. */
    final Mailbox.Mail make() {
        try {
            return answer();
        } catch (Throwable t) {
            return failed(t);
        }
    }

    abstract Mailbox.Mail answer();

    /** What the core is to be told when it failed, or could not be made. */
    abstract Mailbox.Mail failed(Throwable error);
}
