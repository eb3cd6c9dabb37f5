package org.jooqoutbox.demo;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jooq.exception.DataAccessException;
import org.jooqoutbox.demo.Intent.Outcome;

/** The customers of one service: threads that place its orders, and keep the ledger. */
final class Producers {

    private static final int THREADS = 2;

    private final Service service;
    private final Queue<Order> orders;
    private final int size;
    private final Ledger ledger;
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger enqueued = new AtomicInteger();
    private volatile boolean stopping;

    Producers(Service service, Collection<Order> orders, Ledger ledger) {
        this.service = service;
        this.orders = new ConcurrentLinkedQueue<>(orders);
        this.size = orders.size();
        this.ledger = ledger;
    }

    /** Places all orders. The future fails with what a producer failed with. */
    CompletableFuture<Void> start() {
        CompletableFuture<?>[] threads = new CompletableFuture<?>[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] =
                    CompletableFuture.runAsync(this::work, task -> thread(task).start());
        }
        return CompletableFuture.allOf(threads);
    }

    /** Places these orders now, on the caller's thread, beside all others. */
    void place(List<Order> more) {
        more.forEach(this::placeAndCount);
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, "producer-" + service.schema());
        thread.setDaemon(true);
        return thread;
    }

    private void work() {
        for (Order order = orders.poll(); order != null; order = orders.poll()) {
            if (stopping) {
                throw new CancellationException("not all orders were placed");
            }
            placeAndCount(order);
        }
    }

    private void placeAndCount(Order order) {
        Outcome outcome = place(order);
        enqueued.addAndGet(outcome == Outcome.COMMITTED ? order.messages().size() : 0);
        finished.incrementAndGet();
    }

    private Outcome place(Order order) {
        ledger.intend(intent(order));
        Outcome outcome = outcome(order);
        if (outcome != Outcome.UNKNOWN) {
            ledger.record(order.id(), outcome);
        }
        return outcome;
    }

    private Outcome outcome(Order order) {
        try {
            service.book(order);
            return Outcome.COMMITTED;
        } catch (PaymentDeclinedException e) {
            return Outcome.ROLLED_BACK;
        } catch (DataAccessException e) {
            return Outcome.UNKNOWN;
        }
    }

    private Intent intent(Order order) {
        return new Intent(
                order.id(),
                service.schema(),
                order.messages().stream()
                        .collect(Collectors.toMap(
                                draft -> draft.id().orElseThrow(), draft -> Fingerprint.of(draft.payload()))),
                Outcome.UNKNOWN);
    }

    void stop() {
        stopping = true;
    }

    /** Transactions to be made in all. */
    int size() {
        return size;
    }

    /** Transactions so far, whatever came of them. */
    int finished() {
        return finished.get();
    }

    /** Messages so far in transactions that were committed. */
    int enqueued() {
        return enqueued.get();
    }

    Service service() {
        return service;
    }
}
