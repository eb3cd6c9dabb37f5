package org.jooqoutbox.bench.systems;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker written by hand: one round after the other, in a thread of its own, until it is closed. The first error ends it. */
final class PollingLoop implements QueueSystem.Running {

    private final Work work;
    private final long pauseMillis;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable Throwable error;

    /** What it does. All calls but one come from the loop's thread. */
    interface Work extends AutoCloseable {

        /** Takes some messages to their handlers, and answers whether the next round is to follow at once. */
        boolean round() throws Exception;

        /** Cuts a round short that would take long. The one call that comes from elsewhere; the loop's thread is given. */
        default void stop(Thread thread) {}

        /** Settles what the last rounds left over, and gives everything back. */
        @Override
        void close() throws SQLException;
    }

    private PollingLoop(String name, Work work, long pauseMillis) {
        this.work = work;
        this.pauseMillis = pauseMillis;
        this.thread = new Thread(this::run, name);
    }

    /**
     * Starts one.
     *
     * @param pauseMillis how long it waits after a round that found nothing
     */
    static PollingLoop start(String name, Work work, long pauseMillis) {
        PollingLoop loop = new PollingLoop(name, work, pauseMillis);
        loop.thread.start();
        return loop;
    }

    private void run() {
        try (work) {
            boolean stopped = false;
            while (!stopped) {
                boolean more = work.round();
                stopped = stopping.getCount() == 0 || awaitStop(more ? 0 : pauseMillis);
            }
        } catch (Throwable e) {
            error = e;
        }
    }

    // What cuts a round short may come when that has just ended.
    private boolean awaitStop(long millis) throws InterruptedException {
        try {
            return stopping.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            if (stopping.getCount() > 0) {
                throw e;
            }
            return true;
        }
    }

    /**
     * Stops it after the round that it is in.
     *
     * @throws IllegalStateException if it had ended before, by an error
     */
    @Override
    public void close() {
        stopping.countDown();
        work.stop(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(thread.getName() + " was not waited for", e);
        }
        if (error != null) {
            throw new IllegalStateException(thread.getName() + " ended by an error", error);
        }
    }
}
