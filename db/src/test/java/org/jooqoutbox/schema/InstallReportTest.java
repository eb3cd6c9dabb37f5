package org.jooqoutbox.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jooqoutbox.schema.OutboxSchema.InstallReport;
import org.jooqoutbox.schema.OutboxSchema.InstallReport.Outcome;
import org.jooqoutbox.schema.OutboxSchema.InstallReport.Result;
import org.junit.jupiter.api.Test;

class InstallReportTest {

    private static final OutboxTable A = OutboxTable.of("a.outbox");
    private static final OutboxTable B = OutboxTable.of("b.outbox");
    private static final OutboxTable C = OutboxTable.of("c.outbox");

    @Test
    void report_mixedResults_sortsThemByOutcome() {
        Result failed = failed(B);
        InstallReport report =
                new InstallReport(List.of(result(C, Outcome.CREATED), failed, result(A, Outcome.CREATED)));

        assertThat(report.tables(Outcome.CREATED)).containsExactly(C, A);
        assertThat(report.tables(Outcome.UNCHANGED)).isEmpty();
        assertThat(report.failed()).containsExactly(failed);
        assertThat(report)
                .hasToString(
                        "3 outboxes: 2 created, 0 upgraded, 0 unchanged, 1 failed\ncannot install outbox b.outbox: no");
    }

    @Test
    void toString_manyFailures_givesTheReasonsOfTheFirst() {
        InstallReport report = new InstallReport(IntStream.range(0, 5_000)
                .mapToObj(i -> failed(OutboxTable.of("tenant" + i, "outbox")))
                .toList());

        assertThat(report.toString().lines())
                .hasSize(11)
                .startsWith("5000 outboxes: 0 created, 0 upgraded, 0 unchanged, 5000 failed");
    }

    @Test
    void results_listChangedAfterwards_stayAsTheyWere() {
        List<Result> results = new ArrayList<>(List.of(result(A, Outcome.UPGRADED)));
        InstallReport report = new InstallReport(results);

        results.clear();

        assertThat(report.tables(Outcome.UPGRADED)).containsExactly(A);
    }

    private static Result result(OutboxTable table, Outcome outcome) {
        return new Result(table, outcome, "", null);
    }

    private static Result failed(OutboxTable table) {
        IllegalStateException cause = new IllegalStateException("cannot install outbox " + table + ": no");
        return new Result(table, Outcome.FAILED, "cannot install outbox " + table + ": no", cause);
    }
}
