package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Tally TALLY = new Tally("shop", 1234, 1234, 2, 3, 4, 4, 56, 0, 2);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Report report = new Report(new PrintStream(written, true, StandardCharsets.UTF_8));

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void verdict_nothingWrong_isZero() {
        assertThat(report.verdict(List.of(TALLY), List.of(), List.of())).isZero();
        assertThat(text()).contains("Every message accounted for.").contains("2 arrived twice");
    }

    @Test
    void verdict_offences_isNotZeroAndNamesThem() {
        UUID lost = UUID.randomUUID();
        List<Offence> offences = Stream.concat(
                        Stream.of(new Offence(Offence.Kind.LOST, lost, "in no table")),
                        Stream.generate(() -> new Offence(Offence.Kind.GHOST, UUID.randomUUID(), "by a"))
                                .limit(25))
                .toList();

        assertThat(report.verdict(List.of(TALLY), offences, List.of())).isEqualTo(1);
        assertThat(text())
                .doesNotContain("Every message accounted for")
                .contains("lost: 1", lost + " in no table", "delivered though rolled back: 25", "and 15 more");
    }

    @Test
    void verdict_problemOfTheDemo_isNotZero() {
        assertThat(report.verdict(List.of(TALLY), List.of(), List.of("a replica died")))
                .isEqualTo(1);
        assertThat(text()).contains("a replica died").doesNotContain("Every message accounted for");
    }

    @Test
    void table_ofTallies_hasARowForEachAndAllFigures() {
        report.table(List.of(TALLY));

        assertThat(text().lines())
                .anySatisfy(line -> assertThat(line)
                        .matches("messages\\s+enqueued\\s+delivered\\s+redelivered\\s+retried\\s+dead\\s+replayed"
                                + "\\s+rolled back\\s+left over"))
                .anySatisfy(line ->
                        assertThat(line).matches("shop\\.outbox\\s+1,234\\s+1,234\\s+2\\s+3\\s+4\\s+4\\s+56\\s+0"));
    }
}
