package org.jooqoutbox.jooq;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A {@code DataSource} as a key: equal only for the same object, whatever wrappers think of their own equality. */
final class DataSourceKey {

    private final DataSource dataSource;

    DataSourceKey(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    DataSource dataSource() {
        return dataSource;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataSourceKey key && key.dataSource == dataSource;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(dataSource);
    }
}
