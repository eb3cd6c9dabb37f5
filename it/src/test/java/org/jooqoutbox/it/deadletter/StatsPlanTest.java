package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import org.jooqoutbox.it.support.PagesRead;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("conformance")
class StatsPlanTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("statsplans");

    /** A scan of the table would read 8,000. */
    @Test
    void stats_ofALargeBacklog_readFewPages() {
        Letters letters = new Letters(OUTBOXES);
        letters.addMany(200_000, "'kind' || i % 4", "'pending'", "now() - i * interval '1 s'", "0", "i % 3");
        letters.addMany(200_000, "'kind' || i % 4", "'pending'", "now() + i * interval '1 s'", "0", "i % 3");
        letters.addMany(20_000, "'kind' || i % 4", "'dead'", "now()", "0", "1");
        assertThat(PagesRead.of(OUTBOXES, JooqOutboxRepository::stats))
                .as("without statistics")
                .isLessThan(5_000);
        OUTBOXES.mapped().execute("analyze {0}", OUTBOX);
        assertThat(PagesRead.of(OUTBOXES, JooqOutboxRepository::stats)).isLessThan(5_000);
    }
}
