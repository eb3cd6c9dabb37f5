package org.jooqoutbox.bench.systems;

import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.gruelbox.transactionoutbox.TransactionOutboxEntry;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An executor with a bounded queue, and the thread that flushes in a loop, as that library's documentation has them. The thread waits while the
 * queue is full: were it turned away, the rest of its batch would be left until the next attempt.
 */
final class GruelboxWorker implements AutoCloseable {

    /** How many may wait for a thread. */
    static final int QUEUE = 10_000;

    /** How many one flush picks up. */
    static final int FLUSH_BATCH = 4_096;

    /** How long it waits if there was nothing to flush. */
    static final Duration PAUSE = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(GruelboxWorker.class);

    private final ThreadPoolExecutor executor;
    private final TransactionOutbox outbox;
    private final Thread flushing = new Thread(this::flush, "gruelbox-flush");

    GruelboxWorker(DataSource dataSource, int threads, Duration attemptFrequency, QueueSystem.Handler handler) {
        this.executor = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                new ThreadPoolExecutor.AbortPolicy());
        // So that what is put into the queue is taken out of it.
        executor.prestartAllCoreThreads();
        this.outbox = GruelboxSystem.outbox(TransactionManager.fromDataSource(dataSource), attemptFrequency)
                .instantiator(Instantiator.using(type -> new Call(handler)))
                .submitter((entry, processor) -> put(() -> processor.accept(entry)))
                .flushBatchSize(FLUSH_BATCH)
                .build();
        flushing.start();
    }

    /** Handles this as soon as a thread is free; not at all if too many wait already, as it will be flushed later. */
    void offer(TransactionOutboxEntry entry) {
        try {
            executor.execute(() -> outbox.processNow(entry));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is left for a flush", entry.getId());
        }
    }

    /** Ends after what is being handled; what still waits is flushed when it is due again. */
    @Override
    public void close() {
        try {
            flushing.interrupt();
            flushing.join();
            executor.shutdown();
            executor.getQueue().clear();
            if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("handlers do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(Runnable task) {
        try {
            executor.getQueue().put(task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void flush() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                while (!Thread.currentThread().isInterrupted() && outbox.flush()) {
                    // Until there is nothing left to flush.
                }
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("A flush failed", e);
            }
        }
    }

    /** What a message calls. */
    private static final class Call implements GruelboxSystem.Event {

        private final QueueSystem.Handler handler;

        Call(QueueSystem.Handler handler) {
            this.handler = handler;
        }

        @Override
        public void handle(String payload) throws Exception {
            handler.handle(payload);
        }
    }
}
