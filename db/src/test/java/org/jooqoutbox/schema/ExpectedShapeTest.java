package org.jooqoutbox.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is read out of schema.sql. That PostgreSQL makes the same of it is tested with a real one. */
class ExpectedShapeTest {

    @Test
    void columns_areReadWithTypeAndDefault() {
        assertThat(ExpectedShape.columns())
                .hasSize(17)
                .contains(
                        new ExpectedColumn("id", "uuid", true, "gen_random_uuid()"),
                        new ExpectedColumn("kind", "text", true, null),
                        new ExpectedColumn("headers", "jsonb", true, "'{}'"),
                        new ExpectedColumn("seq", "bigint", true, "nextval(${seq_literal})"),
                        new ExpectedColumn("expires_at", "timestamptz", false, null));
    }

    @Test
    void columnsOfGo_areTheNine() {
        assertThat(ExpectedShape.columnsOfGo())
                .extracting(ExpectedColumn::name)
                .containsExactly(
                        "id",
                        "kind",
                        "payload",
                        "created_at",
                        "updated_at",
                        "attempts",
                        "retry_at",
                        "last_error",
                        "status");
    }

    @Test
    void indexes_areReadWithKeysAndCondition() {
        assertThat(ExpectedShape.indexes())
                .extracting(ExpectedIndex::toString)
                .containsExactlyInAnyOrder(
                        "(kind, retry_at) where status = 'pending' and ordering_key is null",
                        "(ordering_key, seq) where status = 'pending' and ordering_key is not null",
                        "(status, updated_at, id) where status <> 'pending'",
                        "unique (kind, dedup_key) where status = 'pending' and attempts = 0 and dedup_key is not null");
    }

    @Test
    void indexes_canBeBuiltConcurrently() {
        OutboxTable table = OutboxTable.of("accounting.outbox");

        assertThat(ExpectedShape.indexes())
                .extracting(index -> index.createConcurrently(table))
                .allMatch(sql -> sql.matches(
                        "create (unique )?index concurrently \"jo_7772189a25_\\w+\" on \"accounting\"\\..*"));
    }

    @Test
    void storage_isReadWithoutRemarks() {
        assertThat(ExpectedShape.storage()).hasSize(8).contains("fillfactor = 85", "vacuum_truncate = off");
    }

    @Test
    void statusConstraint_isThatOfTheTable() {
        assertThat(ExpectedShape.statusConstraint())
                .isEqualTo("constraint \"${names}_status\" check (status in ('pending', 'dead', 'expired'))");
    }

    @Test
    void constantDefault_isNeitherCallNorNothing() {
        assertThat(ExpectedShape.columns().stream()
                        .filter(ExpectedColumn::hasConstantDefault)
                        .map(ExpectedColumn::name))
                .containsExactly("attempts", "last_error", "status", "headers", "failures", "unsettled");
    }
}
