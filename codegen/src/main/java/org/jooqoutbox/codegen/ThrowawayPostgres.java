package org.jooqoutbox.codegen;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL for code generation, tests and demo that is gone when it is closed, or when the JVM exits.
 *
 * <p>The setting {@code outbox.postgres} chooses where it comes from, see {@link PostgresSettings}. It is fast and forgetful: what makes data
 * survive a crash of the machine ({@code fsync}, {@code full_page_writes}) is off unless it is asked for, except on a server named by a JDBC
 * URL, whose settings are left alone. It takes 200 connections.
 *
 * <p>Safe for use by many threads.
 */
public final class ThrowawayPostgres implements AutoCloseable {

    static final int MAX_CONNECTIONS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(ThrowawayPostgres.class);

    private final PostgresServer server;
    private final String description;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread closeAtExit = new Thread(this::stop, "throwaway-postgres-closer");

    private ThrowawayPostgres(PostgresServer server, String description) {
        this.server = server;
        this.description = description;
    }

    /**
     * Starts the server that the system properties choose.
     *
     * @throws IllegalStateException if no server could be started: lists what was tried and what can be done
     */
    public static ThrowawayPostgres start() {
        return start(PostgresSettings.fromSystemProperties());
    }

    /**
     * Starts the server that these settings choose.
     *
     * @throws IllegalStateException if no server could be started: lists what was tried and what can be done
     */
    public static ThrowawayPostgres start(PostgresSettings settings) {
        FailedAttempts failed = new FailedAttempts();
        for (PostgresSource source : sources(settings)) {
            try {
                return started(source.start(), failed);
            } catch (UnavailableException e) {
                failed.add(source.name(), e);
                LOG.debug("{} is not available", source.name(), e);
            }
        }
        throw failed.nothingWorked(settings);
    }

    private static List<PostgresSource> sources(PostgresSettings settings) {
        return switch (settings.kind()) {
            case AUTO -> List.of(new ContainerSource(settings), new EmbeddedSource(settings.durable()));
            case TESTCONTAINERS -> List.of(new ContainerSource(settings));
            case EMBEDDED -> List.of(new EmbeddedSource(settings.durable()));
            case JDBC -> List.of(new ExistingSource(settings));
        };
    }

    private static ThrowawayPostgres started(PostgresServer server, FailedAttempts failed) throws UnavailableException {
        try {
            String description = "PostgreSQL " + version(server) + ", " + server.origin() + failed.remark();
            ThrowawayPostgres postgres = new ThrowawayPostgres(server, description);
            Runtime.getRuntime().addShutdownHook(postgres.closeAtExit);
            LOG.info("Throw-away {}", description);
            return postgres;
        } catch (SQLException e) {
            server.close();
            throw new UnavailableException("it started, but did not answer: " + UnavailableException.firstLine(e), e);
        }
    }

    private static String version(PostgresServer server) throws SQLException {
        try (Connection connection = dataSource(server).getConnection();
                Statement statement = connection.createStatement();
                ResultSet version =
                        statement.executeQuery("select split_part(current_setting('server_version'), ' ', 1)")) {
            version.next();
            return version.getString(1);
        }
    }

    private static DataSource dataSource(PostgresServer server) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(server.jdbcUrl());
        dataSource.setUser(server.user());
        dataSource.setPassword(server.password());
        return dataSource;
    }

    /** The JDBC URL, without user and password. */
    public String jdbcUrl() {
        return server.jdbcUrl();
    }

    /** A user who may create roles and schemas here. On a server named by a JDBC URL: the user given there. */
    public String user() {
        return server.user();
    }

    /** The password of {@link #user()}. */
    public String password() {
        return server.password();
    }

    /** A data source that opens a new connection each time. */
    public DataSource dataSource() {
        return dataSource(server);
    }

    /** Which server this is, and why not a container where one was looked for: "PostgreSQL 17.11, embedded binaries (no …)". */
    public String describe() {
        return description;
    }

    /**
     * Stops the server as a crash does ({@code pg_ctl -m immediate}), and returns when it has recovered and answers again, at the same address.
     *
     * @throws UnsupportedOperationException if it runs in a container, or is named by a JDBC URL
     * @throws IllegalStateException if it does not start again
     */
    public void restart() {
        server.restart();
    }

    /** Stops the server and removes its data. Does nothing the second time. */
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
        } catch (IllegalStateException e) {
            LOG.trace("The JVM is exiting, the hook runs by itself", e);
        }
    }

    private void stop() {
        if (closed.compareAndSet(false, true)) {
            server.close();
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
