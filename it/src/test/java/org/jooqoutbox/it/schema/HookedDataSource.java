package org.jooqoutbox.it.schema;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Real connections to the test server that announce each statement without parameters, and each commit, before it is sent. */
final class HookedDataSource {

    private final Hook hook;

    private HookedDataSource(Hook hook) {
        this.hook = hook;
    }

    /** What happens before a statement; an exception stands in for its result. */
    interface Hook {
        void before(Connection connection, String statement) throws SQLException;
    }

    static DataSource of(Hook hook) {
        return new HookedDataSource(hook).dataSource(Database.dataSource());
    }

    private DataSource dataSource(DataSource real) {
        return proxy(
                DataSource.class,
                (method, arguments) -> method.getName().equals("getConnection")
                        ? connection(real.getConnection())
                        : call(method, real, arguments));
    }

    private Connection connection(Connection real) {
        return proxy(Connection.class, (method, arguments) -> {
            if (method.getName().equals("createStatement")) {
                return statement(real, real.createStatement());
            }
            if (method.getName().equals("commit")) {
                hook.before(real, "commit");
            }
            return call(method, real, arguments);
        });
    }

    private Statement statement(Connection connection, Statement real) {
        return proxy(Statement.class, (method, arguments) -> {
            if (method.getName().startsWith("execute") && arguments != null && arguments[0] instanceof String sql) {
                hook.before(connection, sql);
            }
            return call(method, real, arguments);
        });
    }

    private interface Calls {
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                HookedDataSource.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> calls.call(method, arguments)));
    }

    private static Object call(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
