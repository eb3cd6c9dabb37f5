package org.jooqoutbox.bench.systems;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * db-scheduler, where a message is a task that runs once. It is scheduled in the caller's transaction by a client whose data source hands out
 * the caller's connection; after the commit, a scheduler of the same process is told to look, as immediate execution cannot see that commit.
 */
final class DbSchedulerSystem implements QueueSystem {

    private static final String APPLICATION = "bench-db-scheduler";
    private static final TaskDescriptor<String> TASK = TaskDescriptor.of("bench-event", String.class);
    private static final Duration POLLING = Duration.ofMillis(100);

    /** Executions take a connection only to be fetched and to be completed. */
    private static final int CONNECTIONS = 16;

    /** Of the threads: at how many executions picked ahead more are fetched, and how many there are then. Its documentation measured these. */
    private static final double LOWER_LIMIT = 4.0;

    private static final double UPPER_LIMIT = 20.0;

    // As its documentation has it for those who do not use priorities.
    private static final String TABLE = """
            create table scheduled_tasks (
                task_name text not null, task_instance text not null, task_data bytea,
                execution_time timestamp with time zone not null, picked boolean not null, picked_by text,
                last_success timestamp with time zone, last_failure timestamp with time zone, consecutive_failures int,
                last_heartbeat timestamp with time zone, version bigint not null,
                primary key (task_name, task_instance));
            create index execution_time_idx on scheduled_tasks (execution_time);
            create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)""";

    private final Neighbours<Scheduler> neighbours = new Neighbours<>();
    private final Duration retry;

    DbSchedulerSystem() {
        this(Tasks.DEFAULT_RETRY_INTERVAL);
    }

    /** @param retry when what has failed is tried again */
    DbSchedulerSystem(Duration retry) {
        this.retry = retry;
    }

    @Override
    public String title() {
        return "db-scheduler";
    }

    @Override
    public String version() {
        return PeerVersions.of("db-scheduler");
    }

    @Override
    public String settings() {
        return "lock-and-fetch with limits of " + LOWER_LIMIT + " and " + UPPER_LIMIT
                + " times the threads asked for, " + CONNECTIONS
                + " connections, polling every " + POLLING.toMillis()
                + " ms, scheduleBatch, a scheduler of the same process triggered after the commit, data as UTF-8";
    }

    @Override
    public void install(Connections connections) throws SQLException {
        try (Connection connection = connections.dataSource(APPLICATION).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
    }

    @Override
    public List<String> tables() {
        return List.of("public.scheduled_tasks");
    }

    @Override
    public long remaining(Connections connections) throws SQLException {
        return Counted.rows(connections.dataSource(APPLICATION), "public.scheduled_tasks");
    }

    @Override
    public Sender sender(Connections connections) throws SQLException {
        return new ClientSender(connections);
    }

    @Override
    public Running start(Connections connections, int threads, Handler handler) {
        HikariDataSource pool = connections.pool(APPLICATION, CONNECTIONS);
        Scheduler scheduler = Scheduler.create(pool, task(handler))
                .threads(threads)
                .pollUsingLockAndFetch(LOWER_LIMIT, UPPER_LIMIT)
                .pollingInterval(POLLING)
                .serializer(new Text())
                .schedulerName(new SchedulerName.Fixed(UUID.randomUUID().toString()))
                .build();
        scheduler.start();
        neighbours.add(connections, scheduler);
        return () -> {
            neighbours.remove(connections, scheduler);
            scheduler.stop();
            pool.close();
        };
    }

    private Task<String> task(Handler handler) {
        return Tasks.oneTime(TASK)
                .onFailure(new FailureHandler.OnFailureRetryLater<>(retry))
                .execute((instance, context) -> {
                    try {
                        handler.handle(instance.getData());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private final class ClientSender implements Sender {

        private final Connections connections;
        private final Connection connection;
        private final SchedulerClient client;

        ClientSender(Connections connections) throws SQLException {
            this.connections = connections;
            this.connection = connections.dataSource(APPLICATION).getConnection();
            connection.setAutoCommit(false);
            this.client = SchedulerClient.Builder.create(
                            new SingleConnectionDataSource(connection, true), task(payload -> {}))
                    .serializer(new Text())
                    .build();
        }

        @Override
        public void send(List<String> payloads) throws Exception {
            try {
                Business.insert(connection);
                client.scheduleBatch(instances(payloads), Instant.now());
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
            neighbours.next(connections).ifPresent(Scheduler::triggerCheckForDueExecutions);
        }

        private List<TaskInstance<?>> instances(List<String> payloads) {
            return payloads.stream()
                    .map(payload -> TASK.instance(UUID.randomUUID().toString())
                            .data(payload)
                            .build())
                    .collect(Collectors.toList());
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Its default is Java's serialization. */
    private static final class Text implements Serializer {

        @Override
        public byte[] serialize(Object data) {
            return ((String) data).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] serialized) {
            return type.cast(new String(serialized, StandardCharsets.UTF_8));
        }
    }
}
