package org.jooqoutbox.bench.steadystate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.jooq.JooqOutboxRepository;

/**
 * Writes messages at a steady rate and delivers them, in one process, until a signal ends it. Settings are environment variables, as
 * {@link SteadyStateSettings} has them; figures are lines of JSON on standard output, as {@link JsonLines} has them, and nothing else is
 * there; what it logs is on standard error.
 *
 * <p>Exit codes: 0 when it was asked to end, 1 when it could not begin or go on, 2 when a variable is wrong.
 */
public final class SteadyState {

    private static final int WRONG_VARIABLE = 2;
    private static final Duration SERVER_WITHIN = Duration.ofSeconds(60);
    private static final Duration CONNECTION_WITHIN = Duration.ofSeconds(2);
    private static final Duration SHUTDOWN_WITHIN = Duration.ofSeconds(2);

    /** For the producer, the count, and the worker with its look-ahead, and one to spare. */
    private static final int CONNECTIONS = 5;

    private final SteadyStateSettings settings;
    private final Ending ending;
    private final JsonLines lines = new JsonLines(new FileOutputStream(FileDescriptor.out));
    private final Tally tally = new Tally();
    private final ClaimTimes claimTimes = new ClaimTimes(Instant.now().getEpochSecond());

    private SteadyState(SteadyStateSettings settings, Ending ending) {
        this.settings = settings;
        this.ending = ending;
    }

    /** Runs until a signal ends it. */
    public static void main(String[] args) {
        System.setOut(System.err); // whoever prints is not to be mistaken for us
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        try {
            start(SteadyStateSettings.from(System.getenv()));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_VARIABLE);
        }
    }

    private static void start(SteadyStateSettings settings) {
        Ending ending = Ending.armed();
        try {
            new SteadyState(settings, ending).run();
        } catch (RuntimeException | InterruptedException e) {
            ending.because(e);
        }
    }

    private void run() throws InterruptedException {
        HikariDataSource pool = pool(); // closed by the ending
        ending.first(pool::close);
        Installation installed = Patience.until(SERVER_WITHIN, () -> Installation.on(pool));
        lines.describe(installed);
        JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, Installation.TABLE);
        startWorker(outbox);
        startProducer(pool, outbox);
        new Sampler(settings.sampleEvery(), lines, claimTimes, tally, new Depth(pool, Installation.TABLE)).run();
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.database().jdbcUrl());
        config.setUsername(settings.database().user());
        config.setPassword(settings.database().password());
        config.addDataSourceProperty("ApplicationName", "jooq-outbox-steady-state");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_WITHIN.toMillis());
        config.setInitializationFailTimeout(-1); // the server may come later
        config.setPoolName("steady-state");
        return new HikariDataSource(config);
    }

    private void startWorker(JooqOutboxRepository outbox) {
        Worker worker = Worker.builder(outbox)
                .handle(LoadProducer.KIND, (payload, message) -> handle(payload))
                .concurrency(settings.handlers())
                .shutdownTimeout(SHUTDOWN_WITHIN)
                .listener(tally)
                .build();
        worker.start();
        ending.first(worker::close);
    }

    private void handle(String payload) throws InterruptedException {
        claimTimes.record(Payloads.age(payload));
        if (!settings.work().isZero()) {
            TimeUnit.MILLISECONDS.sleep(settings.work().toMillis());
        }
    }

    private void startProducer(HikariDataSource pool, JooqOutboxRepository outbox) {
        boolean paced = settings.pacing() == SteadyStateSettings.Pacing.HARNESS;
        if (!paced && settings.rate() == 0) {
            return;
        }
        Pace pace = paced
                ? new TokenPace(
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                        settings.batchMax())
                : new ElapsedPace(settings);
        LoadProducer producer = new LoadProducer(pool, outbox, pace, new Payloads(settings.payloadBytes()), tally);
        Thread thread = Daemon.start("producer", producer);
        ending.first(() -> {
            producer.stop();
            thread.interrupt();
        });
    }
}
