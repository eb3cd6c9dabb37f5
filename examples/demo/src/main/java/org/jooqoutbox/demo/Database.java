package org.jooqoutbox.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** How to reach the demo's PostgreSQL. */
record Database(String url, String user, String password) {

    /** A pool as applications have one. The caller closes it. */
    HikariDataSource pool(int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url;
    }
}
