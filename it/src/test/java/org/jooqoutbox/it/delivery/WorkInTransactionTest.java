package org.jooqoutbox.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooqoutbox.generated.Tables.OUTBOX;
import static org.jooqoutbox.it.delivery.Deliveries.IDLE;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.ConnectionRunnable;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the work may do with the transaction that it is given, and what it may not. */
@Tag("conformance")
class WorkInTransactionTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("work");
    private static final MessageKind<String> FOLLOW_UP = MessageKind.json("follow.up");

    private final Deliveries deliveries = new Deliveries(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        deliveries.clear();
    }

    @Test
    void enqueue_inTheWork_commitsWithIt() throws Exception {
        Message message = deliveries.claimed();

        outbox.deliverInTransaction(message, IDLE, trx -> {
            outbox.enqueue(trx, FOLLOW_UP.draft("2"));
            outbox.enqueue(trx.dsl(), FOLLOW_UP.draft("3").withDeduplicationKey("k"));
            assertThat(outbox.dsl(trx).fetchCount(OUTBOX)).isEqualTo(2);
            assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getId).containsExactly(message.id());
        });

        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getKind).containsExactly("follow.up", "follow.up");
    }

    @Test
    void enqueue_inWorkThatThrows_isRolledBackWithIt() {
        Message message = deliveries.claimed();

        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    outbox.enqueue(trx, FOLLOW_UP.draft("2"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getId).containsExactly(message.id());
    }

    @Test
    void nestedTransaction_rolledBack_leavesTheRest() throws Exception {
        Message message = deliveries.claimed();

        Verdict verdict = outbox.deliverInTransaction(message, IDLE, trx -> {
            deliveries.effect(trx, 1);
            assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                        deliveries.effect(nested, 2);
                        nested.dsl().transaction(inner -> deliveries.effect(inner, 3));
                        throw new IllegalStateException("only this");
                    }))
                    .hasMessage("only this");
            trx.dsl().transaction(nested -> {
                deliveries.effect(nested, 4);
                outbox.enqueue(nested, FOLLOW_UP.draft("2"));
            });
        });

        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(OUTBOXES.dsl()
                        .fetch("select id from {0}", OUTBOXES.business())
                        .getValues(0, Integer.class))
                .containsExactlyInAnyOrder(1, 4);
        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getKind).containsExactly("follow.up");
    }

    // In a transaction that has failed no savepoint can be set, and jOOQ rolls the level back that never began.
    @Test
    void nestedTransaction_thatCannotBegin_isNoWayOutOfAFailedTransaction() {
        Message message = deliveries.claimed();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    failQuietly(trx);
                    assertThatThrownBy(() -> trx.dsl().transaction(nested -> deliveries.effect(nested, 1)))
                            .isInstanceOf(DataAccessException.class);
                    deliveries.effect(trx, 2);
                }))
                .isInstanceOf(DataAccessException.class);
        assertThat(deliveries.isThere(message)).isTrue();
        assertThat(deliveries.effects()).isZero();
    }

    @Test
    void nestedTransaction_thatCannotBegin_leavesTheLevelAboveItAsItIs() {
        Message message = deliveries.claimed();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    assertThatThrownBy(() -> trx.dsl().transaction(outer -> {
                                failQuietly(outer);
                                assertThatThrownBy(() -> outer.dsl().transaction(inner -> deliveries.effect(inner, 1)))
                                        .isInstanceOf(DataAccessException.class);
                            }))
                            .isInstanceOf(DataAccessException.class);
                    deliveries.effect(trx, 2);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(deliveries.isThere(message)).isTrue();
        assertThat(deliveries.effects()).isZero();
    }

    private static void failQuietly(Configuration transaction) {
        assertThatThrownBy(() -> transaction.dsl().execute("select 1 / 0")).isInstanceOf(DataAccessException.class);
    }

    @Test
    void nestedTransaction_committed_isRolledBackWithTheRest() {
        Message message = deliveries.claimed();

        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    trx.dsl().transaction(deliveries::effect);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(deliveries.effects()).isZero();
        assertThat(deliveries.isThere(message)).isTrue();
    }

    @Test
    void failedStatement_inNestedTransaction_isHealed() throws Exception {
        Verdict verdict = outbox.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
            deliveries.effect(trx, 1);
            assertThatThrownBy(() -> trx.dsl().transaction(nested -> deliveries.effect(nested, 1)))
                    .isInstanceOf(DataAccessException.class);
            deliveries.effect(trx, 2);
        });
        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(deliveries.effects()).isEqualTo(2);
    }

    @Test
    void failedStatement_swallowedInNestedTransaction_failsThatOneLoudly() throws Exception {
        Verdict verdict = outbox.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
            deliveries.effect(trx, 1);
            assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                        assertThatThrownBy(() -> deliveries.effect(nested, 1)).isInstanceOf(DataAccessException.class);
                    }))
                    .hasMessageContaining("a nested transaction could not be committed");
            trx.dsl().transaction(nested -> deliveries.effect(nested, 2));
        });
        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(deliveries.effects()).isEqualTo(2);
    }

    /** PostgreSQL rolls back, and the driver's commit returns as if nothing were wrong. */
    @Test
    void failedStatement_swallowed_isReportedAndLeavesTheMessage() {
        Message message = deliveries.claimed();

        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    deliveries.effect(trx, 1);
                    assertThatThrownBy(() -> deliveries.effect(trx, 1)).isInstanceOf(DataAccessException.class);
                }))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("a statement of its handler failed");

        assertThat(deliveries.effects()).isZero();
        assertThat(outbox.markDone(message)).isEqualTo(Verdict.APPLIED);
    }

    static Stream<Named<ConnectionRunnable>> endings() {
        return Stream.of(
                Named.of("commit", Connection::commit),
                Named.of("rollback", Connection::rollback),
                Named.of("setAutoCommit", connection -> connection.setAutoCommit(true)),
                Named.of("close", Connection::close),
                Named.of("abort", connection -> connection.abort(Runnable::run)));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void connection_toldToEndTheTransaction_refusesAndGoesOn(ConnectionRunnable ending) throws Exception {
        Message message = deliveries.claimed();

        Verdict verdict = outbox.deliverInTransaction(message, IDLE, trx -> {
            deliveries.effect(trx, 1);
            assertThatThrownBy(() -> trx.dsl().connection(ending))
                    .hasStackTraceContaining("refused. This connection is in the transaction that removes a message");
            assertThat(deliveries.effects()).isZero();
            deliveries.effect(trx, 2);
        });

        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(deliveries.effects()).isEqualTo(2);
    }

    @Test
    void connection_toldWhatIsHarmless_obeys() throws Exception {
        Verdict verdict = outbox.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
            trx.dsl().connection(connection -> {
                connection.setAutoCommit(false);
                var savepoint = connection.setSavepoint();
                deliveries.effect(trx, 1);
                connection.rollback(savepoint);
                assertThat(Set.of(connection)).contains(connection);
            });
            deliveries.effect(trx, 2);
        });
        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(deliveries.effects()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"commit", "rollback"})
    void transaction_endedBySqlText_isReported(String sql) {
        Message message = deliveries.claimed();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    deliveries.effect(trx);
                    trx.dsl().execute(sql);
                }))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("the handler ended the transaction in which its message is removed");
        assertThat(deliveries.isThere(message)).isEqualTo(sql.equals("rollback"));
    }

    @Test
    void serializationFailure_inTheWork_isNotRetriedHere() {
        Message message = deliveries.claimed();
        List<Integer> calls = new ArrayList<>();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    calls.add(1);
                    trx.dsl().execute("do $$ begin raise serialization_failure; end $$");
                }))
                .isInstanceOfSatisfying(
                        DataAccessException.class, e -> assertThat(e.sqlState()).isEqualTo("40001"));
        assertThat(calls).hasSize(1);
        assertThat(deliveries.isThere(message)).isTrue();
    }

    @Test
    void configuration_ofTheWork_hasSettingsAndListenersOfTheContext() throws Exception {
        List<String> executed = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        Settings settings = new Settings().withExecuteLogging(true).withQueryTimeout(77);
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES, settings);
        dsl.configuration()
                .set(ExecuteListener.onExecuteStart(context -> executed.add(context.sql())))
                .set(committing(() -> ended.add("committed")));
        JooqOutboxRepository configured = JooqOutboxRepository.of(dsl, OUTBOXES.table());

        configured.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
            assertThat(trx.settings()).isEqualTo(settings);
            assertThat(trx.executeListenerProviders())
                    .isEqualTo(dsl.configuration().executeListenerProviders());
            deliveries.effect(trx);
        });

        assertThat(executed).anyMatch(sql -> sql.contains("business")).anyMatch(sql -> sql.contains("skip locked"));
        assertThat(ended).containsExactly("committed");
    }

    /** Ours are not, but what the work sends is prepared on the server as the driver sees fit. */
    @Test
    void statements_ofTheWork_arePreparedAsAnywhereElse() throws Exception {
        outbox.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
            for (int i = 0; i < 10; i++) {
                trx.dsl().fetchSingle("select {0} as theirs", DSL.val(i));
            }
            assertThat(trx.dsl()
                            .fetch("select statement from pg_prepared_statements")
                            .getValues(0, String.class))
                    .anyMatch(statement -> statement.contains("as theirs"))
                    .noneMatch(statement -> statement.contains("skip locked"));
        });
    }

    @Test
    void listener_throwingAfterTheCommit_doesNotUndoTheVerdict() throws Exception {
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration().set(committing(() -> {
            throw new IllegalStateException("too late to object");
        }));
        Message message = deliveries.claimed();

        assertThat(JooqOutboxRepository.of(dsl, OUTBOXES.table())
                        .deliverInTransaction(message, IDLE, deliveries::effect))
                .isEqualTo(Verdict.APPLIED);

        assertThat(deliveries.effects()).isEqualTo(1);
        assertThat(deliveries.isThere(message)).isFalse();
    }

    private static TransactionListener committing(Runnable action) {
        return new TransactionListener() {
            @Override
            public void commitEnd(TransactionContext context) {
                action.run();
            }
        };
    }
}
