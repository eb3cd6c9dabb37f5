package org.jooqoutbox.it.wakeup;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * What a pooler in transaction mode does to its clients: each statement is executed on another connection to the server, and what the server
 * says between statements never reaches the client.
 */
final class TransactionModePooler implements AutoCloseable {

    private final DataSource server;
    private final List<Connection> serverConnections = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();

    TransactionModePooler(DataSource server) throws SQLException {
        this.server = server;
        for (int i = 0; i < 2; i++) {
            serverConnections.add(server.getConnection());
        }
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (method, args) -> {
            if (!method.getName().equals("getConnection")) {
                return method.invoke(server, args);
            }
            open.incrementAndGet();
            opened.incrementAndGet();
            return clientConnection(server.getConnection());
        });
    }

    /** How many connections clients have at the moment. */
    int open() {
        return open.get();
    }

    /** How many connections clients have had in all. */
    int opened() {
        return opened.get();
    }

    /** The driver's object on the client's side stays the same. It is never sent anything from itself. */
    private Connection clientConnection(Connection client) {
        return proxy(Connection.class, (method, args) -> switch (method.getName()) {
            case "createStatement", "prepareStatement" -> method.invoke(nextServerConnection(), args);
            case "close" -> {
                open.decrementAndGet();
                yield method.invoke(client, args);
            }
            default -> method.invoke(client, args);
        });
    }

    private Connection nextServerConnection() {
        return serverConnections.get(next.getAndIncrement() % serverConnections.size());
    }

    private interface Call {
        Object on(Method method, Object[] args) throws ReflectiveOperationException, SQLException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            try {
                return call.on(method, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : serverConnections) {
            connection.close();
        }
    }
}
