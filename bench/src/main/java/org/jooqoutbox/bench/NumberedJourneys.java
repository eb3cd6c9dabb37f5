package org.jooqoutbox.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * What became of messages that bear consecutive numbers: when each was committed, when its handler began, when it was settled. All room is taken at
 * the beginning, and nobody waits for anybody else. Safe for use by many threads.
 */
final class NumberedJourneys {

    private static final long NANOS_PER_MICRO = 1_000;

    private final long first;
    private final int messages;
    // One is earlier than all that is noted, so that 0 can stand for "not yet".
    private final long origin = System.nanoTime() - 1;
    private final AtomicLongArray committed;
    private final AtomicLongArray begun;
    private final AtomicLongArray settled;
    private final LongAdder commits = new LongAdder();
    private final LongAdder doubtful = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final AtomicLong settlements = new AtomicLong();

    /** For so many messages from this number on. */
    NumberedJourneys(long first, long messages) {
        this.first = first;
        this.messages = Math.toIntExact(messages);
        this.committed = new AtomicLongArray(this.messages);
        this.begun = new AtomicLongArray(this.messages);
        this.settled = new AtomicLongArray(this.messages);
    }

    /** The number of the message that is counted so, from 0. */
    long number(long index) {
        return first + index;
    }

    /** These, from this index on, are committed now. May be noted after their handlers began. */
    void committed(long index, int count) {
        long now = now();
        for (int i = 0; i < count; i++) {
            committed.set((int) index + i, now);
        }
        commits.add(count);
    }

    /** These were not confirmed: they may be there or not. */
    void doubtful(int count) {
        doubtful.add(count);
    }

    /** The handler of the message with this number begins now. One of earlier journeys that comes again is a duplicate. */
    void begun(long number) {
        long index = number - first;
        if (index >= 0 && index < messages && begun.compareAndSet((int) index, 0, now())) {
            deliveries.increment();
        } else {
            duplicates.increment();
        }
    }

    /** The message with this number is settled now. One of earlier journeys is of no interest any more. */
    void settled(long number) {
        long index = number - first;
        if (index >= 0 && index < messages && settled.compareAndSet((int) index, 0, now())) {
            settlements.incrementAndGet();
        }
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    /** How many are known to be committed. */
    long commits() {
        return commits.sum();
    }

    /** How many may be committed or not, since their commit failed. */
    long doubtful() {
        return doubtful.sum();
    }

    /** How many were handed to a handler, each counted once. */
    long deliveries() {
        return deliveries.sum();
    }

    /** How many times a message was handed to a handler again. */
    long duplicates() {
        return duplicates.sum();
    }

    long settlements() {
        return settlements.get();
    }

    /** How many are committed and were not yet handed to any handler. */
    long missing() {
        return indexes(0, messages)
                .filter(i -> committed.get((int) i) != 0 && begun.get((int) i) == 0)
                .count();
    }

    /** Commit to begin of the handler, of those from an index to before another that have both; a handler that was faster than the commit's return took 0. */
    Percentiles untilBegun(long from, long to) {
        return latencies(from, to, begun);
    }

    /** Commit to settlement, likewise. */
    Percentiles untilSettled(long from, long to) {
        return latencies(from, to, settled);
    }

    private Percentiles latencies(long from, long to, AtomicLongArray ends) {
        return Percentiles.ofMicros(indexes(from, to)
                .filter(i -> committed.get((int) i) != 0 && ends.get((int) i) != 0)
                .map(i -> Math.max(0, ends.get((int) i) - committed.get((int) i)) / NANOS_PER_MICRO)
                .toArray());
    }

    private static LongStream indexes(long from, long to) {
        return LongStream.range(from, to);
    }
}
