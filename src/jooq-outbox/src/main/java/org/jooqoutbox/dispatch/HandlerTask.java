package org.jooqoutbox.dispatch;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jooqoutbox.Message;
import org.jspecify.annotations.Nullable;

/** One run of a handler. */
final class HandlerTask implements Runnable {

    private enum State {
        NEW,
        RUNNING,
        OVER
    }

    private final Delivery delivery;
    private final List<Message> messages;
    private final Thread dispatcher = Thread.currentThread();
    private final Set<Thread> busyThreads;
    private final Consumer<List<HandlerResult>> report;

    // An interrupt is sent under the lock and only while the handler runs: it cannot hit whatever the thread does
    // afterwards.
    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.NEW;
    private @Nullable Thread runner;

    HandlerTask(
            Delivery delivery, List<Message> messages, Set<Thread> busyThreads, Consumer<List<HandlerResult>> report) {
        this.delivery = delivery;
        this.messages = messages;
        this.busyThreads = busyThreads;
        this.report = report;
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        List<HandlerResult> results;
        try {
            results = deliver();
        } finally {
            end();
        }
        report.accept(results);
    }

    private List<HandlerResult> deliver() {
        try {
            return delivery.deliver(messages);
        } catch (Throwable t) {
            return Collections.nCopies(messages.size(), HandlerResult.Failed.of(t));
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
        // Ours or the handler's own: the thread's next task has nothing to do with it. But on the dispatcher's thread
        // it is
        // the dispatcher's business.
        if (Thread.currentThread() != dispatcher) {
            Thread.interrupted();
        }
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
