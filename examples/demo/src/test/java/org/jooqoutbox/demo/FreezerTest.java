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
        Thread thread = new Thread(() -> {
            freezer.beforeDelivery();
            delivered.release();
            freezer.afterDelivery();
        });
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
    void freezer_freezing_stopsOneHandlerBeforeAndOneAfterItsDelivery() throws InterruptedException {
        freezer.freeze();
        handleInBackground();
        handleInBackground();

        assertThat(frozen.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(delivered.availablePermits()).isEqualTo(1);
    }
}
