package org.jooqoutbox.dispatch;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A number of things that several dispatchers use together, first come, first served: while somebody stands in line, nobody else takes any. So a
 * dispatcher that always wants more gets no more than its turn. Safe for use by many threads.
 */
final class Quota {

    private final int size;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Member> line = new LinkedHashSet<>();
    private int free;

    Quota(int size) {
        this.size = size;
        this.free = size;
    }

    /**
     * A dispatcher's share in it.
     *
     * @param most how many it may have at a time
     * @param mayAsk called on any thread when it stood in line and may get some now; must return at once
     */
    Share share(int most, Runnable mayAsk) {
        return new Member(most, mayAsk);
    }

    private final class Member implements Share {

        private final int most;
        private final Runnable mayAsk;
        private int held;
        private int needs;

        Member(int most, Runnable mayAsk) {
            this.most = most;
            this.mayAsk = mayAsk;
        }

        @Override
        public int take(int wanted) {
            return take(1, Math.min(wanted, most - held));
        }

        @Override
        public int takeAll() {
            return take(size, size);
        }

        private int take(int atLeast, int wanted) {
            int taken;
            Member next;
            lock.lock();
            try {
                boolean itsTurn = line.isEmpty() || first() == this;
                taken = wanted < atLeast || !itsTurn || free < atLeast ? 0 : Math.min(wanted, free);
                free -= taken;
                held += taken;
                boolean waits = taken == 0 && wanted >= atLeast;
                needs = waits ? atLeast : 0;
                next = waits ? standInLine() : stepOut();
            } finally {
                lock.unlock();
            }
            call(next);
            return taken;
        }

        private @Nullable Member standInLine() {
            line.add(this);
            return null;
        }

        private @Nullable Member stepOut() {
            return line.remove(this) ? nextInLine() : null;
        }

        @Override
        public void giveBack(int count) {
            Member next;
            lock.lock();
            try {
                held -= count;
                free += count;
                next = count == 0 ? null : nextInLine();
            } finally {
                lock.unlock();
            }
            call(next);
        }

        @Override
        public void leave() {
            Member next;
            lock.lock();
            try {
                next = stepOut();
            } finally {
                lock.unlock();
            }
            call(next);
        }
    }

    private Member first() {
        return line.iterator().next();
    }

    private @Nullable Member nextInLine() {
        return line.isEmpty() || first().needs > free ? null : first();
    }

    // Not under the lock: it takes other locks.
    private static void call(@Nullable Member next) {
        if (next != null) {
            next.mayAsk.run();
        }
    }
}
