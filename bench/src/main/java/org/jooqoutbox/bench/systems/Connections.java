package org.jooqoutbox.bench.systems;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** Ways to one database. Safe for use by many threads. */
public interface Connections {

    /**
     * A new connection each time, with the driver's defaults.
     *
     * @param application what the server calls them
     */
    DataSource dataSource(String application);

    /** A pool as applications have one. The caller closes it. */
    HikariDataSource pool(String application, int size);
}
