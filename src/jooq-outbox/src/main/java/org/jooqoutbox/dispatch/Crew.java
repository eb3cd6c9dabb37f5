package org.jooqoutbox.dispatch;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a few threads do the work of many members. Each member works in turns, on one thread at a time, and stands at the end of the line after
 * each: so one that always has work delays the others by its turn and no more.
 *
 * <p>A member is ready when it was called, or when the pause is over that it asked for after its last turn.
 */
final class Crew {

    /** Somebody who works in turns. */
    abstract static class Member {

        static final long OVER = -1;

        private State state = State.WAITING;
        private long pausesUntil;
        private long number; // of its pause: tells apart those that end at the same time

        /**
         * Does some work. Throws nothing: it would end the thread.
         *
         * @return how many nanoseconds it will have nothing to do unless it is called; zero: it goes on; {@link #OVER}: never again
         */
        abstract long turn();
    }

    private enum State {
        WAITING,
        READY,
        AT_WORK,
        CALLED_AT_WORK,
        OVER
    }

    private static final Comparator<Member> BY_PAUSE = Comparator.<Member, Long>comparing(
                    member -> member.pausesUntil, (a, b) -> Long.signum(a - b))
            .thenComparing(member -> member.number);

    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Member> ready = new ArrayDeque<>();
    private final TreeSet<Member> pausing = new TreeSet<>(BY_PAUSE);
    private long pauses;
    private boolean closed;

    Crew(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** This member has something to do; from any thread. */
    void call(Member member) {
        lock.lock();
        try {
            switch (member.state) {
                case WAITING -> {
                    pausing.remove(member);
                    enqueue(member);
                }
                case AT_WORK -> member.state = State.CALLED_AT_WORK;
                case READY, CALLED_AT_WORK, OVER -> {}
            }
        } finally {
            lock.unlock();
        }
    }

    /** Threads inside {@link #work} return when they have ended the turn they are at. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives the calling thread to the members until the crew is closed. An interrupt means nothing to it. */
    void work() {
        for (Member member = next(); member != null; member = next()) {
            long pause = member.turn();
            ended(member, pause);
        }
    }

    private @Nullable Member next() {
        lock.lock();
        try {
            while (!closed) {
                long pause = endPauses();
                Member member = ready.poll();
                if (member != null) {
                    member.state = State.AT_WORK;
                    return member;
                }
                try {
                    changed.awaitNanos(pause);
                } catch (InterruptedException e) {
                    // Whoever wants it to end closes it.
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how long the next one lasts. */
    private long endPauses() {
        long now = ticker.getAsLong();
        while (!pausing.isEmpty() && Nanos.reached(pausing.first().pausesUntil, now)) {
            enqueue(pausing.pollFirst());
        }
        return pausing.isEmpty() ? Nanos.FOREVER : Nanos.until(pausing.first().pausesUntil, now);
    }

    private void ended(Member member, long pause) {
        lock.lock();
        try {
            if (pause == Member.OVER) {
                member.state = State.OVER;
            } else if (pause == 0 || member.state == State.CALLED_AT_WORK) {
                enqueue(member);
            } else {
                pause(member, pause);
            }
        } finally {
            lock.unlock();
        }
    }

    // Somebody may have to wait less long than he does. The thread that is here may be about to do something else.
    private void pause(Member member, long pause) {
        member.state = State.WAITING;
        member.pausesUntil = ticker.getAsLong() + Math.min(pause, Nanos.FOREVER);
        member.number = ++pauses;
        pausing.add(member);
        changed.signal();
    }

    private void enqueue(Member member) {
        member.state = State.READY;
        ready.add(member);
        changed.signal();
    }
}
