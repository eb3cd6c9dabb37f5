package org.jooqoutbox.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jooqoutbox.OutboxRepository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Which outboxes a worker has at the moment. One that its source does not name any more ends first what it is at; should it be named again
 * meanwhile, it begins anew when that is done.
 *
 * <p>Used by the thread that oversees; whoever else looks sees a state that was.
 *
 * @param <X> what a transaction of an outbox looks like
 */
final class Members<X> {

    private final OutboxRepository.Source<X> source;
    private final BiFunction<OutboxRepository<X>, Boolean, OneOfMany> joining;
    private final DispatchListener listener;
    private final Logger log;
    private final Map<String, OneOfMany> byName = new ConcurrentHashMap<>();
    private final BlockingQueue<OneOfMany> ended = new LinkedBlockingQueue<>();
    private final AtomicInteger leftBehind = new AtomicInteger();
    private boolean sourceFails;
    private boolean looksFail;

    /**
     * None yet.
     *
     * @param joining makes a member of an outbox, and is told whether it will be noticed when something is written into it
     */
    Members(
            OutboxRepository.Source<X> source,
            BiFunction<OutboxRepository<X>, Boolean, OneOfMany> joining,
            DispatchListener listener,
            Logger log) {
        this.source = source;
        this.joining = joining;
        this.listener = listener;
        this.log = log;
    }

    int count() {
        return byName.size();
    }

    Iterable<OneOfMany> all() {
        return byName.values();
    }

    /** How many messages of those that are over were left to their leases. */
    int leftBehind() {
        return leftBehind.get();
    }

    /** From any thread: this one has done its last turn. */
    void ended(OneOfMany member) {
        ended.add(member);
    }

    /** Asks the source which outboxes there are. */
    void refresh() {
        while (!ended.isEmpty()) {
            bury(ended.remove());
        }
        Map<String, OutboxRepository<X>> found = new LinkedHashMap<>();
        try {
            source.outboxes().forEach(outbox -> found.put(outbox.name(), outbox));
        } catch (Throwable t) {
            if (!sourceFails) {
                listener.outboxesUnknown(t);
            }
            sourceFails = true;
            return;
        }
        sourceFails = false;
        byName.forEach((name, member) -> {
            if (!found.containsKey(name)) {
                member.requestStop();
            }
        });
        found.keySet().removeAll(byName.keySet());
        add(found);
    }

    private void add(Map<String, OutboxRepository<X>> found) {
        if (found.isEmpty()) {
            return;
        }
        Map<String, Long> marks = writeMarks();
        found.forEach((name, outbox) -> add(outbox, marks.get(name)));
    }

    // What is wrong with one is no reason to do without those that come after it.
    private void add(OutboxRepository<X> outbox, @Nullable Long mark) {
        String name = outbox.name();
        try {
            OneOfMany member = joining.apply(outbox, mark != null);
            member.changedTo(mark);
            byName.put(name, member);
            listener.outboxAdded(name);
            member.begin();
        } catch (Throwable t) {
            log.error("outbox {}: it could not be added to {}, which is tried again", name, source.name(), t);
        }
    }

    private void bury(OneOfMany member) {
        leftBehind.addAndGet(member.leftBehind());
        byName.remove(member.name());
        listener.outboxRemoved(member.name());
    }

    /** Wakes up those into which something was written, or all of them when that could not be seen for a while. */
    void wakeWritten() {
        boolean blind = looksFail;
        Map<String, Long> marks = writeMarks();
        boolean sees = blind && !looksFail;
        byName.forEach((name, member) -> {
            if (member.changedTo(marks.get(name)) || sees) {
                member.wakeUp();
            }
        });
    }

    private Map<String, Long> writeMarks() {
        try {
            Map<String, Long> marks = source.writeMarks();
            looksFail = false;
            return marks;
        } catch (Throwable t) {
            log.debug("{}: it could not be seen where something was written", source.name(), t);
            looksFail = true;
            return Map.of();
        }
    }

    /** Asks all of them to stop, and waits until they have. An interrupt means nothing to it. */
    void stopAll() {
        byName.values().forEach(OneOfMany::requestStop);
        while (!byName.isEmpty()) {
            try {
                bury(ended.take());
            } catch (InterruptedException e) {
                // Who wants it to end has asked for it already.
            }
        }
    }
}
