package org.jooqoutbox.testing;

import org.junit.jupiter.api.Nested;

/**
 * What every {@link org.jooqoutbox.OutboxRepository} must do, as JUnit tests: extend this class where the tests of a repository are.
 *
 * <pre>{@code
 * class MyRepositoryTest extends OutboxRepositoryContract<Configuration> {
 *     protected OutboxHarness<Configuration> newOutbox() {
 *         return new MyHarness();
 *     }
 * }
 * }</pre>
 *
 * <p>Needs JUnit 5 and AssertJ. The tests wait for nothing: they move time by {@link OutboxHarness#elapse}. On an outbox whose clock goes on by
 * itself, each test has to be over within a minute.
 *
 * @param <T> what a transaction looks like to its participants
 */
public abstract class OutboxRepositoryContract<T> {

    /** For subclasses. */
    protected OutboxRepositoryContract() {}

    /** An empty outbox that nobody else uses; asked for before each test. */
    protected abstract OutboxHarness<T> newOutbox();

    @Nested
    class Enqueueing extends EnqueueContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Coalescing extends CoalesceContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Claiming extends ClaimContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Expiring extends ExpiryContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Suspecting extends SuspectContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Settling extends SettleContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Renewing extends RenewContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class DeliveringInTransaction extends DeliverContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class ListingDeadLetters extends DeadLetterContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Replaying extends ReplayContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Ordering extends OrderContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class LookingAhead extends NextDueContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class FindingBlockedKeys extends BlockedKeysContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Intervening extends InterventionContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }

    @Nested
    class Counting extends StatsContract<T> {
        @Override
        OutboxHarness<T> newOutbox() {
            return OutboxRepositoryContract.this.newOutbox();
        }
    }
}
