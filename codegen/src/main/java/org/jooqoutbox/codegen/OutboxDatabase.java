package org.jooqoutbox.codegen;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.meta.SchemaDefinition;
import org.jooq.meta.postgres.PostgresDatabase;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/**
 * What jOOQ's code generator reads the outbox table from: a throw-away PostgreSQL in which the migrations are installed.
 *
 * <p>The server starts with the first query. There is none when {@link BuildDigest} says that nothing changed since the classes were
 * generated.
 */
public final class OutboxDatabase extends PostgresDatabase {

    /** No application has a schema of this name: a statement that was not mapped to a real one fails, and the error names it. */
    public static final String INPUT_SCHEMA = "outbox_unmapped";

    private static final OutboxTable TABLE = OutboxTable.of(INPUT_SCHEMA, "outbox");

    private final LazyConnection lazyConnection = new LazyConnection(this::open);
    private @Nullable ThrowawayPostgres postgres;

    private Connection open() {
        ThrowawayPostgres started = ThrowawayPostgres.start(settings());
        postgres = started;
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

    @Override
    protected DSLContext create0() {
        return DSL.using(lazyConnection, SQLDialect.POSTGRES);
    }

    /** Answered without asking the server, for the generator wants it before it compares versions. */
    @Override
    protected List<SchemaDefinition> getSchemata0() {
        List<SchemaDefinition> schemata = new ArrayList<>();
        for (String name : getInputSchemata()) {
            schemata.add(new SchemaDefinition(this, name, ""));
        }
        return schemata;
    }

    /**
     * Nothing here is an identity. jOOQ would take {@code seq} for one, because its default comes from a sequence, and read it back after
     * every insert, which a role that may only INSERT cannot do.
     */
    @Override
    protected Condition columnDefaultFromIdentityExpression() {
        return DSL.falseCondition();
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
