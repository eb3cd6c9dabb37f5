package org.jooqoutbox.it.lifecycle;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A database that refuses its first connections, as one that is just being started does. */
final class FaultyDataSource {

    private FaultyDataSource() {}

    static DataSource refusing(AtomicInteger times, DataSource dataSource) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (p, method, args) -> {
                    if (method.getName().equals("getConnection") && times.getAndDecrement() > 0) {
                        throw new SQLException("Connection refused", "08001", new ConnectException("refused"));
                    }
                    try {
                        return method.invoke(dataSource, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
