package org.jooqoutbox.it.crash;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Map;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.OutboxTable;
import org.postgresql.ds.PGSimpleDataSource;

/** Where the outbox of a test is, in a form that can be handed to another process. */
record Place(String url, String user, String password, String schema) {

    static Place of(OutboxTable table) {
        return new Place(Postgres.jdbcUrl(), Postgres.user(), Postgres.password(), table.schema());
    }

    /** The one that the process was started with. */
    static Place ofThisProcess() {
        return new Place(
                System.getProperty("test.url"),
                System.getProperty("test.user"),
                System.getenv(ForkedJvm.PASSWORD),
                System.getProperty("test.schema"));
    }

    /** System properties for a process of this name. */
    Map<String, String> properties(String name) {
        return Map.of("test.url", url, "test.user", user, "test.schema", schema, "test.name", name);
    }

    OutboxTable table() {
        return OutboxTable.of(schema, "outbox");
    }

    /** A new connection each time; what is written over it is written by this name. */
    PGSimpleDataSource dataSource(String writer) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(url);
        dataSource.setUser(user);
        dataSource.setPassword(password);
        dataSource.setCurrentSchema(schema);
        dataSource.setApplicationName(writer);
        return dataSource;
    }

    /** Connections that are kept; what is written over them is written by this name. */
    HikariDataSource pool(String writer, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource(writer));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setIdleTimeout(Duration.ofSeconds(10).toMillis()); // the shortest there is
        return new HikariDataSource(config);
    }
}
