package org.jooqoutbox.it.wakeup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.TransactionListener;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxRepository.Subscription;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who writes messages in a transaction of jOOQ's wakes up subscribers once, after its commit, and only then. */
@Tag("conformance")
class WakeUpAfterCommitTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("wakeup");
    private static final TestOutbox OTHER = TestOutbox.create("wakeup_other");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private final HikariDataSource pool = Pools.pool(true, 8);
    private final DSLContext dsl = DSL.using(listening(pool));

    // As usual, the producer has a repository of its own.
    private final JooqOutboxRepository outbox = JooqOutboxRepository.forEnqueue(OUTBOX.table());
    private final JooqOutboxRepository other = JooqOutboxRepository.forEnqueue(OTHER.table());
    private final Calls calls = new Calls();
    private final Calls otherCalls = new Calls();
    private final Subscription subscription = OUTBOX.repository().onWakeUp(calls);
    private final Subscription otherSubscription = OTHER.repository().onWakeUp(otherCalls);

    @BeforeAll
    static void createTableWithDeferredConstraint() {
        OUTBOX.dsl().execute("create table {0} (id int unique deferrable initially deferred)", DSL.name(deferred()));
    }

    private static String[] deferred() {
        return new String[] {OUTBOX.table().schema(), "deferred"};
    }

    @AfterEach
    void close() {
        subscription.close();
        otherSubscription.close();
        pool.close();
    }

    private static Configuration listening(HikariDataSource pool) {
        return new DefaultConfiguration()
                .set(new DataSourceConnectionProvider(pool))
                .set(SQLDialect.POSTGRES)
                .set(JooqOutboxRepository.wakeUpAfterCommit());
    }

    @Test
    void committed_wakesOnce_afterTheCommit() {
        AtomicReference<Integer> visible = new AtomicReference<>();
        int before = OUTBOX.rows().size();
        Subscription looking = outbox.onWakeUp(() -> visible.set(OUTBOX.rows().size()));
        dsl.transaction(trx -> {
            outbox.enqueue(trx, KIND.draft("1"));
            outbox.enqueue(trx.dsl(), KIND.draft("2"));
            outbox.enqueue(trx.derive(new Settings()), KIND.draft("3"));
            JooqOutboxRepository.forEnqueue(OUTBOX.table()).enqueue(trx, KIND.draft("4"));
            assertThat(calls.count()).isZero();
        });
        looking.close();
        assertThat(calls.count()).isEqualTo(1);
        assertThat(visible).hasValue(before + 4);
        assertThat(otherCalls.count()).isZero();
    }

    @Test
    void committed_withNothingWritten_wakesNobody() {
        dsl.transaction(trx -> {
            outbox.enqueue(trx, List.of());
            trx.dsl().selectOne().fetch();
        });
        assertThat(calls.count()).isZero();
    }

    @Test
    void committed_oneAfterTheOther_wakesForEach() {
        for (int i = 0; i < 3; i++) {
            dsl.transaction(trx -> {
                outbox.enqueue(trx, KIND.draft("1"));
            });
        }
        dsl.transaction(trx -> trx.dsl().selectOne().fetch());
        assertThat(calls.count()).isEqualTo(3);
    }

    @Test
    void rolledBack_wakesNobody() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    outbox.enqueue(trx, KIND.draft("1"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(calls.count()).isZero();
    }

    @Test
    void nestedRolledBack_wakesForTheRestOnly() {
        dsl.transaction(trx -> {
            rollBackNested(trx, other);
            outbox.enqueue(trx, KIND.draft("1"));
        });
        assertThat(calls.count()).isEqualTo(1);
        assertThat(otherCalls.count()).isZero();
    }

    @Test
    void nestedRolledBack_alone_wakesNobody() {
        dsl.transaction(trx -> rollBackNested(trx, outbox));
        assertThat(calls.count()).isZero();
    }

    @Test
    void nestedRolledBack_betweenKeptOnesOfTheSameOutbox_wakesOnce() {
        dsl.transaction(trx -> {
            trx.dsl().transaction(nested -> {
                outbox.enqueue(nested, KIND.draft("1"));
            });
            rollBackNested(trx, outbox);
        });
        assertThat(calls.count()).isEqualTo(1);
    }

    // The savepoint took it back, whichever Configuration it was written through.
    @Test
    void nestedRolledBack_writtenThroughTheOuterConfiguration_wakesNobody() {
        dsl.transaction(trx -> assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                    outbox.enqueue(trx, KIND.draft("1"));
                    throw new IllegalStateException("nested");
                }))
                .hasMessage("nested"));
        assertThat(calls.count()).isZero();
    }

    @Test
    void nestedDeeper_committedInOneRolledBack_wakesNobody() {
        dsl.transaction(trx -> assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                    nested.dsl().transaction(deeper -> {
                        outbox.enqueue(deeper, KIND.draft("1"));
                    });
                    throw new IllegalStateException("nested");
                }))
                .hasMessage("nested"));
        assertThat(calls.count()).isZero();
    }

    @Test
    void nestedCommitted_outerCommitted_wakesOnceAtTheEnd() {
        dsl.transaction(trx -> {
            trx.dsl().transaction(nested -> {
                outbox.enqueue(nested, KIND.draft("1"));
                other.enqueue(nested, KIND.draft("1"));
            });
            outbox.enqueue(trx, KIND.draft("1"));
            assertThat(calls.count()).isZero();
        });
        assertThat(calls.count()).isEqualTo(1);
        assertThat(otherCalls.count()).isEqualTo(1);
    }

    @Test
    void nestedCommitted_outerRolledBack_wakesNobody() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    trx.dsl().transaction(nested -> {
                        outbox.enqueue(nested, KIND.draft("1"));
                    });
                    throw new IllegalStateException("outer");
                }))
                .hasMessage("outer");
        assertThat(calls.count()).isZero();
    }

    @Test
    void commitThatFails_wakesNobody() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    outbox.enqueue(trx, KIND.draft("1"));
                    violateAtCommit(trx);
                }))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("Cannot commit transaction");
        assertThat(calls.count()).isZero();
    }

    // jOOQ tells of an end of the commit here too.
    @Test
    void nestedCommit_thatAnotherListenerRefuses_dropsWhatWasNotedInIt() {
        DSLContext refusing = DSL.using(listening(pool).deriveAppending(TransactionListener.onCommitStart(context -> {
            if (context.configuration().data("refused") != null) {
                throw new IllegalStateException("refused");
            }
        })));
        refusing.transaction(trx -> assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                    nested.data("refused", true);
                    outbox.enqueue(nested, KIND.draft("1"));
                }))
                .hasMessage("refused"));
        assertThat(calls.count()).isZero();
    }

    @Test
    void capturedOuterContext_isRefusedAsEver_andNotesNothing() {
        dsl.transaction(trx -> assertThatThrownBy(() -> outbox.enqueue(dsl, KIND.draft("1")))
                .isInstanceOf(NoActiveTransactionException.class));
        assertThat(calls.count()).isZero();
        assertThat(dsl.configuration().data()).isEmpty();
    }

    @Test
    void withoutListener_nothingIsKept_andNobodyWoken() {
        DSL.using(pool, SQLDialect.POSTGRES).transaction(trx -> {
            List<Object> before = List.copyOf(trx.data().keySet());
            outbox.enqueue(trx, KIND.draft("1"));
            assertThat(trx.data().keySet()).containsExactlyInAnyOrderElementsOf(before);
        });
        assertThat(calls.count()).isZero();
    }

    @Test
    void withListener_nothingIsLeftBehind() {
        Configuration kept = dsl.transactionResult(trx -> {
            outbox.enqueue(trx, KIND.draft("1"));
            return trx;
        });
        assertThat(kept.data().keySet())
                .noneMatch(key -> key.getClass().getName().contains("outbox"));
        assertThat(dsl.configuration().data()).isEmpty();
    }

    @Test
    void listenerRegisteredTwice_wakesOnce() {
        DSLContext twice = DSL.using(listening(pool).deriveAppending(JooqOutboxRepository.wakeUpAfterCommit()));
        twice.transaction(trx -> {
            rollBackNested(trx, other);
            trx.dsl().transaction(nested -> {
                outbox.enqueue(nested, KIND.draft("1"));
            });
        });
        assertThat(calls.count()).isEqualTo(1);
        assertThat(otherCalls.count()).isZero();
    }

    @Test
    void threadBoundTransaction_writtenThroughTheOneConfiguration_followsItsLevels() {
        DSLContext bound = threadBound();
        bound.transaction(() -> {
            assertThatThrownBy(() -> bound.transaction(() -> {
                        other.enqueue(bound, KIND.draft("1"));
                        throw new IllegalStateException("nested");
                    }))
                    .hasMessage("nested");
            bound.transaction(() -> {
                outbox.enqueue(bound, KIND.draft("1"));
            });
            assertThat(calls.count()).isZero();
        });
        assertThat(calls.count()).isEqualTo(1);
        assertThat(otherCalls.count()).isZero();
        assertThat(bound.configuration().data()).isEmpty();
    }

    @Test
    void threadBoundTransaction_rolledBackOrFailed_leavesNothingToTheNext() {
        DSLContext bound = threadBound();
        assertThatThrownBy(() -> bound.transaction(() -> {
                    outbox.enqueue(bound, KIND.draft("1"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThatThrownBy(() -> bound.transaction(() -> {
                    outbox.enqueue(bound, KIND.draft("1"));
                    violateAtCommit(bound.configuration());
                }))
                .hasMessageContaining("Cannot commit transaction");
        bound.transaction(() -> {
            other.enqueue(bound, KIND.draft("1"));
        });
        assertThat(calls.count()).isZero();
        assertThat(otherCalls.count()).isEqualTo(1);
    }

    @Test
    void threadBoundTransactions_ofTwoProvidersOnOneThread_doNotMix() {
        DSLContext one = threadBound();
        DSLContext two = threadBound();
        assertThatThrownBy(() -> one.transaction(() -> {
                    outbox.enqueue(one, KIND.draft("1"));
                    two.transaction(() -> {
                        other.enqueue(two, KIND.draft("1"));
                    });
                    throw new IllegalStateException("only one");
                }))
                .hasMessage("only one");
        assertThat(calls.count()).isZero();
        assertThat(otherCalls.count()).isEqualTo(1);
    }

    @Test
    void asynchronousTransaction_wakesAfterItsCommit() throws Exception {
        dsl.transactionAsync(trx -> {
                    outbox.enqueue(trx, KIND.draft("1"));
                    rollBackNested(trx, other);
                })
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(calls.count()).isEqualTo(1);
        assertThat(otherCalls.count()).isZero();
    }

    @Test
    void parallelTransactions_doNotMix() throws Exception {
        int rounds = 50;
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch together = new CountDownLatch(4);
            DSLContext bound = threadBound();
            List<Future<?>> all = new ArrayList<>();
            all.add(threads.submit(() -> repeat(together, rounds, () -> commit(dsl, outbox))));
            all.add(threads.submit(() -> repeat(together, rounds, () -> rollBack(dsl, other))));
            all.add(threads.submit(() -> repeat(together, rounds, () -> commit(bound, outbox))));
            all.add(threads.submit(() -> repeat(together, rounds, () -> rollBack(bound, other))));
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(calls.count()).isEqualTo(2 * rounds);
        assertThat(otherCalls.count()).isZero();
    }

    private DSLContext threadBound() {
        ThreadLocalTransactionProvider provider =
                new ThreadLocalTransactionProvider(new DataSourceConnectionProvider(pool));
        return DSL.using(new DefaultConfiguration()
                .set(provider)
                .set(SQLDialect.POSTGRES)
                .set(JooqOutboxRepository.wakeUpAfterCommit()));
    }

    private static void repeat(CountDownLatch together, int rounds, Runnable what) {
        together.countDown();
        for (int i = 0; i < rounds; i++) {
            what.run();
        }
    }

    private static void commit(DSLContext dsl, JooqOutboxRepository outbox) {
        dsl.transaction(trx -> {
            outbox.enqueue(trx, KIND.draft("1"));
        });
    }

    private static void rollBack(DSLContext dsl, JooqOutboxRepository outbox) {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    outbox.enqueue(trx, KIND.draft("1"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
    }

    private static void rollBackNested(Configuration trx, JooqOutboxRepository outbox) {
        assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                    outbox.enqueue(nested, KIND.draft("1"));
                    throw new IllegalStateException("nested");
                }))
                .hasMessage("nested");
    }

    private static void violateAtCommit(Configuration trx) {
        trx.dsl().execute("insert into {0} values (1), (1)", DSL.name(deferred()));
    }
}
