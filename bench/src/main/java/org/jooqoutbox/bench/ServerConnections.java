package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import org.jooqoutbox.bench.systems.Connections;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to one database, which another process can be told of by its environment.
 *
 * @param url with the name of the database
 */
record ServerConnections(String url, String user, String password) implements Connections {

    private static final String URL = "BENCH_URL";
    private static final String USER = "BENCH_USER";
    private static final String PASSWORD = "BENCH_PASSWORD";

    /** What the process that started this one told it. */
    static ServerConnections fromEnvironment() {
        return new ServerConnections(System.getenv(URL), System.getenv(USER), System.getenv(PASSWORD));
    }

    void putInto(Map<String, String> environment) {
        environment.put(URL, url);
        environment.put(USER, user);
        environment.put(PASSWORD, password);
    }

    @Override
    public PGSimpleDataSource dataSource(String application) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(url);
        dataSource.setUser(user);
        dataSource.setPassword(password);
        dataSource.setApplicationName(application);
        return dataSource;
    }

    @Override
    public HikariDataSource pool(String application, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource(application));
        config.setMaximumPoolSize(size);
        config.setPoolName(application);
        return new HikariDataSource(config);
    }
}
