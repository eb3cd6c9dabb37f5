package org.jooqoutbox.demo;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jooq.Configuration;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.dispatch.KindOptions;
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

    /** Short, because the poison message makes everybody wait for four of them. */
    static final Duration LEASE = Duration.ofSeconds(2);

    static final int EXIT_BY_POISON = 66;

    private static final int MAX_DEATHS = 3;

    /** The first in company, perhaps, which does not count, and those that do. */
    static final int DEATHS_OF_POISON = 1 + MAX_DEATHS;

    static final int MAX_FAILURES_OF_BROKEN = 3;

    static final String READY = "ready";
    static final String FROZEN = "frozen";
    static final String STOPPED = "stopped: ";

    private static final Duration DEADLINE = Duration.ofMillis(1200);
    private static final RetryPolicy RETRY =
            RetryPolicy.exponential(Duration.ofMillis(200)).cap(Duration.ofSeconds(1));

    /** A circuit breaker would spare what waits for a broken destination; here it is to become dead letters. */
    private static final KindOptions BROKEN = KindOptions.defaults()
            .retry(RetryPolicy.fixed(Duration.ofMillis(100)).maxFailures(MAX_FAILURES_OF_BROKEN))
            .withoutBreaker();

    private static final int CONCURRENCY = 8;

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
                HikariDataSource pool = options.database().pool(CONCURRENCY + 2)) {
            new ReplicaMain(journal).deliver(JooqOutboxRepository.of(pool, options.outbox()), options);
        }
        System.exit(0); // even if a handler does not return
    }

    private void deliver(OutboxRepository<Configuration> outbox, ReplicaOptions options) throws IOException {
        try (Worker worker = worker(outbox, options)) {
            worker.start();
            journal.tell(READY);
            obeyUntilStopped();
            journal.tell(STOPPED + worker.stop());
        }
    }

    private Worker worker(OutboxRepository<Configuration> outbox, ReplicaOptions options) {
        Events events = Events.of(options.events());
        Deliveries deliveries = new Deliveries(
                journal,
                new Postings(options.outbox().schema()),
                freezer,
                late,
                events.brokenKind().name(),
                options.repaired());
        Worker.Builder<Configuration> builder = Worker.builder(outbox)
                .retry(RETRY)
                .lease(LEASE)
                .handlerDeadline(DEADLINE)
                .batch(20)
                .concurrency(CONCURRENCY)
                .maxDeaths(MAX_DEATHS)
                .shortestPoll(
                        Duration.ofMillis(100)) // four dispatchers, a database and the producers share this machine
                .longestPoll(Duration.ofMillis(300))
                .settleWithin(Duration.ofMillis(20))
                .shutdownTimeout(Duration.ofSeconds(5))
                .listener(new JournalListener(journal));
        for (MessageKind<?> kind : events.kinds()) {
            if (events.transactionalKinds().contains(kind)) {
                builder.handleInTransaction(kind, (trx, payload, message) -> deliveries.post(trx, message));
            } else {
                KindOptions kindOptions = kind.equals(events.brokenKind()) ? BROKEN : KindOptions.defaults();
                builder.handle(kind, (payload, message) -> deliveries.deliver(message), kindOptions);
            }
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
