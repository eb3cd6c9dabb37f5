package org.jooqoutbox.it.crash;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * A dispatcher process. It is told {@code start}, {@code go} for handlers that wait, and {@code stop}; a signal to terminate stops it too. It
 * says STARTED, DELIVERED, FAILED, DEAD and LEASE_LOST with id and attempt, and STOPPED with the report.
 */
final class WorkerMain {

    static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);

    private final CountDownLatch go = new CountDownLatch(1);
    private final Inbox inbox;
    private final Worker worker;

    private WorkerMain(DataSource dataSource, String name, Place place, WorkerOptions options) {
        this.inbox = new Inbox(dataSource, name);
        this.worker = worker(JooqOutboxRepository.of(dataSource, place.table()), options);
    }

    public static void main(String[] args) {
        Place place = Place.ofThisProcess();
        String name = System.getProperty("test.name");
        HikariDataSource pool = place.pool(name, 6); // closed by the end of the process
        WorkerMain main = new WorkerMain(pool, name, place, WorkerOptions.ofThisProcess());
        Runtime.getRuntime().addShutdownHook(new Thread(main::stop, "stop-at-exit"));
        TestTalk.obey(main::obey);
        TestTalk.tell("READY");
        new CompletableFuture<Void>().join(); // until it is told to end, or killed
    }

    private void obey(String command) {
        switch (command) {
            case "start" -> worker.start();
            case "go" -> go.countDown();
            case "stop" -> stop();
            default -> throw new IllegalArgumentException("unknown command: " + command);
        }
    }

    private void stop() {
        TestTalk.tell("STOPPED " + worker.stop());
    }

    private Worker worker(OutboxRepository<?> outbox, WorkerOptions options) {
        OutboxRepository<?> handedOut =
                options.acknowledgesFirst() ? PlantedBugs.acknowledgesBeforeHandingOut(outbox) : outbox;
        Worker.Builder<?> builder = Worker.builder(handedOut)
                .handle(Behaviour.KIND, (payload, message) -> handle(message))
                .retry(RetryPolicy.fixed(Duration.ofMillis(50)).maxFailures(2))
                .lease(options.lease())
                .handlerDeadline(options.lease().multipliedBy(3).dividedBy(4))
                .batch(options.batch())
                .concurrency(options.concurrency())
                .shortestPoll(Duration.ofMillis(10))
                .longestPoll(Duration.ofMillis(50))
                .shutdownTimeout(SHUTDOWN_TIMEOUT)
                .listener(new TellingListener());
        return (options.maxDeaths() == 0 ? builder.unlimitedDeaths() : builder.maxDeaths(options.maxDeaths())).build();
    }

    private void handle(Message message) {
        inbox.received(message);
        TestTalk.tell("STARTED " + message.id() + " " + message.attempts());
        Behaviour.of(message).perform(go);
        inbox.consume(message);
    }
}
