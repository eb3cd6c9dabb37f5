package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.Settlement.Verdict.APPLIED;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.jooqoutbox.testing.OutboxHarness;
import org.jooqoutbox.testing.OutboxRepositoryContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of repositories on PostgreSQL, on tables of hurtful names; the other tests use plain ones. */
@Tag("conformance")
@ParameterizedClass
@MethodSource("outboxes")
class RepositoryContractTest extends OutboxRepositoryContract<Configuration> {

    private final TestOutbox outbox;

    RepositoryContractTest(TestOutbox outbox) {
        this.outbox = outbox;
    }

    static List<TestOutbox> outboxes() {
        List<OutboxTable> names = TestOutbox.names().toList();
        return Stream.of(names.get(2), names.get(4)).map(TestOutbox::create).toList();
    }

    @Override
    protected OutboxHarness<Configuration> newOutbox() {
        outbox.clear();
        return new Harness(outbox, JooqOutboxRepository.of(outbox.dataSource(), outbox.table()));
    }

    @Test
    void markFailed_ofClaimed_storesErrorAndTimeToTheMicrosecond() {
        outbox.clear();
        outbox.repository()
                .enqueueInOwnTransaction(List.of(MessageKind.json("kind").draft("1")));
        Message message = outbox.repository().claim(1).get(0);
        Instant retryAt = Instant.parse("2039-01-02T03:04:05.678901Z");
        assertThat(outbox.repository().markFailed(message, "broken\0pipe\uD800", retryAt.plusNanos(999)))
                .isEqualTo(APPLIED);
        var row = outbox.row(message.id());
        assertThat(row.getLastError()).isEqualTo("broken\uFFFDpipe\uFFFD");
        assertThat(row.getRetryAt().toInstant()).isEqualTo(retryAt);
        assertThat(row.getFailures()).isEqualTo(1);
        assertThat(row.getUnsettled()).isZero();
        assertThat(row.getStatus()).isEqualTo("pending");
    }

    /**
     * An outbox that has nothing in it.
     *
     * @param outbox one that remembers nothing of another test either, as where its claims had got to, and whether they had been slow
     */
    private record Harness(TestOutbox table, JooqOutboxRepository outbox) implements OutboxHarness<Configuration> {

        @Override
        public <R> R inTransaction(Function<Configuration, R> work) {
            return table.dsl().transactionResult(work::apply);
        }

        @Override
        public Configuration withoutTransaction() {
            return table.dsl().configuration();
        }

        @Override
        public void elapse(Duration time) {
            table.elapse(time);
        }
    }
}
