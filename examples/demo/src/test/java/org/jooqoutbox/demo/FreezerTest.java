package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FreezerTest {

    private final CountDownLatch frozen = new CountDownLatch(1);
    private final Freezer freezer = new Freezer(frozen::countDown);
    private final Semaphore delivered = new Semaphore(0);

    private void handleInBackground() {
        inBackground(() -> {
            freezer.beforeDelivery();
            delivered.release();
            freezer.afterDelivery();
        });
    }

    private static void inBackground(Runnable handler) {
        Thread thread = new Thread(handler);
        thread.setDaemon(true); // it never returns
        thread.start();
    }

    @Test
    void freezer_notFreezing_letsHandlersPass() {
        freezer.beforeDelivery();
        freezer.afterDelivery();

        assertThat(frozen.getCount()).isEqualTo(1);
    }

    @Test
    void freezer_freezing_stopsHandlersAtEachPlace() throws InterruptedException {
        freezer.freeze();
        for (int i = 0; i < 4; i++) {
            handleInBackground();
        }
        assertThat(frozen.await(0, TimeUnit.SECONDS))
                .as("none in a transaction yet")
                .isFalse();
        inBackground(freezer::beforeCommit);

        assertThat(frozen.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(delivered.tryAcquire(2, 30, TimeUnit.SECONDS)).isTrue();
        assertThat(delivered.tryAcquire()).as("those stopped before delivery").isFalse();
    }

    @Test
    void freezer_twoStoppedAtAPlace_letsOthersPassThere() throws InterruptedException {
        freezer.freeze();
        CountDownLatch committed = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
            inBackground(() -> {
                freezer.beforeCommit();
                committed.countDown();
            });
        }

        assertThat(committed.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(frozen.getCount()).isEqualTo(1);
    }
}
