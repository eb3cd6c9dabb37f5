package org.jooqoutbox.jooq;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooqoutbox.schema.OutboxTable;
import org.jspecify.annotations.Nullable;

/** A connection whose transaction is not the borrower's to end: it does everything but that. */
final class BorrowedConnection implements InvocationHandler {

    private static final String INVALID_TRANSACTION_TERMINATION = "2D000";

    private final Connection connection;
    private final OutboxTable table;

    private BorrowedConnection(Connection connection, OutboxTable table) {
        this.connection = connection;
        this.table = table;
    }

    static Connection of(Connection connection, OutboxTable table) {
        return (Connection) Proxy.newProxyInstance(
                BorrowedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new BorrowedConnection(connection, table));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("equals")) {
            return arguments != null && proxy == arguments[0];
        }
        if (endsTheTransaction(name, arguments)) {
            throw new SQLException(
                    "outbox " + table + ": " + name
                            + "() refused. This connection is in the transaction that removes a message; it is committed"
                            + " when the handler returns, and rolled back when it throws",
                    INVALID_TRANSACTION_TERMINATION);
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Rolling back to a savepoint does not, nor does turning auto-commit off once more. */
    private static boolean endsTheTransaction(String name, Object @Nullable [] arguments) {
        return switch (name) {
            case "commit", "close", "abort" -> true;
            case "rollback" -> arguments == null;
            case "setAutoCommit" -> arguments != null && Boolean.TRUE.equals(arguments[0]);
            default -> false;
        };
    }
}
