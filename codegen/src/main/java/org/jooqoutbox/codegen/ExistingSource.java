package org.jooqoutbox.codegen;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.UUID;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database of its own on a server that somebody else runs. */
final class ExistingSource implements PostgresSource {

    private static final Logger LOG = LoggerFactory.getLogger(ExistingSource.class);

    private final PostgresSettings settings;

    ExistingSource(PostgresSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "the server at " + withoutParameters(Objects.requireNonNull(settings.jdbcUrl()));
    }

    @Override
    public PostgresServer start() throws UnavailableException {
        String database = "outbox_throwaway_" + UUID.randomUUID().toString().replace("-", "");
        try {
            execute("create database " + database);
            PGSimpleDataSource created = dataSource();
            created.setDatabaseName(database);
            return new ExistingServer(created, name());
        } catch (SQLException | RuntimeException e) {
            throw new UnavailableException(UnavailableException.firstLine(e), e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private PGSimpleDataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Objects.requireNonNull(settings.jdbcUrl()));
        if (settings.user() != null) {
            dataSource.setUser(settings.user());
        }
        if (settings.password() != null) {
            dataSource.setPassword(settings.password());
        }
        return dataSource;
    }

    /** The parameters may hold a password. */
    private static String withoutParameters(String jdbcUrl) {
        int parameters = jdbcUrl.indexOf('?');
        return parameters < 0 ? jdbcUrl : jdbcUrl.substring(0, parameters);
    }

    private final class ExistingServer implements PostgresServer {

        private final PGSimpleDataSource database;
        private final String server;

        ExistingServer(PGSimpleDataSource database, String server) {
            this.database = database;
            this.server = server;
        }

        @Override
        public String jdbcUrl() {
            return database.getURL();
        }

        @Override
        public String user() {
            return Objects.requireNonNullElse(database.getUser(), System.getProperty("user.name"));
        }

        @Override
        public String password() {
            return Objects.requireNonNullElse(database.getPassword(), "");
        }

        @Override
        public String origin() {
            return "database " + database.getDatabaseName() + " on " + server;
        }

        @Override
        public void close() {
            try {
                execute("drop database if exists " + database.getDatabaseName() + " with (force)");
            } catch (SQLException e) {
                LOG.warn("Database {} on {} could not be dropped", database.getDatabaseName(), server, e);
            }
        }
    }
}
