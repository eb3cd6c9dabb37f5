package org.jooqoutbox.dispatch;

/** Runs handlers, elsewhere. Called from the dispatcher's thread; reports through the mailbox. Throws nothing. */
interface Handlers {

    /** Hands a message to its handler. */
    void run(Held held);

    /**
     * Interrupts the handler of a message. One that has not begun is withdrawn instead, and reported as not started.
     *
     * @return whether it was at work
     */
    boolean interrupt(Held held);
}
