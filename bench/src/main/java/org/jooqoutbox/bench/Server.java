package org.jooqoutbox.bench;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.codegen.PostgresSettings;
import org.jooqoutbox.codegen.ThrowawayPostgres;

/**
 * The PostgreSQL that is measured: thrown away afterwards, but careful with data meanwhile. With {@code outbox.postgres.durable}
 * commits wait for the disk as they do in production, unlike those of the tests. All else is as PostgreSQL has it by default.
 */
final class Server implements AutoCloseable {

    private static final String SHOWN = """
            server_version fsync full_page_writes synchronous_commit wal_sync_method shared_buffers max_wal_size max_connections
            max_locks_per_transaction autovacuum_naptime jit""";

    private final ThrowawayPostgres postgres;
    private final Optional<ServerProcesses> processes;

    private Server(ThrowawayPostgres postgres, Optional<ServerProcesses> processes) {
        this.postgres = postgres;
        this.processes = processes;
    }

    static Server start() {
        boolean ours = PostgresSettings.fromSystemProperties().kind() != PostgresSettings.Kind.JDBC;
        ThrowawayPostgres postgres = ThrowawayPostgres.start();
        DSLContext dsl = DSL.using(postgres.dataSource(), SQLDialect.POSTGRES);
        return new Server(postgres, ours ? ServerProcesses.find(dsl) : Optional.empty());
    }

    /** Creates an empty database of this name. The caller closes it. */
    Database database(String name) {
        return new Database(postgres, name);
    }

    /** Creates a copy of another database, to which nobody is connected. The caller closes it. */
    Database copy(String template, String name) {
        return new Database(postgres, name, template);
    }

    /** Its processes, where they can be looked at: on this machine, and on Linux. */
    Optional<ServerProcesses> processes() {
        return processes;
    }

    /**
     * Stops it as a crash does, and returns when it answers again.
     *
     * @throws UnsupportedOperationException if it is not ours to stop
     */
    void restart() {
        double before = processes.map(ServerProcesses::cpuSeconds).orElse(0.0);
        postgres.restart();
        DSLContext dsl = DSL.using(postgres.dataSource(), SQLDialect.POSTGRES);
        processes.ifPresent(each -> each.restarted(dsl, before));
    }

    /** Which server this is. */
    String describe() {
        return postgres.describe();
    }

    /** The settings that matter most, on one line. */
    String settings() {
        DSLContext dsl = DSL.using(postgres.dataSource(), SQLDialect.POSTGRES);
        return SHOWN.lines()
                .flatMap(part -> Arrays.stream(part.strip().split(" ", -1)))
                .map(name -> name + "=" + dsl.fetchValue("select current_setting({0})", DSL.val(name)))
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        postgres.close();
    }
}
