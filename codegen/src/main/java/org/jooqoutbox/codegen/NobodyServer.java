package org.jooqoutbox.codegen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded server for root on a Linux that allows no user namespaces: the same binaries, run as nobody. */
final class NobodyServer implements PostgresServer {

    private static final Logger LOG = LoggerFactory.getLogger(NobodyServer.class);
    private static final int NOBODY = 65534;
    private static final String START_LIMIT_SECONDS = "60";

    private final Path home;
    private final int port;

    private NobodyServer(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    static boolean isRoot() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")
                && "root".equals(System.getProperty("user.name"));
    }

    static NobodyServer start(boolean durable) throws UnavailableException {
        try {
            NobodyServer server = new NobodyServer(Files.createTempDirectory("jooq-outbox-postgres-"), freePort());
            try {
                server.initialise();
                server.run(durable);
                return server;
            } catch (IOException | UnavailableException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw new UnavailableException(UnavailableException.firstLine(e), e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void initialise() throws IOException, UnavailableException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        PostgresBinaries.unpack(home);
        Files.setAttribute(Files.createDirectory(data()), "unix:uid", NOBODY);
        asNobody("initdb", "-A", "trust", "-U", EmbeddedServer.SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync");
    }

    private void run(boolean durable) throws IOException, UnavailableException {
        String options = "-p " + port
                + (durable ? "" : " -F -c full_page_writes=off")
                + " -c timezone=UTC -c unix_socket_directories='' -c max_connections="
                + ThrowawayPostgres.MAX_CONNECTIONS;
        asNobody("pg_ctl", "-w", "-t", START_LIMIT_SECONDS, "-l", log(), "-o", options, "start");
    }

    private void asNobody(String program, String... arguments) throws IOException, UnavailableException {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                home.resolve("bin").resolve(program).toString(),
                "-D",
                data().toString()));
        command.addAll(List.of(arguments));
        // A file, not a pipe: the server would inherit the pipe and keep it open.
        Path output = home.resolve(program + ".out");
        Process process = new ProcessBuilder(command)
                .directory(data().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (exitCode(process) != 0) {
            throw new UnavailableException(program + " as nobody failed: "
                    + Files.readString(output)
                            .strip()
                            .lines()
                            .reduce((first, last) -> last)
                            .orElse("no output"));
        }
    }

    private static int exitCode(Process process) throws UnavailableException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while PostgreSQL was starting", e);
        }
    }

    private String log() {
        return data().resolve("server.log").toString();
    }

    private Path data() {
        return home.resolve("data");
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    @Override
    public String user() {
        return EmbeddedServer.SUPERUSER;
    }

    @Override
    public String password() {
        return "";
    }

    @Override
    public String origin() {
        return "embedded binaries run as nobody";
    }

    @Override
    public void restart() {
        try {
            asNobody("pg_ctl", "-w", "-t", START_LIMIT_SECONDS, "-l", log(), "-m", "immediate", "restart");
        } catch (IOException | UnavailableException e) {
            throw new IllegalStateException("the embedded PostgreSQL in " + home + " could not be restarted", e);
        }
    }

    @Override
    public void close() {
        try {
            if (Files.exists(data().resolve("postmaster.pid"))) {
                asNobody("pg_ctl", "-w", "-m", "immediate", "stop");
            }
            delete(home);
        } catch (IOException | UnavailableException e) {
            LOG.warn("The embedded PostgreSQL in {} could not be stopped and removed", home, e);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> innermostFirst;
        try (Stream<Path> files = Files.walk(directory)) {
            innermostFirst = files.sorted((a, b) -> b.compareTo(a)).toList();
        }
        for (Path file : innermostFirst) {
            Files.delete(file);
        }
    }
}
