package org.jooqoutbox.demo;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.RetryPolicy;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * A dispatcher process: one worker on one outbox, which shares it with other processes and does not know of them.
 *
 * <p>Told on standard input: {@code freeze}; {@code deliver} or {@code refuse} with a message and its attempt; {@code stop}, which the end of
 * the input means too.
 */
final class ReplicaMain {

    static final Duration LEASE = Duration.ofSeconds(3);
    static final int MAX_FAILURES_OF_BROKEN = 3;

    static final String READY = "ready";
    static final String FROZEN = "frozen";
    static final String STOPPED = "stopped: ";

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final RetryPolicy RETRY =
            RetryPolicy.exponential(Duration.ofMillis(200)).cap(Duration.ofSeconds(1));
    private static final RetryPolicy SOON_GIVEN_UP =
            RetryPolicy.fixed(Duration.ofMillis(100)).maxFailures(MAX_FAILURES_OF_BROKEN);

    private final Journal journal;
    private final Freezer freezer;
    private final LateHandlers late;

    private ReplicaMain(Journal journal) {
        this.journal = journal;
        this.freezer = new Freezer(() -> journal.tell(FROZEN));
        this.late = new LateHandlers(journal);
    }

    public static void main(String[] args) throws IOException {
        ReplicaOptions options = ReplicaOptions.of(List.of(args), System.getenv());
        PrintStream parent = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Journal journal = new Journal(options.journal(), parent);
                HikariDataSource pool = options.database().pool(2)) {
            new ReplicaMain(journal).deliver(JooqOutboxRepository.of(pool, options.outbox()), options);
        }
        System.exit(0); // even if a handler does not return
    }

    private void deliver(OutboxRepository<?> outbox, ReplicaOptions options) throws IOException {
        try (Worker worker = worker(outbox, options)) {
            worker.start();
            journal.tell(READY);
            obeyUntilStopped();
            journal.tell(STOPPED + worker.stop());
        }
    }

    private <T> Worker worker(OutboxRepository<T> outbox, ReplicaOptions options) {
        Events events = Events.of(options.events());
        Deliveries deliveries =
                new Deliveries(journal, freezer, late, events.brokenKind().name(), options.repaired());
        Worker.Builder<T> builder = Worker.builder(outbox)
                .retry(RETRY)
                .lease(LEASE)
                .handlerDeadline(DEADLINE)
                .batch(20)
                .concurrency(8)
                .shortestPoll(
                        Duration.ofMillis(100)) // four dispatchers, a database and the producers share this machine
                .longestPoll(Duration.ofMillis(300))
                .settleWithin(Duration.ofMillis(20))
                .shutdownTimeout(Duration.ofSeconds(5))
                .listener(new JournalListener(journal));
        for (MessageKind<?> kind : events.kinds()) {
            RetryPolicy retry = kind.equals(events.brokenKind()) ? SOON_GIVEN_UP : RETRY;
            builder.handle(kind, (payload, message) -> deliveries.deliver(message), retry);
        }
        return builder.build();
    }

    private void obeyUntilStopped() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "freeze" -> freezer.freeze();
                case "deliver" -> late.decided(words[1], Integer.parseInt(words[2]), true);
                case "refuse" -> late.decided(words[1], Integer.parseInt(words[2]), false);
                case "stop" -> {
                    return;
                }
                default -> throw new IOException("unknown command: " + line);
            }
        }
    }
}
