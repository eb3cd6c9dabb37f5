package org.jooqoutbox.codegen;

import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a container, by Testcontainers. */
final class ContainerSource implements PostgresSource {

    private final String image;
    private final String durable;

    ContainerSource(PostgresSettings settings) {
        this.image = settings.image();
        this.durable = settings.durable() ? "on" : "off";
    }

    @Override
    public String name() {
        return "Docker";
    }

    @Override
    @SuppressWarnings("resource") // closed by ContainerServer
    public PostgresServer start() throws UnavailableException {
        DockerProbe.requireImages(image);
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withCommand(
                        "postgres",
                        "-c",
                        "fsync=" + durable,
                        "-c",
                        "full_page_writes=" + durable,
                        "-c",
                        "max_connections=" + ThrowawayPostgres.MAX_CONNECTIONS);
        try {
            container.start();
            return new ContainerServer(container, image);
        } catch (RuntimeException e) {
            container.stop();
            throw new UnavailableException(
                    "the container of image " + image + " did not start: " + UnavailableException.firstLine(e), e);
        }
    }

    private record ContainerServer(PostgreSQLContainer container, String image) implements PostgresServer {

        @Override
        public String jdbcUrl() {
            return "jdbc:postgresql://" + container.getHost() + ":"
                    + container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/" + container.getDatabaseName();
        }

        @Override
        public String user() {
            return container.getUsername();
        }

        @Override
        public String password() {
            return container.getPassword();
        }

        @Override
        public String origin() {
            return "Testcontainers image " + image;
        }

        @Override
        public void close() {
            container.stop();
        }
    }
}
