package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A delivery that came to nothing through no fault of the message. */
@Tag("conformance")
class PostponementTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("postponed");
    private static final MessageKind<String> KIND = MessageKind.json("kind");
    private static final Duration HOUR = Duration.ofHours(1);

    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void settle_ofPostponed_makesItDueLaterAndCountsNoFailure() {
        enqueue(1);
        outbox.settle(List.of(Settlement.failed(claimOne(), "first", Duration.ZERO)));

        assertThat(outbox.settle(List.of(Settlement.postponed(claimOne(), "closed on Sundays", HOUR))))
                .containsExactly(Verdict.APPLIED);

        OutboxRecord row = OUTBOXES.rows().get(0);
        assertThat(row.getStatus()).isEqualTo("pending");
        assertThat(row.getFailures()).isEqualTo(1);
        assertThat(row.getUnsettled()).isZero();
        assertThat(row.getAttempts()).isEqualTo(2);
        assertThat(row.getLastError()).isEqualTo("closed on Sundays");
        assertThat(Duration.between(row.getUpdatedAt(), row.getRetryAt())).isEqualTo(HOUR);
        assertThat(outbox.claim(1)).isEmpty();
    }

    @Test
    void settle_ofPostponedSuspect_clearsIt() {
        enqueue(2);
        outbox.claim(2);
        OUTBOXES.makeAllDue();
        for (int i = 0; i < 2; i++) {
            outbox.settle(List.of(Settlement.postponed(claimOne(), "x", HOUR)));
        }
        OUTBOXES.makeAllDue();
        assertThat(outbox.claim(ClaimRequest.of(10)).messages()).hasSize(2);
    }

    @Test
    void reason_thatPostgresqlRefuses_isRedactedCleanedAndCut() {
        enqueue(1);
        JooqOutboxRepository redacting = JooqOutboxRepository.builder(OUTBOXES.table())
                .dataSource(OUTBOXES.dataSource())
                .redactErrors(text -> text.replace("secret", "***"))
                .build();

        redacting.settle(List.of(Settlement.postponed(claimOne(), "a\0secret\uD800" + "x".repeat(10_000), HOUR)));

        assertThat(OUTBOXES.rows().get(0).getLastError())
                .startsWith("a\uFFFD***\uFFFDxxx")
                .hasSizeLessThan(4096);
    }

    @Test
    void settle_ofPostponedAmongOthers_appliesEach() {
        enqueue(4);
        List<Message> messages = outbox.claim(4);

        List<Verdict> verdicts = outbox.settle(List.of(
                Settlement.postponed(messages.get(0), "later", HOUR),
                Settlement.failed(messages.get(1), "broken", Duration.ZERO),
                Settlement.released(messages.get(2)),
                Settlement.done(messages.get(3)),
                Settlement.postponed(messages.get(1), "too late", HOUR)));

        assertThat(verdicts)
                .containsExactly(
                        Verdict.APPLIED, Verdict.APPLIED, Verdict.APPLIED, Verdict.APPLIED, Verdict.LEASE_LOST);
        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getFailures).containsExactly(0, 1, 0);
        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getLastError).containsExactly("later", "broken", "");
    }

    private Message claimOne() {
        return outbox.claim(1).get(0);
    }

    private void enqueue(int count) {
        outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                .mapToObj(i -> KIND.draft(Integer.toString(i)))
                .toList());
    }
}
