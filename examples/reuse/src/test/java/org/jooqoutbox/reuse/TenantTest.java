package org.jooqoutbox.reuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.jooq.impl.DSL.name;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.codegen.ThrowawayPostgres;
import org.jooqoutbox.reuse.Tenant.Backlog;
import org.jooqoutbox.reuse.Tenant.Trouble;
import org.jooqoutbox.schema.OutboxSchema;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TenantTest {

    private static final UUID ADA = UUID.randomUUID();
    private static final UUID GRACE = UUID.randomUUID();
    private static final OffsetDateTime NOON = OffsetDateTime.parse("2026-01-02T12:00:00Z");

    private static final ThrowawayPostgres POSTGRES = ThrowawayPostgres.start();
    private static final DSLContext DSL_CONTEXT = DSL.using(POSTGRES.dataSource(), SQLDialect.POSTGRES);

    @BeforeAll
    static void makeTenants() {
        makeTenant("workspace", ADA, "Ada");
        insert("workspace", "note.shared", ADA, NOON, 0, "");
        insert("workspace", "note.shared", ADA, NOON.minusMinutes(5), 3, "no route to host");
        insert("workspace", "note.deleted", ADA, NOON.plusMinutes(1), 0, "");
        insert("workspace", "note.deleted", UUID.randomUUID(), NOON, 1, "of a customer who is gone");
        makeTenant("Accounting \"1\"", GRACE, "Grace");
        insert("Accounting \"1\"", "invoice.issued", GRACE, NOON, 7, "account closed");
    }

    private static void makeTenant(String schema, UUID customer, String fullName) {
        OutboxSchema.install(POSTGRES.dataSource(), OutboxTable.of(schema, "outbox"));
        DSL_CONTEXT.execute(
                "create table {0} (id uuid primary key, full_name text not null)", name(schema, "customer"));
        DSL_CONTEXT.execute(
                "insert into {0} values ({1}, {2})", name(schema, "customer"), DSL.val(customer), DSL.val(fullName));
    }

    private static void insert(
            String schema, String kind, UUID customer, OffsetDateTime dueAt, int attempts, String lastError) {
        DSL_CONTEXT.execute(
                "insert into {0} (kind, payload, retry_at, attempts, last_error)"
                        + " values ({1}, jsonb_build_object('customer', {2}), {3}, {4}, {5})",
                name(schema, "outbox"),
                DSL.val(kind),
                DSL.val(customer),
                DSL.val(dueAt),
                DSL.val(attempts),
                DSL.val(lastError));
    }

    @AfterAll
    static void stop() {
        POSTGRES.close();
    }

    private static Tenant tenant(String schema) {
        return new Tenant(DSL_CONTEXT, schema, "outbox");
    }

    @Test
    void backlog_twoTenants_eachHasItsOwn() {
        assertThat(tenant("workspace").backlog())
                .extracting(Backlog::kind, Backlog::waiting, b -> b.oldestDue().toInstant())
                .containsExactly(
                        tuple("note.deleted", 2, NOON.toInstant()),
                        tuple("note.shared", 2, NOON.minusMinutes(5).toInstant()));
        assertThat(tenant("Accounting \"1\"").backlog())
                .extracting(Backlog::kind, Backlog::waiting)
                .containsExactly(tuple("invoice.issued", 1));
    }

    @Test
    void troubles_customerInPayload_isJoinedWithTheTenantsOwnTable() {
        assertThat(tenant("workspace").troubles())
                .containsExactly(new Trouble("Ada", "note.shared", 3, "no route to host"));
        assertThat(tenant("Accounting \"1\"").troubles())
                .containsExactly(new Trouble("Grace", "invoice.issued", 7, "account closed"));
    }

    @Test
    void tenant_withItsMapping_leavesTheCallersSettingsAlone() {
        tenant("workspace").backlog();

        assertThat(DSL_CONTEXT.settings().getRenderMapping().getSchemata()).isEmpty();
    }

    @Test
    void query_notMapped_failsAndHitsNoOtherTable() {
        assertThatThrownBy(() -> DSL_CONTEXT.fetchCount(OUTBOX))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("\"outbox_unmapped.outbox\" does not exist");
    }

    @Test
    void print_twoTenants_showsBacklogAndTroubles() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        BacklogMain.print(
                jdbcUrlWithUser(),
                List.of("workspace", "Accounting \"1\""),
                new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(7)
                .contains("workspace", "Accounting \"1\"")
                .contains("  Ada: note.shared failed, attempt 3: no route to host")
                .anyMatch(line -> line.startsWith("  1 invoice.issued, due since "));
    }

    private static String jdbcUrlWithUser() {
        String url = POSTGRES.jdbcUrl();
        return url + (url.contains("?") ? "&" : "?") + "user=" + POSTGRES.user() + "&password=" + POSTGRES.password();
    }

    /** The promise of the tables jar: it comes without the library. */
    @Test
    void classpath_ofThisModule_holdsTheTablesAndNotTheLibrary() {
        assertThatThrownBy(() -> Class.forName("org.jooqoutbox.OutboxRepository"))
                .isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> Class.forName("org.jooqoutbox.jooq.JooqOutboxRepository"))
                .isInstanceOf(ClassNotFoundException.class);
    }
}
