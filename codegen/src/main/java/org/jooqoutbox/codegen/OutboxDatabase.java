package org.jooqoutbox.codegen;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.meta.TableDefinition;
import org.jooq.meta.postgres.PostgresDatabase;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * What jOOQ's code generator reads the outbox table from: a throw-away PostgreSQL in which the migrations are installed.
 *
 * <p>The server starts with the first query: not at all when {@link OutboxGenerator} has nothing to do.
 */
public final class OutboxDatabase extends PostgresDatabase {

    /** No application has a schema of this name: a statement that was not mapped to a real one fails, and the error names it. */
    public static final String INPUT_SCHEMA = "outbox_unmapped";

    private static final OutboxTable TABLE = OutboxTable.of(INPUT_SCHEMA, "outbox");

    /** Flyway finds no slf4j backend in Maven and writes to the console. Kept in a field, or the level would be lost with the logger. */
    private static final Logger FLYWAY_LOG = Logger.getLogger("org.flywaydb");

    private final LazyConnection lazyConnection = new LazyConnection(this::open);
    private @Nullable ThrowawayPostgres postgres;

    private Connection open() {
        ThrowawayPostgres started = ThrowawayPostgres.start(settings());
        postgres = started;
        FLYWAY_LOG.setLevel(Level.WARNING);
        OutboxSchema.install(started.dataSource(), TABLE);
        try {
            @SuppressWarnings("resource") // closed by lazyConnection
            Connection connection = started.dataSource().getConnection();
            // On the search path, so that PostgreSQL shows default values without the schema.
            connection.setSchema(INPUT_SCHEMA);
            setConnection(connection);
            return connection;
        } catch (SQLException e) {
            throw new DataAccessException("the outbox table was installed, but cannot be read", e);
        }
    }

    /** The generator's configuration says which server. User and password do not belong there: they stand on Maven's command line. */
    private PostgresSettings settings() {
        Properties properties = new Properties(System.getProperties());
        properties.putAll(getProperties());
        return PostgresSettings.from(properties);
    }

    /** Starts the server and installs the table, unless that was done. */
    void connect() {
        lazyConnection.acquire();
    }

    @Override
    protected DSLContext create0() {
        return DSL.using(lazyConnection, SQLDialect.POSTGRES);
    }

    @Override
    protected List<TableDefinition> getTables0() throws SQLException {
        List<TableDefinition> tables = new ArrayList<>();
        for (TableDefinition table : super.getTables0()) {
            tables.add(new TableWithoutIdentity(table));
        }
        return tables;
    }

    @Override
    public void close() {
        lazyConnection.close();
        if (postgres != null) {
            postgres.close();
        }
        super.close();
    }
}
