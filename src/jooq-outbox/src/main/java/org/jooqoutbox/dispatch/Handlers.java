package org.jooqoutbox.dispatch;

/** Runs handlers, elsewhere. Called from the dispatcher's thread; reports through the mailbox. Throws nothing. */
interface Handlers {

    /** Hands messages to their handler. */
    void run(Job job);

    /**
     * Interrupts a handler. One that has not begun is withdrawn instead, and reported as not started.
     *
     * @return whether it was at work
     */
    boolean interrupt(Job job);

    /**
     * Called before the dispatcher waits. Sees to it that no handler that was handed over has to wait for another one.
     *
     * @return how many nanoseconds to wait at most before it is called again
     */
    default long seeToBegin(long now) {
        return Nanos.FOREVER;
    }
}
