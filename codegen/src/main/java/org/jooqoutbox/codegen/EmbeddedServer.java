package org.jooqoutbox.codegen;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The embedded server as an ordinary user runs it. */
record EmbeddedServer(EmbeddedPostgres postgres) implements PostgresServer {

    static final String SUPERUSER = "postgres";

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    static EmbeddedServer start(boolean durable) throws UnavailableException {
        try {
            return new EmbeddedServer(EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(workingDirectory())
                    .setPGStartupWait(START_LIMIT)
                    // Whoever closes us registers the hook.
                    .setRegisterShutdownHook(false)
                    .setServerConfig("fsync", durable ? "on" : "off")
                    .setServerConfig("full_page_writes", durable ? "on" : "off")
                    // The library's default is off, PostgreSQL's is on.
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", String.valueOf(ThrowawayPostgres.MAX_CONNECTIONS))
                    .setLocaleConfig("locale", "C")
                    .start());
        } catch (IOException | RuntimeException e) {
            throw new UnavailableException(UnavailableException.firstLine(e), e);
        }
    }

    /** One per user: what root has unpacked, nobody else may write to. */
    private static File workingDirectory() {
        return new File(
                System.getProperty("java.io.tmpdir"), "jooq-outbox-postgres-" + System.getProperty("user.name"));
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
    }

    @Override
    public String user() {
        return SUPERUSER;
    }

    @Override
    public String password() {
        return "";
    }

    @Override
    public String origin() {
        return "embedded binaries";
    }

    /** The library behind it knows no restart, and does not tell where it has put things: the server itself does. */
    @Override
    public void restart() {
        try {
            Path data = Path.of(ask("show data_directory"));
            List<String> command =
                    new ArrayList<>(LinuxUtils.isUnshareAvailable() ? List.of("unshare", "-U") : List.of());
            command.add(Path.of(ask("select setting from pg_config where name = 'BINDIR'"), "pg_ctl")
                    .toString());
            command.addAll(List.of("-D", data.toString(), "-w", "-t", String.valueOf(START_LIMIT.toSeconds())));
            command.addAll(List.of("-l", data.resolve("restarted.log").toString(), "-m", "immediate", "restart"));
            // A file, not a pipe: the server would inherit the pipe and keep it open.
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(data.resolve("restart.out").toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("pg_ctl could not restart PostgreSQL in " + data + ": "
                        + Files.readString(data.resolve("restart.out")));
            }
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("the embedded PostgreSQL could not be restarted", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL was restarting", e);
        }
    }

    private String ask(String question) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        }
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded PostgreSQL could not be stopped", e);
        }
    }
}
