package org.jooqoutbox.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrewTest {

    // Close to the end of the range, where readings wrap around.
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 500);
    private final Crew crew = new Crew(clock::get);
    private final List<Thread> threads = new ArrayList<>();

    /** A member whose turns are what the test says. */
    private static final class Turns extends Crew.Member {
        private final LongSupplier turn;

        Turns(LongSupplier turn) {
            this.turn = turn;
        }

        @Override
        long turn() {
            return turn.getAsLong();
        }
    }

    private void start(int count) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(crew::work);
            threads.add(thread);
            thread.start();
        }
    }

    private void close() throws InterruptedException {
        crew.close();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @AfterEach
    void closeCrew() throws InterruptedException {
        close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void acquire(Semaphore semaphore) throws InterruptedException {
        assertThat(semaphore.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Until another member has had two turns, so that whatever was ready before, and whose pause was over, has had one. */
    private void letOneThreadDoWhatIsReady() {
        CountDownLatch done = new CountDownLatch(2);
        crew.call(new Turns(() -> {
            done.countDown();
            return done.getCount() == 0 ? Crew.Member.OVER : 0;
        }));
        await(done);
    }

    @Test
    void member_calledFromManyThreads_worksOnOneAtATime() throws Exception {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(1_000);
        Semaphore calls = new Semaphore(4);
        Turns member = new Turns(() -> {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            calls.release(2);
            atWork.decrementAndGet();
            enough.countDown();
            return Nanos.FOREVER;
        });
        start(4);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(new Thread(() -> {
                while (enough.getCount() > 0) {
                    calls.acquireUninterruptibly();
                    crew.call(member);
                }
            }));
        }
        callers.forEach(Thread::start);
        await(enough);
        calls.release(100);
        assertThat(most).hasValue(1);
        for (Thread caller : callers) {
            caller.join();
        }
    }

    // What it is called for may have come after it looked.
    @Test
    void member_calledDuringItsTurn_worksAgain() {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch twice = new CountDownLatch(2);
        Turns member = new Turns(() -> {
            working.countDown();
            await(called);
            twice.countDown();
            return Nanos.FOREVER;
        });
        start(2);
        crew.call(member);
        await(working);
        crew.call(member);
        crew.call(member);
        called.countDown();
        await(twice);
    }

    @Test
    void member_calledOftenBeforeItsTurn_worksOnce() {
        AtomicInteger turns = new AtomicInteger();
        Turns member = new Turns(() -> {
            turns.incrementAndGet();
            return Nanos.FOREVER;
        });
        for (int i = 0; i < 10; i++) {
            crew.call(member);
        }
        start(1);
        letOneThreadDoWhatIsReady();
        assertThat(turns).hasValue(1);
    }

    @Test
    void member_pauses_worksWhenThatIsOverAndNotBefore() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(6);
        crew.call(pausing("long", 1_000, order, all));
        crew.call(pausing("short", 300, order, all));
        crew.call(pausing("forever", Nanos.FOREVER, order, new CountDownLatch(1)));
        crew.call(pausing("shorter", 200, order, all));
        start(1);
        letOneThreadDoWhatIsReady();
        assertThat(order).containsExactly("long", "short", "forever", "shorter");
        clock.addAndGet(199);
        letOneThreadDoWhatIsReady();
        assertThat(order).hasSize(4);
        clock.addAndGet(1);
        letOneThreadDoWhatIsReady();
        assertThat(order.subList(4, order.size())).containsExactly("shorter");
        clock.addAndGet(800);
        letOneThreadDoWhatIsReady();
        assertThat(order.subList(5, order.size())).containsExactly("short", "long");
        await(all);
    }

    /** Pauses once, then for ever. */
    private static Turns pausing(String name, long pause, List<String> order, CountDownLatch turns) {
        AtomicInteger count = new AtomicInteger();
        return new Turns(() -> {
            order.add(name);
            turns.countDown();
            return count.getAndIncrement() == 0 ? pause : Nanos.FOREVER;
        });
    }

    @Test
    void member_calledDuringItsPause_worksAtOnceAndTheOldPauseMeansNothing() {
        AtomicInteger turns = new AtomicInteger();
        Turns member = new Turns(() -> turns.incrementAndGet() == 1 ? 100 : 1_000);
        start(1);
        crew.call(member);
        letOneThreadDoWhatIsReady();
        crew.call(member);
        letOneThreadDoWhatIsReady();
        assertThat(turns).hasValue(2);
        clock.addAndGet(100);
        letOneThreadDoWhatIsReady();
        assertThat(turns).hasValue(2);
        clock.addAndGet(900);
        letOneThreadDoWhatIsReady();
        assertThat(turns).hasValue(3);
    }

    // The idle thread waits for the longer pause when the shorter one begins, and the other is kept.
    @Test
    void pause_shorterThanTheOneAThreadWaitsFor_isKeptAllTheSame() {
        Crew real = new Crew(System::nanoTime);
        CountDownLatch again = new CountDownLatch(2);
        CountDownLatch kept = new CountDownLatch(1);
        Thread one = new Thread(real::work);
        Thread other = new Thread(real::work);
        one.start();
        other.start();
        real.call(new Turns(() -> TimeUnit.HOURS.toNanos(1)));
        CountDownLatch busy = new CountDownLatch(1);
        real.call(new Turns(() -> {
            again.countDown();
            if (again.getCount() == 1) {
                real.call(new Turns(() -> {
                    busy.countDown();
                    await(kept);
                    return Crew.Member.OVER;
                }));
            }
            return TimeUnit.MILLISECONDS.toNanos(20);
        }));
        await(busy);
        await(again);
        kept.countDown();
        real.close();
    }

    @Test
    void members_thatAlwaysHaveWork_takeTurns() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Semaphore done = new Semaphore(0);
        for (String name : List.of("a", "b", "c")) {
            AtomicInteger left = new AtomicInteger(50);
            crew.call(new Turns(() -> {
                order.add(name);
                if (left.decrementAndGet() > 0) {
                    return 0;
                }
                done.release();
                return Crew.Member.OVER;
            }));
        }
        start(1);
        for (int i = 0; i < 3; i++) {
            acquire(done);
        }
        for (int i = 0; i < order.size(); i++) {
            assertThat(order.get(i)).isEqualTo(List.of("a", "b", "c").get(i % 3));
        }
    }

    @Test
    void member_hangs_holdsUpItsThreadOnly() {
        CountDownLatch release = new CountDownLatch(1);
        start(2);
        crew.call(new Turns(() -> {
            await(release);
            return Crew.Member.OVER;
        }));
        for (int i = 0; i < 100; i++) {
            letOneThreadDoWhatIsReady();
        }
        release.countDown();
    }

    @Test
    void member_over_neverWorksAgain() {
        AtomicInteger turns = new AtomicInteger();
        Turns member = new Turns(() -> {
            turns.incrementAndGet();
            return Crew.Member.OVER;
        });
        start(1);
        crew.call(member);
        letOneThreadDoWhatIsReady();
        crew.call(member);
        letOneThreadDoWhatIsReady();
        assertThat(turns).hasValue(1);
    }

    @Test
    void close_endsIdleThreadsAtOnceAndOthersAfterTheirTurn() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger turns = new AtomicInteger();
        start(3);
        crew.call(new Turns(() -> {
            turns.incrementAndGet();
            working.countDown();
            await(release);
            return 0;
        }));
        await(working);
        crew.close();
        while (threads.stream().filter(Thread::isAlive).count() > 1) {
            Thread.onSpinWait();
        }
        release.countDown();
        close();
        assertThat(turns).hasValue(1);
    }

    @Test
    void interrupt_ofItsThreads_meansNothing() throws Exception {
        start(2);
        for (int i = 0; i < 50; i++) {
            threads.forEach(Thread::interrupt);
            letOneThreadDoWhatIsReady();
        }
        assertThat(threads).allMatch(Thread::isAlive);
    }
}
