package org.jooqoutbox.codegen;

import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Which throw-away PostgreSQL to use. Immutable.
 *
 * @param kind what kind of server
 * @param image the container image, looked at by {@link Kind#AUTO} and {@link Kind#TESTCONTAINERS}
 * @param jdbcUrl the server to use, only with {@link Kind#JDBC}
 * @param user logs in there; null: as the JDBC URL says
 * @param password of that user; null: as the JDBC URL says
 * @param durable whether commits wait for the disk, as they do in production; no matter to {@link Kind#JDBC}
 */
public record PostgresSettings(
        Kind kind,
        String image,
        @Nullable String jdbcUrl,
        @Nullable String user,
        @Nullable String password,
        boolean durable) {

    /** The name of the setting that chooses the server. */
    public static final String POSTGRES = "outbox.postgres";

    /** The name of the setting that chooses the container image. */
    public static final String IMAGE = "outbox.postgres.image";

    /** The name of the setting for the user at a JDBC URL. */
    public static final String USER = "outbox.postgres.user";

    /** The name of the setting for that user's password. */
    public static final String PASSWORD = "outbox.postgres.password";

    /** The name of the setting that makes commits wait for the disk: {@code true} or, by default, {@code false}. */
    public static final String DURABLE = "outbox.postgres.durable";

    private static final String DEFAULT_IMAGE = "postgres:17-alpine";
    private static final String JDBC_PREFIX = "jdbc:postgresql:";

    /** The kinds of throw-away servers. */
    public enum Kind {
        /** {@link #TESTCONTAINERS} where Docker answers and has or gets the images, else {@link #EMBEDDED}. */
        AUTO,
        /** A container. */
        TESTCONTAINERS,
        /** PostgreSQL's binaries from Maven Central, run by this process. */
        EMBEDDED,
        /** A database of its own on a server that is already there. */
        JDBC
    }

    /** What the system properties of this process say. */
    public static PostgresSettings fromSystemProperties() {
        return from(System.getProperties());
    }

    /**
     * What these properties say. What is missing or blank has its default.
     *
     * @throws IllegalArgumentException if {@value #POSTGRES} is none of {@code auto}, {@code testcontainers}, {@code embedded} and a JDBC URL
     */
    public static PostgresSettings from(Properties properties) {
        String postgres = value(properties, POSTGRES, "auto");
        Kind kind = kind(postgres);
        return new PostgresSettings(
                kind,
                value(properties, IMAGE, DEFAULT_IMAGE),
                kind == Kind.JDBC ? postgres : null,
                optional(properties, USER),
                optional(properties, PASSWORD),
                Boolean.parseBoolean(value(properties, DURABLE, "false")));
    }

    private static Kind kind(String postgres) {
        if (postgres.startsWith(JDBC_PREFIX)) {
            return Kind.JDBC;
        }
        return switch (postgres.toLowerCase(Locale.ROOT)) {
            case "auto" -> Kind.AUTO;
            case "testcontainers" -> Kind.TESTCONTAINERS;
            case "embedded" -> Kind.EMBEDDED;
            default ->
                throw new IllegalArgumentException(POSTGRES + " is \"" + postgres
                        + "\", but must be auto, testcontainers, embedded or a JDBC URL (" + JDBC_PREFIX + "//…)");
        };
    }

    private static @Nullable String optional(Properties properties, String name) {
        String value = properties.getProperty(name, "");
        return value.isEmpty() ? null : value;
    }

    private static String value(Properties properties, String name, String defaultValue) {
        String value = properties.getProperty(name, "");
        return value.isBlank() ? defaultValue : value.strip();
    }

    /** Neither password nor JDBC URL, which may hold one. */
    @Override
    public String toString() {
        return POSTGRES + " " + kind.name().toLowerCase(Locale.ROOT) + ", image " + image;
    }
}
