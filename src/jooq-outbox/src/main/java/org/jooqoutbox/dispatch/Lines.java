package org.jooqoutbox.dispatch;

import java.util.function.LongSupplier;

/**
 * How the outbox is called. A call is made at once and its answer told before anything else is done, or it is made elsewhere meanwhile, and its
 * answer comes as mail.
 *
 * @param claims for claims, with settlements or without, and for questions when something will be due
 * @param settlements for settlements alone
 */
record Lines(Line claims, Line settlements) {

    /** Takes one call at a time. */
    @FunctionalInterface
    interface Line {

        /** Sees to it that the call is made and the core is told of it. Throws nothing on behalf of the call. */
        void call(OutboxCall call);
    }

    /** Everything is called on the core's own thread. */
    static Lines direct(DispatchCore core, LongSupplier ticker) {
        Line direct = call -> call.make().deliver(core, ticker.getAsLong());
        return new Lines(direct, direct);
    }
}
