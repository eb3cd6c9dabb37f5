package org.jooqoutbox.dispatch;

import java.time.Duration;

/**
 * What becomes of the messages of one kind: who delivers them, and what follows. Its options have been completed with what the dispatcher says
 * for all kinds.
 */
record Route(
        String kind, Delivery delivery, RetryPolicy retry, Duration deadline, int concurrency, KindOptions options) {

    /** On one line, without what is as usual. */
    String describe() {
        String own = options.describe();
        return kind + " (retry " + retry + (own.isEmpty() ? "" : ", " + own) + ")";
    }
}
