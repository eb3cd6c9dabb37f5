package org.jooqoutbox.it.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a process that ends just before or just after one of its calls to the server. What ends is either this process, or only
 * what it has with the server: then every connection breaks in that moment, and there is no other one, ever.
 */
final class DoomedDataSource {

    enum Moment {
        BEFORE,
        AFTER
    }

    /**
     * When the end comes.
     *
     * @param call the first one is 1
     */
    record Doom(int call, Moment moment) {

        static final Doom NEVER = new Doom(Integer.MAX_VALUE, Moment.BEFORE);
    }

    private static final Set<String> CALLS_OF_CONNECTION =
            Set.of("commit", "rollback", "setAutoCommit", "setSavepoint", "releaseSavepoint", "close", "abort");

    private final Doom doom;
    private final Runnable end;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Connection> connections = Collections.synchronizedList(new ArrayList<>());
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    private DoomedDataSource(Doom doom, @Nullable Runnable end) {
        this.doom = doom;
        this.end = end == null ? this::breakConnections : end;
    }

    /** Of this process, which is halted with this exit code. */
    static DoomedDataSource halting(Doom doom, int exitCode) {
        return new DoomedDataSource(doom, () -> Runtime.getRuntime().halt(exitCode));
    }

    /** Of something in this process that is to be cut off from the server as if its process had ended. */
    static DoomedDataSource breaking(Doom doom) {
        return new DoomedDataSource(doom, null);
    }

    DataSource on(DataSource real) {
        return proxy(DataSource.class, real);
    }

    /** Whether the end came. */
    boolean isOver() {
        return over.get();
    }

    /** The calls that reached the server so far, the fatal one included. */
    List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    private void breakConnections() {
        over.set(true);
        synchronized (connections) {
            connections.forEach(DoomedDataSource::breakOff);
        }
    }

    private static void breakOff(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("a connection could not be broken off", e);
        }
    }

    private <T> T proxy(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                DoomedDataSource.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> reachesTheServer(real, method)
                        ? counted(real, method, arguments)
                        : call(real, method, arguments)));
    }

    private static boolean reachesTheServer(Object real, Method method) {
        String name = method.getName();
        if (real instanceof Statement) {
            return name.startsWith("execute");
        }
        return real instanceof Connection ? CALLS_OF_CONNECTION.contains(name) : name.equals("getConnection");
    }

    private @Nullable Object counted(Object real, Method method, Object @Nullable [] arguments) throws Throwable {
        requireAlive();
        int number = count(method.getName());
        endIf(new Doom(number, Moment.BEFORE));
        try {
            return call(real, method, arguments);
        } finally {
            endIf(new Doom(number, Moment.AFTER));
        }
    }

    private int count(String call) {
        synchronized (calls) {
            calls.add(call);
            return calls.size();
        }
    }

    private void endIf(Doom now) throws SQLException {
        if (now.equals(doom)) {
            end.run();
        }
        requireAlive();
    }

    private void requireAlive() throws SQLException {
        if (isOver()) {
            throw new SQLException("this process has ended", "08006");
        }
    }

    private @Nullable Object call(Object real, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return wrapped(method.invoke(real, arguments), method);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    // What is unwrapped is the driver's own: the library looks at the state of its transaction.
    private @Nullable Object wrapped(@Nullable Object answer, Method method) {
        if (answer instanceof Connection connection && method.getName().equals("getConnection")) {
            connections.add(connection);
            if (isOver()) {
                breakOff(connection);
            }
            return proxy(Connection.class, connection);
        }
        if (answer instanceof PreparedStatement && method.getName().equals("prepareStatement")) {
            return proxy(PreparedStatement.class, answer);
        }
        return answer instanceof Statement && method.getName().equals("createStatement")
                ? proxy(Statement.class, answer)
                : answer;
    }
}
