package org.jooqoutbox.it.tenants;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;

/** Tenants with a schema and an outbox each, and a role each that may use these and nothing else. */
final class Tenants {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String[] PIECES = {
        "\"", "\"\"", ".", "'", "''", " ", "%", "_", "\\", "$1", "${x}", "{0}", "?", ":a", "--", ";", "ß", "語", "😀",
        "É", "select"
    };

    private final String prefix = "tenants" + COUNT.incrementAndGet() + "_" + Long.toString(System.nanoTime(), 36);
    private final List<OutboxTable> tables = new ArrayList<>();

    /** Tenants with ordinary names: {@link #like} finds them. */
    static Tenants plain(int count) throws SQLException {
        Tenants tenants = new Tenants();
        for (int i = 0; i < count; i++) {
            tenants.tables.add(OutboxTable.of(tenants.prefix + "_" + i, "outbox"));
        }
        tenants.create();
        return tenants;
    }

    /** Tenants whose names are as bad as they may be. */
    static Tenants hostile(int count, long seed) throws SQLException {
        Tenants tenants = new Tenants();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            String schema = hostile(random, Integer.toString(i, 36) + tenants.prefix);
            tenants.tables.add(OutboxTable.of(schema, random.nextBoolean() ? "outbox" : hostile(random, "t")));
        }
        tenants.create();
        return tenants;
    }

    private static String hostile(SplittableRandom random, String core) {
        StringBuilder name = new StringBuilder(core);
        for (int i = random.nextInt(6); i >= 0; i--) {
            name.insert(random.nextBoolean() ? 0 : name.length(), PIECES[random.nextInt(PIECES.length)]);
        }
        return name.toString();
    }

    List<OutboxTable> tables() {
        return tables;
    }

    OutboxTable table(int tenant) {
        return tables.get(tenant);
    }

    /** For LIKE: the schemas of these tenants. */
    String like() {
        return prefix.replace("_", "\\_") + "\\_%";
    }

    /** The role that may use what is this tenant's. */
    String role(int tenant) {
        return prefix + "_role_" + tenant;
    }

    private void create() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (int i = 0; i < tables.size(); i++) {
                create(statement, i);
            }
        }
    }

    private void create(Statement statement, int tenant) throws SQLException {
        OutboxTable table = tables.get(tenant);
        String schema = quoted(table.schema());
        String role = quoted(role(tenant));
        statement.execute("create schema " + schema);
        statement.execute(OutboxSchema.ddl(table));
        statement.execute("create table " + schema + ".\"business rows\" (note text)");
        statement.execute("create role " + role);
        statement.execute("grant usage on schema " + schema + " to " + role);
        statement.execute("grant select, insert, update, delete on all tables in schema " + schema + " to " + role);
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
