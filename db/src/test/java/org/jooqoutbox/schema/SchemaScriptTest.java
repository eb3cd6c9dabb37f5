package org.jooqoutbox.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaScriptTest {

    @Test
    void ddl_plainName_hasNoPlaceholderLeft() {
        String ddl = OutboxSchema.ddl(OutboxTable.of("accounting.outbox"));

        assertThat(ddl)
                .startsWith("create sequence \"accounting\".\"jo_7772189a25_seq\" as bigint;\n")
                .contains("create table \"accounting\".\"outbox\" (\n")
                .contains("default nextval('\"accounting\".\"jo_7772189a25_seq\"'),\n")
                .contains("create index \"jo_7772189a25_due\" on \"accounting\".\"outbox\" (kind, retry_at)")
                .doesNotContain("${")
                .doesNotContain("Placeholders");
    }

    @Test
    void ddl_placeholderInAName_staysAsItIs() {
        OutboxTable table = OutboxTable.of("${names}", "$1 ${outbox}$$ \\0");

        assertThat(OutboxSchema.ddl(table))
                .contains("create table \"${names}\".\"$1 ${outbox}$$ \\0\" (\n")
                .contains("constraint \"" + table.derivedPrefix() + "_pkey\"");
    }

    @Test
    void ddl_quoteAndBackslash_areEscapedInTheLiteral() {
        assertThat(OutboxSchema.ddl(OutboxTable.of("it's", "outbox")))
                .contains("nextval('\"it''s\".\"jo_7772189a25_seq\"')");
        assertThat(OutboxSchema.ddl(OutboxTable.of("a\\b", "outbox")))
                .contains("nextval(E'\"a\\\\b\".\"jo_7772189a25_seq\"')");
    }

    @Test
    void ddl_goWorkers_addsOneIndex() {
        OutboxTable table = OutboxTable.of("accounting.outbox");

        assertThat(OutboxSchema.ddl(table, InstallOption.GO_WORKERS))
                .startsWith(OutboxSchema.ddl(table))
                .endsWith("create index \"jo_7772189a25_retry_at\" on \"accounting\".\"outbox\" (retry_at)"
                        + " where status = 'pending';\n");
    }

    @Test
    void statements_semicolonInAComment_doesNotEndThem() {
        assertThat(SchemaScript.statements("comment on column ${outbox}.status"))
                .containsExactly("comment on column ${outbox}.status is"
                        + " 'pending, dead (given up; can be replayed) or expired (its time to live passed).'");
        assertThat(SchemaScript.statements(""))
                .hasSize(26)
                .allMatch(s -> s.matches("(?s)(create|grant|alter|comment) .*[^;]"));
    }

    /** With a second one, FlywayHistory has to look for the newest, and QuickCreation to apply all of them. */
    @Test
    void migrations_soFar_areOnlyTheFirst() throws Exception {
        Path first = Path.of(
                Objects.requireNonNull(SchemaScript.class.getResource("/org/jooqoutbox/migration/V1__outbox.sql"))
                        .toURI());
        try (Stream<Path> all = Files.list(Objects.requireNonNull(first.getParent()))) {
            assertThat(all).containsExactly(first);
        }
    }
}
