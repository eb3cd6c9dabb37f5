package org.jooqoutbox.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;
import org.junit.jupiter.api.Tag;

/** The outbox in memory does what every repository must. */
@Tag("conformance")
class InMemoryRepositoryContractTest extends OutboxRepositoryContract<Transaction> {

    @Override
    protected OutboxHarness<Transaction> newOutbox() {
        return new Harness();
    }

    private static final class Harness implements OutboxHarness<Transaction> {

        private final InMemoryOutboxRepository outbox = new InMemoryOutboxRepository();

        @Override
        public OutboxRepository<Transaction> outbox() {
            return outbox;
        }

        @Override
        public <R> R inTransaction(Function<Transaction, R> work) {
            return outbox.inTransactionResult(work::apply);
        }

        @Override
        public Transaction withoutTransaction() {
            List<Transaction> over = new ArrayList<>();
            outbox.inTransaction(over::add);
            return over.get(0);
        }

        @Override
        public void elapse(Duration time) {
            outbox.advance(time);
        }
    }
}
