package org.jooqoutbox.it.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.dispatch.Worker;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.jooq.JooqOutboxes;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** F65, T20: a tenant that is gone, locked, without rights or of another shape is reported and tried again, and the others do not notice. */
@Timeout(180)
class BrokenTenantTest {

    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private final Told told = new Told();
    private final HikariDataSource pool = Pools.pool(true, 6);
    private Tenants tenants;
    private JooqOutboxes outboxes;
    private Worker worker;

    @BeforeEach
    void start() throws SQLException {
        tenants = Tenants.plain(12);
        outboxes = JooqOutboxes.ofSchemas(pool, tenants.like());
        worker = Worker.builder(outboxes)
                .handle(KIND, (payload, message) -> {})
                .longestPoll(Duration.ofMillis(200))
                .sweepEvery(Duration.ofMillis(400))
                .refreshEvery(Duration.ofMillis(100))
                .listener(told)
                .build();
    }

    @AfterEach
    void stop() {
        worker.stop();
        pool.close();
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void send(OutboxTable table) {
        JooqOutboxRepository.of(Postgres.dataSource(), table).enqueueInOwnTransaction(List.of(KIND.draft("1")));
    }

    private void assertOthersAreDelivered(OutboxTable broken) {
        for (OutboxTable table : tenants.tables()) {
            if (!table.equals(broken)) {
                int before = told.delivered(table);
                send(table);
                told.await("delivery for " + table, () -> told.delivered(table) == before + 1);
                assertThat(told.failures(table)).isEmpty();
            }
        }
    }

    @Test
    void tenant_ofAnOlderShape_isReportedAndDeliveredOnceItFits() throws Exception {
        OutboxTable table = tenants.table(3);
        run("alter table " + table.quoted() + " rename column unsettled to unsettled_later");
        worker.start();
        send(table);
        told.await("report", () -> !told.failures(table).isEmpty());
        assertThat(told.failures(table).get(0))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining(table.toString())
                .hasMessageContaining("unsettled");
        assertOthersAreDelivered(table);
        run("alter table " + table.quoted() + " rename column unsettled_later to unsettled");
        told.await("delivery", () -> told.delivered(table) == 1);
    }

    @Test
    void tenant_lockedByAMigration_holdsUpNobodyAndIsDeliveredAfterIt() throws Exception {
        OutboxTable table = tenants.table(0);
        worker.start();
        send(table);
        told.await("first delivery", () -> told.delivered(table) == 1);
        try (Connection migration = Postgres.dataSource().getConnection();
                Statement statement = migration.createStatement()) {
            send(table);
            told.await("second delivery", () -> told.delivered(table) == 2);
            migration.setAutoCommit(false);
            statement.execute("lock table " + table.quoted() + " in access exclusive mode");
            told.await("report", () -> !told.failures(table).isEmpty());
            assertOthersAreDelivered(table);
            migration.rollback();
        }
        send(table);
        told.await("delivery after it", () -> told.delivered(table) == 3);
    }

    @Test
    void tenant_dropped_isGoneAndComesBackWhenItIsMadeAgain() throws Exception {
        OutboxTable table = tenants.table(5);
        worker.start();
        send(table);
        told.await("delivery", () -> told.delivered(table) == 1);
        run("drop schema " + Tenants.quoted(table.schema()) + " cascade");
        told.await("removal", () -> told.wasRemoved(table));
        assertOthersAreDelivered(table);
        OutboxSchema.install(Postgres.dataSource(), table);
        send(table);
        told.await("delivery to the new one", () -> told.delivered(table) == 2);
    }

    @Test
    void tenant_addedAtRunTime_isServed() throws Exception {
        worker.start();
        OutboxTable fresh = OutboxTable.of(tenants.table(0).schema() + "_fresh", "outbox");
        OutboxSchema.install(Postgres.dataSource(), fresh);
        send(fresh);
        told.await("delivery", () -> told.delivered(fresh) == 1);
        assertThat(told.wasAdded(fresh)).isTrue();
    }

    @Test
    void tenant_withoutRights_isReportedAndDeliveredOnceGranted() throws Exception {
        OutboxTable table = tenants.table(7);
        String role = tenants.role(0);
        for (OutboxTable each : tenants.tables()) {
            run("grant usage on schema " + Tenants.quoted(each.schema()) + " to " + Tenants.quoted(role));
            run("grant select, insert, update, delete on " + each.quoted() + " to " + Tenants.quoted(role));
        }
        run("revoke update on " + table.quoted() + " from " + Tenants.quoted(role));
        JooqOutboxes limited = JooqOutboxes.ofSchemas(new RoleDataSource(pool, role), tenants.like());
        worker = Worker.builder(limited)
                .handle(KIND, (payload, message) -> {})
                .longestPoll(Duration.ofMillis(200))
                .sweepEvery(Duration.ofMillis(400))
                .listener(told)
                .build();
        worker.start();
        send(table);
        told.await("report", () -> !told.failures(table).isEmpty());
        assertThat(told.failures(table).get(0)).hasMessageContaining("UPDATE");
        assertOthersAreDelivered(table);
        run("grant update on " + table.quoted() + " to " + Tenants.quoted(role));
        told.await("delivery", () -> told.delivered(table) == 1);
    }
}
