package org.jooqoutbox.jooq;

import java.lang.reflect.Method;
import javax.sql.DataSource;
import org.jooqoutbox.OutboxException;
import org.jspecify.annotations.Nullable;

/**
 * Looks through Spring's {@code TransactionAwareDataSourceProxy} without depending on Spring: it is what Spring Boot gives to jOOQ.
 */
final class SpringTransactions {

    private static final String PROXY = "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy";
    private static final String MANAGER = "org.springframework.transaction.support.TransactionSynchronizationManager";

    private SpringTransactions() {}

    /** Whether this is Spring's proxy, or a subclass of it. */
    static boolean isTransactionAware(DataSource dataSource) {
        return proxyClass(dataSource) != null;
    }

    /** Whether the calling thread has a transaction open in which connections of this proxy take part. */
    static boolean isTransactionActive(DataSource proxy) {
        Class<?> type = proxyClass(proxy);
        if (type == null) {
            return false;
        }
        try {
            Object target = type.getMethod("getTargetDataSource").invoke(proxy);
            Class<?> manager = Class.forName(MANAGER, false, type.getClassLoader());
            Method active = manager.getMethod("isActualTransactionActive");
            Method bound = manager.getMethod("hasResource", Object.class);
            return Boolean.TRUE.equals(active.invoke(null)) && Boolean.TRUE.equals(bound.invoke(null, target));
        } catch (ReflectiveOperationException e) {
            throw new OutboxException(
                    "Spring's transaction state could not be read from " + type.getName()
                            + "; give the repository a TransactionCheck",
                    e);
        }
    }

    private static @Nullable Class<?> proxyClass(DataSource dataSource) {
        for (Class<?> type = dataSource.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(PROXY)) {
                return type;
            }
        }
        return null;
    }
}
