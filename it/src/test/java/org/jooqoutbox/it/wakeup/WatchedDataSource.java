package org.jooqoutbox.it.wakeup;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A DataSource whose first connections are refused, and which counts those that are asked for. */
final class WatchedDataSource {

    private final DataSource target;
    private final int refusals;
    private final AtomicInteger asked = new AtomicInteger();

    WatchedDataSource(DataSource target, int refusals) {
        this.target = target;
        this.refusals = refusals;
    }

    /** How many connections were asked for, the refused ones included. */
    int asked() {
        return asked.get();
    }

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getConnection") && asked.incrementAndGet() <= refusals) {
                        throw new SQLException("Connection refused", "08001", new ConnectException("refused"));
                    }
                    try {
                        return method.invoke(target, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
