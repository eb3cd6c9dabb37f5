package org.jooqoutbox.bench.steadystate;

import java.util.concurrent.atomic.LongAdder;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;

/** How many messages were written and delivered since the start, both counted when the database had said so. */
final class Tally implements DispatchListener {

    private final LongAdder enqueued = new LongAdder();
    private final LongAdder completed = new LongAdder();

    void enqueued(int messages) {
        enqueued.add(messages);
    }

    @Override
    public void delivered(Message message) {
        completed.increment();
    }

    long enqueued() {
        return enqueued.sum();
    }

    long completed() {
        return completed.sum();
    }
}
