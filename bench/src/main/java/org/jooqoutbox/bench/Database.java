package org.jooqoutbox.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.bench.systems.Connections;
import org.jooqoutbox.codegen.ThrowawayPostgres;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.postgresql.ds.PGSimpleDataSource;

/** An empty database until it is closed. Safe for use by many threads. */
final class Database implements Connections, AutoCloseable {

    private static final String OVERSEER = "bench";

    private final ThrowawayPostgres postgres;
    private final String name;
    private final ServerConnections connections;
    private final HikariDataSource overseers;
    private final DSLContext dsl;

    Database(ThrowawayPostgres postgres, String name) {
        this(postgres, name, "template1");
    }

    /** One that begins as a copy of another, to which nobody is connected. */
    Database(ThrowawayPostgres postgres, String name, String template) {
        this.postgres = postgres;
        this.name = name;
        outside().execute("create database {0} template {1}", DSL.name(name), DSL.name(template));
        this.connections = connections(postgres, name);
        this.overseers = pool(OVERSEER, 2);
        this.dsl = DSL.using(overseers, SQLDialect.POSTGRES);
    }

    private static ServerConnections connections(ThrowawayPostgres postgres, String name) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(postgres.jdbcUrl());
        dataSource.setDatabaseName(name);
        return new ServerConnections(dataSource.getURL(), postgres.user(), postgres.password());
    }

    @Override
    public PGSimpleDataSource dataSource(String application) {
        return connections.dataSource(application);
    }

    @Override
    public HikariDataSource pool(String application, int size) {
        return connections.pool(application, size);
    }

    /** The same, for another process. */
    ServerConnections connections() {
        return connections;
    }

    /** The way to this database for looking only: the same few connections again and again. */
    Connections watching() {
        return new Connections() {
            @Override
            public DataSource dataSource(String application) {
                return overseers;
            }

            @Override
            public HikariDataSource pool(String application, int size) {
                throw new UnsupportedOperationException("for looking only");
            }
        };
    }

    /** For looking, setting up and cleaning up: not for what is measured. */
    DSLContext dsl() {
        return dsl;
    }

    /** Creates schema, outbox, and beside it the business table {@code business (id uuid primary key, note text)}. */
    OutboxTable install(String schema) {
        OutboxTable table = OutboxTable.of(schema.toLowerCase(Locale.ROOT), "outbox");
        install(List.of(table));
        dsl.execute("create table {0} (id uuid primary key, note text)", DSL.name(table.schema(), "business"));
        return table;
    }

    /** Creates these outboxes and their schemas. */
    void install(Collection<OutboxTable> tables) {
        OutboxSchema.InstallReport report = OutboxSchema.installAll(dataSource(OVERSEER), tables);
        if (!report.failed().isEmpty()) {
            throw new BenchException("not installed: " + report);
        }
    }

    /** How many messages are in the outbox, whatever their status. */
    int count(OutboxTable table) {
        return dsl.fetchCount(DSL.table(DSL.name(table.schema(), table.name())));
    }

    /** How many rows of these qualified tables are dead, as far as the server knows: what others did reaches it within seconds. */
    double deadRows(List<String> tables) {
        Object dead = dsl.fetchValue(
                "select sum(n_dead_tup) from pg_stat_user_tables where schemaname || '.' || relname = any({0})",
                DSL.val(tables.toArray(String[]::new)));
        return dead instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Creates the business table that systems write beside messages, in schema {@code public}. */
    void createBusiness() {
        dsl.execute("create table public.business (id uuid primary key, note text)");
    }

    /** Gives each variant the same start: no dead rows, statistics that are right. */
    void vacuum(OutboxTable table) {
        dsl.execute("vacuum (analyze) {0}", DSL.name(table.schema(), table.name()));
    }

    /** Ends all use of it but {@link #close}, so that it can be copied. */
    void disconnect() {
        overseers.close();
    }

    @Override
    public void close() {
        overseers.close();
        outside().execute("drop database if exists {0} with (force)", DSL.name(name));
    }

    private DSLContext outside() {
        return DSL.using(postgres.dataSource(), SQLDialect.POSTGRES);
    }
}
