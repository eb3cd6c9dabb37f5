package org.jooqoutbox.it.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.jooq.JooqOutboxes;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JooqOutboxesTest {

    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private Tenants tenants;

    @BeforeEach
    void create() throws SQLException {
        tenants = Tenants.plain(4);
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void write(JooqOutboxRepository outbox) {
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
    }

    @Test
    void outboxes_ofSchemas_areThoseThatMatchAsOfNow() throws Exception {
        JooqOutboxes outboxes = JooqOutboxes.ofSchemas(Postgres.dataSource(), tenants.like());
        assertThat(outboxes.outboxes())
                .extracting(JooqOutboxRepository::table)
                .containsExactlyElementsOf(tenants.tables());
        run("drop table " + tenants.table(2).quoted());
        assertThat(outboxes.outboxes())
                .extracting(JooqOutboxRepository::table)
                .containsExactly(tenants.table(0), tenants.table(1), tenants.table(3));
    }

    @Test
    void outbox_askedForAgain_isTheSameAsTheSourceHas() {
        JooqOutboxes outboxes = JooqOutboxes.ofSchemas(Postgres.dataSource(), tenants.like());
        JooqOutboxRepository one = outboxes.outbox(tenants.table(1));
        assertThat(outboxes.outboxes()).element(1).isSameAs(one);
        assertThat(outboxes.outbox(tenants.table(1))).isSameAs(one);
    }

    @Test
    void outboxes_ofTheApplication_areAskedForEachTime() {
        List<OutboxTable> known = new java.util.ArrayList<>(List.of(tenants.table(0)));
        JooqOutboxes outboxes =
                JooqOutboxes.builder(Postgres.dataSource()).tables(() -> known).build();
        assertThat(outboxes.outboxes()).hasSize(1);
        known.add(tenants.table(3));
        assertThat(outboxes.outboxes())
                .extracting(JooqOutboxRepository::table)
                .containsExactly(tenants.table(0), tenants.table(3));
    }

    @Test
    void each_options_areThoseOfEveryRepository() {
        JooqOutboxes outboxes = JooqOutboxes.builder(Postgres.dataSource())
                .schemasLike(tenants.like())
                .each(builder ->
                        builder.limits(org.jooqoutbox.MessageLimits.defaults().maxPayloadBytes(3)))
                .build();
        assertThatThrownBy(
                        () -> outboxes.outbox(tenants.table(0)).enqueueInOwnTransaction(List.of(KIND.draft("12345"))))
                .isInstanceOf(org.jooqoutbox.InvalidMessageException.class);
    }

    @Test
    void writeMarks_change_withEveryWriteAndOnlyThere() {
        JooqOutboxes outboxes = JooqOutboxes.ofSchemas(Postgres.dataSource(), tenants.like());
        outboxes.outboxes();
        Map<String, Long> before = outboxes.writeMarks();
        assertThat(before).hasSize(4).containsValues(0L);
        write(outboxes.outbox(tenants.table(1)));
        assertThat(changed(before, outboxes.writeMarks()))
                .containsExactly(tenants.table(1).toString());
        before = outboxes.writeMarks();
        write(outboxes.outbox(tenants.table(1)));
        write(outboxes.outbox(tenants.table(2)));
        assertThat(changed(before, outboxes.writeMarks()))
                .containsExactlyInAnyOrder(
                        tenants.table(1).toString(), tenants.table(2).toString());
    }

    @Test
    void writeMarks_change_beforeTheCommit() {
        JooqOutboxes outboxes = JooqOutboxes.ofSchemas(Postgres.dataSource(), tenants.like());
        outboxes.outboxes();
        Map<String, Long> before = outboxes.writeMarks();
        DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES).transaction(trx -> {
            outboxes.outbox(tenants.table(0)).enqueue(trx, KIND.draft("1"));
            assertThat(changed(before, outboxes.writeMarks()))
                    .containsExactly(tenants.table(0).toString());
        });
    }

    private static List<String> changed(Map<String, Long> before, Map<String, Long> after) {
        return after.entrySet().stream()
                .filter(mark -> !mark.getValue().equals(before.get(mark.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void writeMarks_ofSequencesThatAreNotToBeRead_areLeftOut() throws Exception {
        run("revoke usage on sequence " + tenants.table(0).quotedSequence() + " from public");
        run("alter sequence " + tenants.table(1).quotedSequence() + " rename to \"another name\"");
        for (OutboxTable table : tenants.tables()) {
            run("grant usage on schema " + Tenants.quoted(table.schema()) + " to " + Tenants.quoted(tenants.role(3)));
        }
        JooqOutboxes outboxes = JooqOutboxes.builder(new RoleDataSource(Postgres.dataSource(), tenants.role(3)))
                .tables(tenants::tables)
                .build();
        outboxes.outboxes();
        assertThat(outboxes.writeMarks())
                .containsOnlyKeys(tenants.table(2).toString(), tenants.table(3).toString());
    }
}
