package org.jooqoutbox.it.delivery;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Real connections on which something else happens in place of a call without arguments. */
final class InterceptedDataSource {

    private InterceptedDataSource() {}

    /** What happens in place of the call; it gets the real connection. */
    interface Instead {
        void happens(Connection real) throws SQLException;
    }

    /** What the connections of this {@code DataSource} do instead of the method of this name. */
    static DataSource of(DataSource dataSource, String method, Instead instead) {
        return proxy(
                DataSource.class,
                (called, arguments) -> called.getName().equals("getConnection")
                        ? connection(dataSource.getConnection(), method, instead)
                        : call(called, dataSource, arguments));
    }

    /** What happens before a connection is handed out. */
    interface Before {
        void happens() throws SQLException;
    }

    static DataSource before(DataSource dataSource, Before before) {
        return proxy(DataSource.class, (called, arguments) -> {
            before.happens();
            return call(called, dataSource, arguments);
        });
    }

    private static Connection connection(Connection real, String method, Instead instead) {
        return proxy(Connection.class, (called, arguments) -> {
            if (called.getName().equals(method) && arguments == null) {
                instead.happens(real);
                return null;
            }
            return call(called, real, arguments);
        });
    }

    private interface Calls {
        @Nullable
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                InterceptedDataSource.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> calls.call(method, arguments)));
    }

    private static @Nullable Object call(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
