package org.jooqoutbox.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A number of things that several dispatchers use together, first come, first served: while somebody stands in line, nobody else takes any. So a
 * dispatcher that always wants more gets no more than its turn. Safe for use by many threads.
 *
 * <p>What becomes free is handed over to the first in line at once, and kept for him until he asks again. So one who does not come, because a
 * call of his hangs, holds up what was meant for him and not those behind him.
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
     * @param mayAsk called on any thread when it stood in line and gets some now; must return at once
     */
    Share share(int most, Runnable mayAsk) {
        return new Member(most, mayAsk);
    }

    private final class Member implements Share {

        private final int most;
        private final Runnable mayAsk;
        private int held; // with what was handed over
        private int handedOver;
        private int atLeast;
        private int wanted;

        Member(int most, Runnable mayAsk) {
            this.most = most;
            this.mayAsk = mayAsk;
        }

        @Override
        public int take(int atLeast, int wanted) {
            return take(most, atLeast, wanted);
        }

        @Override
        public int takeAll() {
            return take(size, size, size);
        }

        private int take(int limit, int leastWanted, int mostWanted) {
            int taken;
            List<Member> served;
            lock.lock();
            try {
                boolean itsTurn = handedOver > 0 || line.isEmpty() || first() == this;
                putBack();
                wanted = Math.min(mostWanted, limit - held);
                atLeast = Math.min(leastWanted, wanted);
                taken = itsTurn && free >= atLeast ? receive() : 0;
                if (wanted > 0 && taken == 0) {
                    line.add(this);
                } else {
                    line.remove(this);
                }
                served = serve();
            } finally {
                lock.unlock();
            }
            call(served);
            return taken;
        }

        @Override
        public void takeAnyway(int count) {
            lock.lock();
            try {
                held += count;
                free -= count;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void giveBack(int count) {
            List<Member> served;
            lock.lock();
            try {
                held -= count;
                free += count;
                served = serve();
            } finally {
                lock.unlock();
            }
            call(served);
        }

        @Override
        public void leave() {
            List<Member> served;
            lock.lock();
            try {
                putBack();
                line.remove(this);
                served = serve();
            } finally {
                lock.unlock();
            }
            call(served);
        }

        private int receive() {
            int received = Math.max(0, Math.min(wanted, free));
            held += received;
            free -= received;
            return received;
        }

        private void putBack() {
            held -= handedOver;
            free += handedOver;
            handedOver = 0;
        }
    }

    private Member first() {
        return line.iterator().next();
    }

    private List<Member> serve() {
        List<Member> served = new ArrayList<>();
        while (!line.isEmpty() && first().atLeast <= free) {
            Member next = first();
            line.remove(next);
            next.handedOver = next.receive();
            served.add(next);
        }
        return served;
    }

    // Not under the lock: it takes other locks.
    private static void call(List<Member> served) {
        served.forEach(member -> member.mayAsk.run());
    }
}
