package org.jooqoutbox.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When messages could have been delivered, and when their handlers began. A message that is handed over twice, or never, is an error. Safe for use
 * by many threads.
 */
final class Journeys {

    private final Map<UUID, Long> departures = new ConcurrentHashMap<>();
    private final Map<UUID, Long> arrivals = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** Since then it could have been delivered: it is committed, and due. May be noted after its handler began. */
    void departed(UUID id, long micros) {
        departures.put(id, micros);
    }

    /** Its handler begins now. */
    void arrived(UUID id) {
        if (arrivals.putIfAbsent(id, Clock.micros()) != null) {
            throw new BenchException("message " + id + " was delivered twice");
        }
        lock.lock();
        try {
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all that departed have arrived.
     *
     * @throws BenchException if that takes longer than this
     */
    void awaitAll(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (!arrivals.keySet().containsAll(departures.keySet())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new BenchException("of " + departures.size() + " messages " + arrivals.size()
                            + " arrived within " + patience + ": the others are lost");
                }
                await(left);
            }
        } finally {
            lock.unlock();
        }
    }

    // The deadline is looked at by the caller.
    @SuppressWarnings("WaitNotInLoop")
    private void await(long nanos) throws InterruptedException {
        arrived.awaitNanos(nanos);
    }

    /** How long it took from when each could have been delivered until its handler began; those that have not begun are left out. */
    Percentiles latencies() {
        List<Long> micros = new ArrayList<>();
        departures.forEach((id, departure) -> {
            Long arrival = arrivals.get(id);
            if (arrival != null) {
                // The clocks of two threads' instants may cross by a microsecond.
                micros.add(Math.max(0, arrival - departure));
            }
        });
        return Percentiles.ofMicros(micros);
    }
}
