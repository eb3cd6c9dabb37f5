package org.jooqoutbox.it.crash;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jooqoutbox.Message;
import org.jooqoutbox.dispatch.DispatchListener;
import org.jooqoutbox.dispatch.Worker;

/** A worker in this process that takes over one message, once its lease ended, and holds it until it is told to deliver. */
final class Rival implements AutoCloseable {

    private static final int RENEWALS_PER_LEASE = 4;

    private final Semaphore renewals = new Semaphore(0);
    private final CountDownLatch deliver = new CountDownLatch(1);
    private final Worker worker;

    /**
     * A rival that has not begun.
     *
     * @param othersLease the lease of the one it overtakes, in which {@link #holdForLeases} counts; its own is much longer
     */
    Rival(Lab lab, Duration othersLease) {
        Inbox inbox = new Inbox(lab.place().dataSource("rival"), "rival");
        worker = Worker.builder(lab.repository("rival"))
                .handle(Behaviour.KIND, (payload, message) -> {
                    inbox.received(message);
                    deliver.await();
                    inbox.consume(message);
                })
                .lease(Duration.ofSeconds(30))
                .renewEvery(othersLease.dividedBy(RENEWALS_PER_LEASE))
                .listener(new DispatchListener() {
                    @Override
                    public void renewed(Message message) {
                        renewals.release();
                    }
                })
                .build();
    }

    /** Starts, waits until it has the message, and then for as long as this many leases of the other one last. */
    void holdForLeases(int leases) throws InterruptedException {
        worker.start();
        renewals.acquire(leases * RENEWALS_PER_LEASE);
    }

    void deliver() {
        deliver.countDown();
    }

    @Override
    public void close() {
        deliver();
        worker.stop();
    }
}
