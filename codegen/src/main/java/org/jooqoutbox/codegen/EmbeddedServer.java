package org.jooqoutbox.codegen;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

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

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded PostgreSQL could not be stopped", e);
        }
    }
}
