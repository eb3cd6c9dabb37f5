package org.jooqoutbox.bench.systems;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.codegen.ThrowawayPostgres;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of its own, with the table that applications write to. */
final class TestDatabase implements Connections, AutoCloseable {

    private final ThrowawayPostgres postgres;
    private final String name = "bench_" + UUID.randomUUID();

    TestDatabase(ThrowawayPostgres postgres) {
        this.postgres = postgres;
        outside().execute("create database {0}", DSL.name(name));
        dsl().execute("create table public.business (id uuid primary key, note text)");
    }

    @Override
    public DataSource dataSource(String application) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(postgres.jdbcUrl());
        dataSource.setDatabaseName(name);
        dataSource.setUser(postgres.user());
        dataSource.setPassword(postgres.password());
        dataSource.setApplicationName(application);
        return dataSource;
    }

    @Override
    public HikariDataSource pool(String application, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource(application));
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    DSLContext dsl() {
        return DSL.using(dataSource("test"), SQLDialect.POSTGRES);
    }

    int count(String table) {
        return dsl().fetchCount(DSL.table(table));
    }

    @Override
    public void close() {
        outside().execute("drop database {0} with (force)", DSL.name(name));
    }

    private DSLContext outside() {
        return DSL.using(postgres.dataSource(), SQLDialect.POSTGRES);
    }
}
