package org.jooqoutbox.dispatch;

import org.jspecify.annotations.Nullable;

/** How other threads reach the dispatcher's. Waiting for mail is the only way in which the dispatcher waits. */
interface Mailbox {

    /** Something that happened. Told to the core on the dispatcher's thread. */
    @FunctionalInterface
    interface Mail {
        void deliver(DispatchCore core, long now);
    }

    /** From any thread; never waits. */
    void put(Mail mail);

    /**
     * The next mail.
     *
     * @param nanos how long to wait for it
     * @return null when there was none
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    @Nullable
    Mail poll(long nanos) throws InterruptedException;

    /** A mailbox on the machine's clock. */
    static Mailbox create() {
        return new QueueMailbox();
    }
}
