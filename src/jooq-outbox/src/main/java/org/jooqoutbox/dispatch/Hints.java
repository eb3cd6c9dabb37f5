package org.jooqoutbox.dispatch;

import java.util.Objects;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hints from outboxes. Without them a dispatcher does the same, a little later: so nothing about them is an error. */
final class Hints {

    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);

    private Hints() {}

    static Subscription subscribe(OutboxRepository<?> outbox, Runnable wakeUp) {
        try {
            Subscription subscription = Objects.requireNonNull(outbox.onWakeUp(wakeUp), "onWakeUp() answered null");
            return () -> close(outbox, subscription);
        } catch (Throwable e) {
            LOG.warn(
                    "outbox {}: nobody will say when messages become due, it is polled only: {}",
                    outbox.name(),
                    ErrorText.line(ErrorText.of(e)));
            return () -> {};
        }
    }

    private static void close(OutboxRepository<?> outbox, Subscription subscription) {
        try {
            subscription.close();
        } catch (Throwable e) {
            LOG.debug("outbox {}: a subscription could not be ended", outbox.name(), e);
        }
    }
}
