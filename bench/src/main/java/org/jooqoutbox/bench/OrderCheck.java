package org.jooqoutbox.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jooqoutbox.Message;

/**
 * Notes a message that comes twice, one that comes before or beside another of its key that was written earlier, and whether all have come. Safe for
 * use by many threads.
 */
class OrderCheck extends Faults {

    private final Set<UUID> handled = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> lastOfKey = new ConcurrentHashMap<>();
    private final Set<String> atWork = ConcurrentHashMap.newKeySet();
    private final AtomicLong deliveries = new AtomicLong();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch recorded;

    /** For so many messages. */
    OrderCheck(int messages) {
        recorded = new CountDownLatch(messages);
    }

    /** To be called by the handler. */
    final void handle(Message message) {
        if (!handled.add(message.id())) {
            note("delivered twice: " + message);
        }
        String key = message.orderingKey();
        if (key != null) {
            if (!atWork.add(key)) {
                note("two of one key at once: " + message);
            }
            Long last = lastOfKey.put(key, message.seq());
            if (last != null && last >= message.seq()) {
                note("out of order: " + message);
            }
            atWork.remove(key);
        }
    }

    @Override
    public void delivered(Message message) {
        deliveries.incrementAndGet();
        first.countDown();
        recorded.countDown();
    }

    /** Waits until one is recorded as delivered; returns false if that takes longer than this. */
    final boolean awaitFirst(Duration patience) throws InterruptedException {
        return first.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How many are recorded as delivered so far. */
    final long delivered() {
        return deliveries.get();
    }

    /** Waits until all are recorded as delivered; returns false if that takes longer than this. */
    final boolean await(Duration patience) throws InterruptedException {
        return recorded.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
