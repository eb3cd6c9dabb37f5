package org.jooqoutbox.bench.steadystate;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.codegen.ThrowawayPostgres;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;

/** A server that is thrown away, with databases on it that harnesses would make. */
final class RestartableServer implements AutoCloseable {

    private final ThrowawayPostgres postgres = ThrowawayPostgres.start();

    /** Creates an empty database. */
    void createDatabase(String database) {
        dsl("postgres").execute("create database {0}", DSL.name(database));
    }

    /** As a harness writes it. */
    String url(String database) {
        Properties parts = parts();
        return "postgres://" + encode(postgres.user()) + ":" + encode(postgres.password()) + "@"
                + parts.getProperty("PGHOST") + ":" + parts.getProperty("PGPORT") + "/" + database;
    }

    /** Opens a connection for each statement. */
    DSLContext dsl(String database) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(postgres.jdbcUrl());
        dataSource.setDatabaseName(database);
        dataSource.setUser(postgres.user());
        dataSource.setPassword(postgres.password());
        return DSL.using(dataSource, SQLDialect.POSTGRES);
    }

    /** Shuts it down and starts it again; the test is skipped where that cannot be done from here, as in a container. */
    void restart() throws IOException, InterruptedException {
        DSLContext dsl = dsl("postgres");
        Path data = Path.of(dsl.fetchSingle("show data_directory").get(0, String.class));
        assumeThat(data.resolve("postmaster.opts"))
                .as("a server on this machine")
                .isReadable();
        String programs = dsl.fetchSingle("select setting from pg_config where name = 'BINDIR'")
                .get(0, String.class);
        Path output = Files.createTempFile("restart-", ".out");
        output.toFile().deleteOnExit();
        int exitCode = new ProcessBuilder(command(Path.of(programs, "pg_ctl"), data))
                .directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile()) // no pipe: the server would keep it open
                .start()
                .waitFor();
        assumeThat(exitCode).as(() -> read(output)).isZero();
    }

    // The server refuses to be run by root, which starts it as somebody else, or as nobody in particular in a user
    // namespace.
    private static List<String> command(Path program, Path data) throws IOException {
        Object owner = Files.getAttribute(data, "unix:uid");
        List<String> command = new ArrayList<>();
        if (!owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            command.addAll(List.of("setpriv", "--reuid=" + owner, "--regid=" + owner, "--clear-groups"));
        } else if (owner.equals(0)) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program.toString(), "-D", data.toString(), "-w", "-m", "fast"));
        command.addAll(List.of("-l", data.resolve("restarted.log").toString(), "restart"));
        return command;
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Properties parts() {
        return Objects.requireNonNull(Driver.parseURL(postgres.jdbcUrl(), new Properties()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        postgres.close();
    }
}
