package org.jooqoutbox.it.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.Test;

/**
 * What many tenants cost in one call, compared with one call for each. Not part of a build, see {@code docs/installing-tenants.md} for the command.
 *
 * <p>Both ways take turns, so that whatever else the machine does falls on both.
 */
class InstallManyMeasurement {

    private static final int ROUNDS = 10;

    /** Of each round: one call for each of these takes about as long as one call for all of them. */
    private static final int SHARE = 10;

    private final int tenants = Integer.getInteger("outbox.install.tenants", 1_000);
    private final int share = tenants / ROUNDS / SHARE;

    @Test
    void measure() throws SQLException {
        installEach(names(20));
        installAll(names(20));
        double[] alone = new double[3];
        double[] shared = new double[3];
        for (int round = 0; round < ROUNDS; round++) {
            List<OutboxTable> few = names(share);
            List<OutboxTable> many = names(share * SHARE);
            alone[0] += installEach(few) / share;
            shared[0] += installAll(many) / share / SHARE;
            alone[1] += installEach(few) / share;
            shared[1] += installAll(many) / share / SHARE;
            alone[2] += installEach(goTables(share)) / share;
            shared[2] += installAll(goTables(share)) / share;
        }
        print("new table", alone[0] / ROUNDS, shared[0] / ROUNDS);
        print("unchanged table", alone[1] / ROUNDS, shared[1] / ROUNDS);
        print("adopted table", alone[2] / ROUNDS, shared[2] / ROUNDS);
        search();
    }

    private void print(String what, double alone, double shared) {
        System.out.printf(
                "%s: install %.1f ms, installAll %.1f ms (%.1f times less); %,d of them in one call %.1f s%n",
                what, alone, shared, alone / shared, tenants, shared * tenants / 1_000);
    }

    private void search() throws SQLException {
        try (Connection connection = Database.connect()) {
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                int found =
                        OutboxSchema.tables(connection, "schema\\_%", "outbox").size();
                System.out.printf("tables: %d found in %.1f ms%n", found, since(start));
            }
        }
    }

    private static double installEach(List<OutboxTable> tables) {
        long start = System.nanoTime();
        tables.forEach(table -> OutboxSchema.install(Database.dataSource(), table));
        return since(start);
    }

    private static double installAll(List<OutboxTable> tables) {
        long start = System.nanoTime();
        assertThat(OutboxSchema.installAll(Database.dataSource(), tables).failed())
                .isEmpty();
        return since(start);
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static List<OutboxTable> names(int count) {
        List<OutboxTable> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(Database.newName());
        }
        return names;
    }

    private static List<OutboxTable> goTables(int count) throws SQLException {
        List<OutboxTable> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tables.add(GoTable.create(100));
        }
        return tables;
    }
}
