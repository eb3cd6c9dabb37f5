package org.jooqoutbox.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTableTest {

    @Test
    void of_oneDot_separatesSchemaAndTable() {
        assertThat(OutboxTable.of("accounting.Outbox")).isEqualTo(new OutboxTable("accounting", "Outbox"));
    }

    @Test
    void of_noDot_isRefusedBecauseOfSearchPath() {
        assertThatThrownBy(() -> OutboxTable.of("outbox"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("outbox table \"outbox\" has no schema, so it would be looked up in search_path:"
                        + " write it as schema.table");
    }

    @Test
    void of_twoDots_pointsToTheOtherMethod() {
        assertThatThrownBy(() -> OutboxTable.of("a.b.c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("outbox table \"a.b.c\" has more than one dot: say which part is which with"
                        + " OutboxTable.of(schema, table)");
        assertThat(OutboxTable.of("a.b", "c")).isEqualTo(new OutboxTable("a.b", "c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n", "\u2003"})
    void of_blankPart_isRefused(String blank) {
        assertThatThrownBy(() -> OutboxTable.of(blank, "outbox"))
                .hasMessageContaining("schema")
                .hasMessageContaining("blank");
        assertThatThrownBy(() -> OutboxTable.of("a", blank))
                .hasMessageContaining("table")
                .hasMessageContaining("blank");
        assertThatThrownBy(() -> OutboxTable.of(blank + "." + blank)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\0", "half \uD800", "\uDC00 half", "\uDC00\uD800"})
    void of_whatTextCannotHold_isRefused(String name) {
        assertThatThrownBy(() -> OutboxTable.of("a", name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OutboxTable.of(name, "a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_63Bytes_isTheLongestName() {
        String ascii = "x".repeat(63);
        String twoBytes = "é".repeat(31) + "x";
        String threeBytes = "語".repeat(21);
        String fourBytes = "🐘".repeat(15) + "xyz";
        for (String longest : new String[] {ascii, twoBytes, threeBytes, fourBytes}) {
            assertThat(OutboxTable.of(longest, longest).name()).isEqualTo(longest);
            assertThatThrownBy(() -> OutboxTable.of("a", longest + "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has 64 bytes in UTF-8, PostgreSQL keeps 63");
            assertThatThrownBy(() -> OutboxTable.of(longest + "x", "a")).hasMessageContaining("the schema");
        }
    }

    @Test
    void quoted_quotesAndDots_areInsideTheName() {
        assertThat(OutboxTable.of("a.b", "c\"d;").quoted()).isEqualTo("\"a.b\".\"c\"\"d;\"");
    }

    @Test
    void toString_isTheNameAsItIs() {
        assertThat(OutboxTable.of("accounting", "Outbox")).hasToString("accounting.Outbox");
    }

    /** Installed tables have sequences, indexes and histories of these names: they must never change. */
    @Test
    void derivedNames_neverChange() {
        assertThat(OutboxTable.of("accounting.outbox").derivedPrefix()).isEqualTo("jo_7772189a25");
        assertThat(OutboxTable.of("workspace.outbox").derivedPrefix()).isEqualTo("jo_7772189a25");
        assertThat(OutboxTable.of("workspace", "語".repeat(21)).derivedPrefix()).isEqualTo("jo_3dfdd3048d");
        assertThat(OutboxTable.of("a\"b", "outbox").quotedSequence()).isEqualTo("\"a\"\"b\".\"jo_7772189a25_seq\"");
    }

    // Fixed, because producers in other languages and processes of other versions use it too.
    @Test
    void notificationChannel_isFixed() {
        assertThat(OutboxTable.of("accounting.outbox").notificationChannel()).isEqualTo("jo_cc60d038173a8c91_due");
    }

    @Test
    void notificationChannel_ofEveryTable_isItsOwnAndNeedsNoQuotes() {
        assertThat(Stream.of(
                                OutboxTable.of("accounting", "outbox"),
                                OutboxTable.of("workspace", "outbox"),
                                OutboxTable.of("accounting", "inbox"),
                                OutboxTable.of("ab", "c"),
                                OutboxTable.of("a", "bc"),
                                OutboxTable.of("ä\"'; --", "語".repeat(21)))
                        .map(OutboxTable::notificationChannel))
                .doesNotHaveDuplicates()
                .allMatch(channel -> channel.matches("jo_[0-9a-f]{16}_due"));
    }
}
