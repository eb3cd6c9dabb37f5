package org.jooqoutbox.bench.systems;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/**
 * JobRunr in its free edition, where a message is a job request. To enqueue in the caller's transaction takes the edition that is paid for, so
 * that there is no sender, and it is filled by its own way of enqueueing many.
 */
final class JobRunrSystem implements QueueSystem {

    private static final String APPLICATION = "bench-jobrunr";

    /** It refuses less than this on SQL databases. */
    private static final Duration POLLING = Duration.ofSeconds(5);

    /** Jobs take a connection only to be fetched and to change their state. */
    private static final int CONNECTIONS = 16;

    @Override
    public String title() {
        return "JobRunr, free edition";
    }

    @Override
    public String version() {
        return PeerVersions.of("jobrunr");
    }

    @Override
    public String settings() {
        return "as many workers as threads asked for, " + CONNECTIONS + " connections, polling every "
                + POLLING.toSeconds() + " s (it allows no less), job requests, enqueued as a stream";
    }

    @Override
    public void install(Connections connections) {
        storage(connections.dataSource(APPLICATION)).close();
    }

    @Override
    public List<String> tables() {
        return List.of("public.jobrunr_jobs");
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return Counted.rows(
                connections.dataSource(APPLICATION),
                "public.jobrunr_jobs where state in ('AWAITING', 'SCHEDULED', 'ENQUEUED', 'PROCESSING')");
    }

    @Override
    public Sender sender(Connections connections) {
        throw new UnsupportedOperationException(
                "JobRunr enqueues in the transaction of the caller only in its Pro edition, which is not free");
    }

    @Override
    public void fill(Connections connections, Stream<String> payloads) {
        try (HikariDataSource pool = connections.pool(APPLICATION, 1);
                StorageProvider storage = storage(pool)) {
            new JobRequestScheduler(storage).enqueue(payloads.map(Event::new));
        }
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) {
        HikariDataSource pool = connections.pool(APPLICATION, CONNECTIONS);
        StorageProvider storage = storage(pool);
        BackgroundJobServer server = new BackgroundJobServer(
                storage,
                new JacksonJsonMapper(),
                activator(new EventHandler(handler)),
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andWorkerCount(threads)
                        .andPollInterval(POLLING));
        server.start();
        return () -> {
            server.stop();
            storage.close();
            pool.close();
        };
    }

    private static StorageProvider storage(DataSource dataSource) {
        JsonMapper json = new JacksonJsonMapper();
        StorageProvider storage = new PostgresStorageProvider(dataSource);
        storage.setJobMapper(new JobMapper(json));
        return storage;
    }

    private static JobActivator activator(EventHandler handler) {
        return new JobActivator() {
            @Override
            public <T> T activateJob(Class<T> type) {
                return type.cast(handler);
            }
        };
    }

    /** A message. */
    record Event(String payload) implements JobRequest {

        @Override
        public Class<EventHandler> getJobRequestHandler() {
            return EventHandler.class;
        }
    }

    /** Passes it on. Public, as it is called by reflection. */
    public static final class EventHandler implements JobRequestHandler<Event> {

        private final Handler handler;

        EventHandler(Handler handler) {
            this.handler = handler;
        }

        @Override
        public void run(Event event) throws Exception {
            handler.handle(event.payload());
        }
    }
}
