package org.jooqoutbox.it.support;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** Connection pools as applications have them. The caller closes them. */
public final class Pools {

    private Pools() {}

    /** A pool whose connections have auto-commit on, or off as many applications set it. */
    public static HikariDataSource pool(boolean autoCommit, int size) {
        HikariConfig config = config(size);
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }

    /** A pool on a database whose default isolation level is this one. */
    public static HikariDataSource pool(String isolation, int size) {
        return pool(isolation, true, size);
    }

    /** A pool on a database whose default isolation level is this one, and whose connections have auto-commit on or off. */
    public static HikariDataSource pool(String isolation, boolean autoCommit, int size) {
        HikariConfig config = config(size);
        config.setAutoCommit(autoCommit);
        config.addDataSourceProperty("options", "-c default_transaction_isolation=" + isolation.replace(" ", "\\ "));
        return new HikariDataSource(config);
    }

    /** A pool whose driver prepares nothing on the server, as some poolers need it. */
    public static HikariDataSource preparingNothing(int size) {
        HikariConfig config = config(size);
        config.addDataSourceProperty("prepareThreshold", "0");
        return new HikariDataSource(config);
    }

    /** A pool that reaches the server by a port of this machine, in the clear. */
    static HikariDataSource through(int port, int size) {
        HikariConfig config = config(size);
        config.setJdbcUrl(Postgres.jdbcUrl().replaceFirst("//[^/]+/", "//127.0.0.1:" + port + "/"));
        config.addDataSourceProperty("sslmode", "disable");
        return new HikariDataSource(config);
    }

    private static HikariConfig config(int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(Postgres.jdbcUrl());
        config.setUsername(Postgres.user());
        config.setPassword(Postgres.password());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        return config;
    }
}
