package org.jooqoutbox.bench.systems;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Workers that run in this process, by the database they work on: for systems that tell a worker beside the sender of what was committed, where
 * the application has to bring the two together. Safe for use by many threads.
 */
final class Neighbours<W> {

    private final Map<Connections, List<W>> workers = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    void add(Connections connections, W worker) {
        workers.computeIfAbsent(connections, any -> new CopyOnWriteArrayList<>())
                .add(worker);
    }

    void remove(Connections connections, W worker) {
        workers.computeIfPresent(connections, (any, all) -> {
            all.remove(worker);
            return all.isEmpty() ? null : all;
        });
    }

    /** One of those that run there now; they take turns. */
    Optional<W> next(Connections connections) {
        Object[] all = workers.getOrDefault(connections, List.of()).toArray();
        return all.length == 0 ? Optional.empty() : Optional.of(at(all, turn.getAndIncrement()));
    }

    @SuppressWarnings("unchecked") // It came from a list of W.
    private W at(Object[] all, int index) {
        return (W) all[Math.floorMod(index, all.length)];
    }
}
