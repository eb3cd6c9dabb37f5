package org.jooqoutbox.codegen;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** Opens a connection when it is first asked for, and keeps it until it is closed. For one thread. */
final class LazyConnection implements ConnectionProvider, AutoCloseable {

    private final Supplier<Connection> open;
    private @Nullable Connection connection;

    LazyConnection(Supplier<Connection> open) {
        this.open = open;
    }

    @Override
    public Connection acquire() {
        Connection current = connection;
        if (current == null) {
            current = open.get();
            connection = current;
        }
        return current;
    }

    @Override
    public void release(Connection released) {
        // Kept for the next query.
    }

    @Override
    public void close() {
        Connection current = connection;
        if (current == null) {
            return;
        }
        connection = null;
        try {
            current.close();
        } catch (SQLException e) {
            throw new DataAccessException("the connection could not be closed", e);
        }
    }
}
