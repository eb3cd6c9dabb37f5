package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QuotaTest {

    private final List<String> called = new ArrayList<>();

    private Share share(Quota quota, int most, String name) {
        return quota.share(most, () -> called.add(name));
    }

    @Test
    void take_enoughThere_getsWhatItWants() {
        Share share = share(new Quota(10), 10, "a");
        assertThat(share.take(1, 4)).isEqualTo(4);
        assertThat(share.take(1, 100)).isEqualTo(6);
        assertThat(called).isEmpty();
    }

    @Test
    void take_moreThanItMayHave_getsThatAndNeverWaitsForMore() {
        Quota quota = new Quota(10);
        Share modest = share(quota, 3, "modest");
        Share other = share(quota, 10, "other");
        assertThat(modest.take(1, 100)).isEqualTo(3);
        assertThat(modest.take(1, 1)).isZero();
        assertThat(other.take(1, 7)).isEqualTo(7);
        other.giveBack(7);
        assertThat(called).isEmpty();
    }

    @Test
    void take_fewerThanItIsWorth_waitsUntilThereAreEnough() {
        Quota quota = new Quota(10);
        Share first = share(quota, 10, "first");
        Share second = share(quota, 10, "second");
        assertThat(first.take(1, 8)).isEqualTo(8);
        assertThat(second.take(5, 9)).isZero();
        first.giveBack(2);
        assertThat(called).isEmpty();
        first.giveBack(2);
        assertThat(called).containsExactly("second");
        assertThat(second.take(5, 9)).isEqualTo(6);
    }

    @Test
    void take_worthMoreThanItMayHave_isServedWithThat() {
        Share share = share(new Quota(10), 3, "a");
        assertThat(share.take(5, 9)).isEqualTo(3);
    }

    @Test
    void line_severalWait_areServedInTheOrderInWhichTheyCame() {
        Quota quota = new Quota(2);
        Share first = share(quota, 2, "first");
        Share second = share(quota, 2, "second");
        Share third = share(quota, 2, "third");
        assertThat(first.take(1, 2)).isEqualTo(2);
        assertThat(second.take(1, 1)).isZero();
        assertThat(third.take(1, 1)).isZero();
        first.giveBack(1);
        assertThat(first.take(1, 1)).as("overtakes nobody").isZero();
        assertThat(third.take(1, 1)).as("overtakes nobody").isZero();
        assertThat(second.take(1, 1)).isEqualTo(1);
        first.giveBack(1);
        assertThat(third.take(1, 1)).isEqualTo(1);
        assertThat(called).containsExactly("second", "third");
    }

    @Test
    void line_firstDoesNotCome_holdsUpOnlyWhatIsKeptForHim() {
        Quota quota = new Quota(3);
        Share first = share(quota, 3, "first");
        Share hangs = share(quota, 3, "hangs");
        Share other = share(quota, 3, "other");
        assertThat(first.take(1, 3)).isEqualTo(3);
        assertThat(hangs.take(1, 1)).isZero();
        assertThat(other.take(1, 1)).isZero();
        first.giveBack(3);
        assertThat(called).containsExactly("hangs", "other");
        assertThat(other.take(1, 3)).isEqualTo(2);
        assertThat(hangs.take(1, 1)).isEqualTo(1);
    }

    @Test
    void takeAll_othersHaveSome_waitsForAllOfThemAndNobodyOvertakes() {
        Quota quota = new Quota(3);
        Share busy = share(quota, 3, "busy");
        Share lonely = share(quota, 1, "lonely");
        assertThat(busy.take(1, 2)).isEqualTo(2);
        assertThat(lonely.takeAll()).isZero();
        assertThat(busy.take(1, 1)).as("although one is free").isZero();
        busy.giveBack(1);
        assertThat(called).isEmpty();
        busy.giveBack(1);
        assertThat(called).containsExactly("lonely");
        assertThat(lonely.takeAll()).isEqualTo(3);
        assertThat(busy.take(1, 1)).isZero();
        lonely.giveBack(3);
        assertThat(called).containsExactly("lonely", "busy");
        assertThat(busy.take(1, 1)).isEqualTo(1);
    }

    @Test
    void takeAll_onlyOneWasKeptForIt_putsThatBackAndWaitsForAll() {
        Quota quota = new Quota(2);
        Share busy = share(quota, 2, "busy");
        Share lonely = share(quota, 2, "lonely");
        assertThat(busy.take(1, 2)).isEqualTo(2);
        assertThat(lonely.take(1, 1)).isZero();
        busy.giveBack(1);
        assertThat(lonely.takeAll()).isZero();
        busy.giveBack(1);
        assertThat(lonely.takeAll()).isEqualTo(2);
    }

    @Test
    void leave_firstInLine_letsTheNextOneThrough() {
        Quota quota = new Quota(3);
        Share busy = share(quota, 3, "busy");
        Share lonely = share(quota, 3, "lonely");
        Share patient = share(quota, 3, "patient");
        assertThat(busy.take(1, 1)).isEqualTo(1);
        assertThat(lonely.takeAll()).isZero();
        assertThat(patient.take(1, 1)).isZero();
        lonely.leave();
        assertThat(called).containsExactly("patient");
        assertThat(patient.take(1, 2)).isEqualTo(2);
    }

    @Test
    void leave_somethingWasKept_goesToTheNextOne() {
        Quota quota = new Quota(1);
        Share busy = share(quota, 1, "busy");
        Share unsure = share(quota, 1, "unsure");
        Share patient = share(quota, 1, "patient");
        assertThat(busy.take(1, 1)).isEqualTo(1);
        assertThat(unsure.take(1, 1)).isZero();
        assertThat(patient.take(1, 1)).isZero();
        busy.giveBack(1);
        unsure.leave();
        assertThat(called).containsExactly("unsure", "patient");
        assertThat(patient.take(1, 1)).isEqualTo(1);
        assertThat(unsure.take(1, 1)).isZero();
    }

    @Test
    void take_nothingWanted_leavesTheLine() {
        Quota quota = new Quota(1);
        Share busy = share(quota, 1, "busy");
        Share unsure = share(quota, 1, "unsure");
        assertThat(busy.take(1, 1)).isEqualTo(1);
        assertThat(unsure.take(1, 1)).isZero();
        assertThat(unsure.take(1, 0)).isZero();
        busy.giveBack(1);
        assertThat(called).isEmpty();
    }

    @Test
    void takeAnyway_nothingThere_isOwedUntilItIsGivenBack() {
        Quota quota = new Quota(2);
        Share busy = share(quota, 2, "busy");
        Share urgent = share(quota, 2, "urgent");
        assertThat(busy.take(1, 2)).isEqualTo(2);
        urgent.takeAnyway(1);
        busy.giveBack(1);
        assertThat(busy.take(1, 1)).isZero();
        urgent.giveBack(1);
        assertThat(busy.take(1, 1)).isEqualTo(1);
    }

    // Who is called takes locks of his own, and may ask at once.
    @Test
    void call_asksAtOnceOnAnotherThread_isNotHeldUp() throws Exception {
        Quota quota = new Quota(1);
        Share busy = share(quota, 1, "busy");
        List<Share> shares = new ArrayList<>();
        AtomicInteger got = new AtomicInteger();
        shares.add(quota.share(1, () -> {
            Thread thread = new Thread(() -> got.set(shares.get(0).take(1, 1)));
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        assertThat(busy.take(1, 1)).isEqualTo(1);
        assertThat(shares.get(0).take(1, 1)).isZero();
        busy.giveBack(1);
        assertThat(got).hasValue(1);
    }

    private static final class Customer implements Runnable {
        private final SplittableRandom random;
        private final Semaphore mayAsk = new Semaphore(0);
        private final AtomicInteger inUse;
        private final AtomicInteger alone;
        private final List<String> wrong;
        private final Share share;
        private final int size;
        private final int most;

        Customer(long seed, Quota quota, int size, AtomicInteger inUse, AtomicInteger alone, List<String> wrong) {
            this.random = new SplittableRandom(seed);
            this.size = size;
            this.most = 1 + random.nextInt(size);
            this.inUse = inUse;
            this.alone = alone;
            this.wrong = wrong;
            this.share = quota.share(most, mayAsk::release);
        }

        @Override
        public void run() {
            try {
                for (int i = 0; i < 2_000 && wrong.isEmpty(); i++) {
                    round();
                }
                share.leave();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private void round() throws InterruptedException {
            boolean all = random.nextInt(50) == 0;
            int wanted = 1 + random.nextInt(size);
            int atLeast = 1 + random.nextInt(wanted);
            int taken = all ? share.takeAll() : share.take(atLeast, wanted);
            while (taken == 0) {
                if (random.nextInt(10) == 0) {
                    share.leave();
                    mayAsk.drainPermits();
                } else if (!mayAsk.tryAcquire(20, TimeUnit.SECONDS)) {
                    wrong.add("starved");
                    return;
                }
                taken = all ? share.takeAll() : share.take(atLeast, wanted);
            }
            use(all, taken);
            share.giveBack(taken);
        }

        private void use(boolean all, int taken) {
            if (inUse.addAndGet(taken) > size || (all && inUse.get() != size) || (!all && taken > most)) {
                wrong.add("too many in use");
            }
            if (all ? alone.incrementAndGet() > 1 : alone.get() > 0) {
                wrong.add("not alone");
            }
            alone.addAndGet(all ? -1 : 0);
            inUse.addAndGet(-taken);
        }
    }

    @Test
    void customers_manyAtOnce_shareItWithoutLossOrStarvation() throws Exception {
        for (int seed = 0; seed < 5; seed++) {
            int size = 1 + seed * 3;
            Quota quota = new Quota(size);
            AtomicInteger inUse = new AtomicInteger();
            AtomicInteger alone = new AtomicInteger();
            List<String> wrong = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(new Thread(new Customer(seed * 100 + i, quota, size, inUse, alone, wrong)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wrong).isEmpty();
            assertThat(quota.share(size, () -> {}).takeAll()).as("none is lost").isEqualTo(size);
        }
    }
}
