package org.jooqoutbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.LongStream;
import org.jooqoutbox.bench.systems.Connections;
import org.jooqoutbox.bench.systems.QueueSystem;
import org.jooqoutbox.bench.systems.QueueSystem.Sender;
import org.jspecify.annotations.Nullable;

/**
 * Producers that write messages at a pace of their own, whatever becomes of them. Whoever is free takes the next transaction and waits until it is
 * due: what one that is held up does not write, others do.
 */
final class LoadGenerator implements AutoCloseable {

    /** What becomes of producers whose transaction failed. */
    enum OnFailure {
        /** The load has failed. */
        GIVE_UP,
        /** They go on with another connection; whether the messages are there is not known. */
        RECONNECT
    }

    private static final double NANOS_PER_MILLI = 1e6;

    private final QueueSystem system;
    private final Connections connections;
    private final LoadShape shape;
    private final Pace pace;
    private final NumberedJourneys journeys;
    private final OnFailure onFailure;
    private final ExecutorService threads;
    private final List<Sender> senders = new ArrayList<>();
    private final List<Future<?>> producing = new ArrayList<>();
    private final AtomicLong transactions = new AtomicLong();
    private final LongAccumulator lag = new LongAccumulator(Math::max, 0);
    private volatile boolean stopped;

    /** Connects the producers. */
    LoadGenerator(
            QueueSystem system,
            Connections connections,
            LoadShape shape,
            Pace pace,
            NumberedJourneys journeys,
            OnFailure onFailure)
            throws Exception {
        this.system = system;
        this.connections = connections;
        this.shape = shape;
        this.pace = pace;
        this.journeys = journeys;
        this.onFailure = onFailure;
        this.threads = Executors.newFixedThreadPool(shape.producers());
        for (int i = 0; i < shape.producers(); i++) {
            senders.add(system.sender(connections));
        }
    }

    /** Begins. */
    void start() {
        long begin = System.nanoTime();
        List<Sender> connected = List.copyOf(senders);
        senders.clear();
        connected.forEach(sender -> producing.add(threads.submit(() -> {
            new Producing(sender, begin).run();
            return null;
        })));
    }

    /** Makes the producers end after the transaction they are at. */
    void stop() {
        stopped = true;
    }

    /**
     * Waits until all is written, or stopped.
     *
     * @throws BenchException if a producer gave up
     */
    void await() throws InterruptedException {
        for (Future<?> each : producing) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new BenchException("a producer failed: " + e.getCause(), e);
            }
        }
    }

    /** How late the latest transaction began, in milliseconds. */
    double greatestLagMillis() {
        return lag.get() / NANOS_PER_MILLI;
    }

    @Override
    public void close() {
        stop();
        threads.shutdown();
        senders.forEach(Sender::close);
    }

    /** What one producer does. */
    private final class Producing {

        private final long begin;
        private @Nullable Sender sender;

        Producing(Sender sender, long begin) {
            this.sender = sender;
            this.begin = begin;
        }

        void run() throws Exception {
            try {
                long first = next();
                while (first < pace.messages() && !stopped) {
                    int count = (int) Math.min(shape.perTransaction(), pace.messages() - first);
                    List<String> payloads = LongStream.range(first, first + count)
                            .mapToObj(index -> Payloads.of(journeys.number(index)))
                            .toList();
                    awaitDue(first + count - 1);
                    if (!stopped) {
                        send(first, payloads);
                    }
                    first = next();
                }
            } finally {
                disconnect();
            }
        }

        private long next() {
            return transactions.getAndIncrement() * shape.perTransaction();
        }

        private void awaitDue(long message) {
            long due = begin + pace.dueNanos(message);
            long early = due - System.nanoTime();
            if (early > 0) {
                Clock.pass(early / 1_000);
            }
            lag.accumulate(System.nanoTime() - due);
        }

        private void send(long first, List<String> payloads) throws Exception {
            try {
                Sender connected = sender == null ? system.sender(connections) : sender;
                sender = connected;
                connected.send(payloads);
                journeys.committed(first, payloads.size());
            } catch (Exception e) {
                if (onFailure == OnFailure.GIVE_UP) {
                    throw e;
                }
                journeys.doubtful(payloads.size());
                disconnect();
            }
        }

        private void disconnect() {
            if (sender != null) {
                sender.close();
                sender = null;
            }
        }
    }
}
