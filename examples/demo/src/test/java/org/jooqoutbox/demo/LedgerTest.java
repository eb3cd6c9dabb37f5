package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.Intent.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    @TempDir
    Path directory;

    @Test
    void read_whatWasWritten_givesBackIntentsWithOutcomes() {
        Path file = directory.resolve("ledger");
        Intent committed = intent();
        Intent rolledBack = intent();
        Intent unknown = intent();
        try (Ledger ledger = new Ledger(file)) {
            List.of(committed, rolledBack, unknown).forEach(ledger::intend);
            ledger.record(rolledBack.order(), Outcome.ROLLED_BACK);
            ledger.record(committed.order(), Outcome.COMMITTED);
        }

        assertThat(Ledger.read(file))
                .containsExactlyInAnyOrder(
                        committed.with(Outcome.COMMITTED), rolledBack.with(Outcome.ROLLED_BACK), unknown);
    }

    private static Intent intent() {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        return new Intent(UUID.randomUUID(), "shop", Map.of(first, "f00d", second, "beef"), Outcome.UNKNOWN);
    }

    @Test
    void readJournal_ofAProcessKilledWhileItWrote_leavesOutTheHalfLine() throws IOException {
        Path file = directory.resolve("journal");
        Entry entry = new Entry(Event.DELIVERED, UUID.randomUUID(), 3, "a kind", "f00d");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (Journal journal = new Journal(file, new PrintStream(told, true, StandardCharsets.UTF_8))) {
            journal.write(entry);
        }
        Files.writeString(file, entry.line().substring(0, 60), StandardOpenOption.APPEND);

        assertThat(Journal.read(file)).containsExactly(entry);
        assertThat(told.toString(StandardCharsets.UTF_8).lines()).containsExactly(entry.line());
    }
}
