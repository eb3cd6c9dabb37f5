package org.jooqoutbox.dispatch;

import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/** One run of a handler on one message. */
final class HandlerTask implements Runnable {

    private enum State {
        NEW,
        RUNNING,
        OVER
    }

    private final Route<?> route;
    private final Message message;
    private final Set<Thread> busyThreads;
    private final Consumer<HandlerResult> report;

    // An interrupt is sent under the lock and only while the handler runs: it cannot hit whatever the thread does
    // afterwards.
    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.NEW;
    private @Nullable Thread runner;

    HandlerTask(Route<?> route, Message message, Set<Thread> busyThreads, Consumer<HandlerResult> report) {
        this.route = route;
        this.message = message;
        this.busyThreads = busyThreads;
        this.report = report;
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        HandlerResult result;
        try {
            result = deliver();
        } finally {
            end();
        }
        report.accept(result);
    }

    private HandlerResult deliver() {
        try {
            route.deliver(message);
            return new HandlerResult.Delivered();
        } catch (Throwable t) {
            return HandlerResult.Failed.of(t);
        }
    }

    private boolean begin() {
        lock.lock();
        try {
            if (state != State.NEW) {
                return false;
            }
            state = State.RUNNING;
            runner = Thread.currentThread();
            busyThreads.add(Thread.currentThread());
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            state = State.OVER;
            runner = null;
            busyThreads.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
        Thread.interrupted(); // ours or the handler's own: the thread's next task has nothing to do with it
    }

    /** Interrupts the handler if it is at work. */
    boolean interrupt() {
        lock.lock();
        try {
            if (runner != null) {
                runner.interrupt();
            }
            return runner != null;
        } finally {
            lock.unlock();
        }
    }

    /** Sees to it that it will not begin. Returns false when it has begun. */
    boolean withdraw() {
        lock.lock();
        try {
            boolean fresh = state == State.NEW;
            state = fresh ? State.OVER : state;
            return fresh;
        } finally {
            lock.unlock();
        }
    }
}
