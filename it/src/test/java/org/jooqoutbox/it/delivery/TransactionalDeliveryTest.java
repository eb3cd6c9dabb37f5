package org.jooqoutbox.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jooqoutbox.generated.Tables.OUTBOX;
import static org.jooqoutbox.it.delivery.Deliveries.IDLE;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository.TransactionalWork;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** A message and the effect of its delivery: both or neither, and nobody else meanwhile. */
@Tag("conformance")
class TransactionalDeliveryTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("delivery");
    private static final TransactionalWork<Configuration> NEVER = trx -> {
        throw new AssertionError("the work was called");
    };

    private final Deliveries deliveries = new Deliveries(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        deliveries.clear();
    }

    @Test
    void deliver_workReturns_commitsEffectAndRemovalTogether() throws Exception {
        Message message = deliveries.claimed();

        Verdict verdict = outbox.deliverInTransaction(message, IDLE, trx -> {
            deliveries.effect(trx);
            assertThat(deliveries.effects()).isZero();
            assertThat(deliveries.isThere(message)).isTrue();
        });

        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(deliveries.effects()).isEqualTo(1);
        assertThat(deliveries.isThere(message)).isFalse();
    }

    static Stream<Throwable> throwables() {
        return Stream.of(
                new IllegalStateException("no"),
                new IOException("no"),
                new SQLException("no", "08006"),
                new AssertionError("no"),
                new StackOverflowError("no"),
                new InterruptedException("no"));
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void deliver_workThrows_rollsBackAndThrowsTheSame(Throwable thrown) {
        Message message = deliveries.claimed();

        Throwable caught = catchThrowable(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
            deliveries.effect(trx);
            throwAny(thrown);
        }));

        assertThat(caught).isSameAs(thrown);
        assertThat(deliveries.effects()).isZero();
        assertThat(outbox.settle(List.of(Settlement.failed(message, "no", Duration.ZERO))))
                .containsExactly(Verdict.APPLIED);
        assertThat(outbox.claim(1)).extracting(Message::id).containsExactly(message.id());
    }

    private static void throwAny(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    @Test
    void deliver_workThrowsAndNobodySettles_isClaimableAfterTheLease() {
        Message message = deliveries.claimed();
        assertThatThrownBy(() -> outbox.deliverInTransaction(message, IDLE, trx -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(outbox.claim(1)).isEmpty();
        OUTBOXES.makeAllDue();
        assertThat(outbox.claim(1)).extracting(Message::id).containsExactly(message.id());
    }

    @Test
    void deliver_ofMessageThatSomebodyElseClaimed_isLostAndNeverCallsTheWork() throws Exception {
        Message stale = deliveries.claimed();
        OUTBOXES.makeAllDue();
        Message holder = outbox.claim(1).get(0);

        assertThat(outbox.deliverInTransaction(stale, IDLE, NEVER)).isEqualTo(Verdict.LEASE_LOST);

        assertThat(outbox.markDone(holder)).isEqualTo(Verdict.APPLIED);
    }

    @Test
    void deliver_ofSettledMessage_isLostAndNeverCallsTheWork() throws Exception {
        for (Settlement.Verdict settled : outbox.settle(List.of(
                Settlement.failed(deliveries.claimed(), "x", Duration.ofHours(1)),
                Settlement.dead(deliveries.claimed(), "x"),
                Settlement.released(deliveries.claimed())))) {
            assertThat(settled).isEqualTo(Verdict.APPLIED);
        }
        Message done = deliveries.claimed();
        outbox.markDone(done);

        for (var row : OUTBOXES.rows()) {
            assertThat(outbox.deliverInTransaction(like(done, row.getId(), row.getAttempts()), IDLE, NEVER))
                    .isEqualTo(Verdict.LEASE_LOST);
        }
        assertThat(outbox.deliverInTransaction(done, IDLE, NEVER)).isEqualTo(Verdict.LEASE_LOST);
        assertThat(OUTBOXES.rows()).hasSize(3);
    }

    private static Message like(Message message, UUID id, int attempts) {
        return new Message(
                message.outbox(),
                id,
                message.kind(),
                "1",
                message.headers(),
                attempts,
                0,
                0,
                message.createdAt(),
                null,
                null,
                message.seq());
    }

    @Test
    void deliver_ofRowLockedBySomebody_isBusyWithoutWaiting() throws Exception {
        Message message = deliveries.claimed();
        OUTBOXES.dsl().transaction(somebody -> {
            outbox.dsl(somebody).selectFrom(OUTBOX).forUpdate().fetch();
            assertThat(outbox.deliverInTransaction(message, IDLE, NEVER)).isEqualTo(Verdict.BUSY);
        });
        assertThat(outbox.deliverInTransaction(message, IDLE, deliveries::effect))
                .isEqualTo(Verdict.APPLIED);
    }

    @Test
    void deliver_ofLostMessageLockedBySomebody_isLostNotBusy() throws Exception {
        Message stale = deliveries.claimed();
        OUTBOXES.makeAllDue();
        outbox.claim(1);
        OUTBOXES.dsl().transaction(somebody -> {
            outbox.dsl(somebody).selectFrom(OUTBOX).forUpdate().fetch();
            assertThat(outbox.deliverInTransaction(stale, IDLE, NEVER)).isEqualTo(Verdict.LEASE_LOST);
        });
    }

    @Test
    void deliver_twiceAtTheSameTime_isDoneOnce() throws Exception {
        Message message = deliveries.claimed();

        assertThat(outbox.deliverInTransaction(message, IDLE, trx -> {
                    deliveries.effect(trx);
                    assertThat(outbox.deliverInTransaction(message, IDLE, NEVER))
                            .isEqualTo(Verdict.BUSY);
                    assertThat(outbox.markDone(message)).isEqualTo(Verdict.BUSY);
                }))
                .isEqualTo(Verdict.APPLIED);

        assertThat(outbox.deliverInTransaction(message, IDLE, NEVER)).isEqualTo(Verdict.LEASE_LOST);
        assertThat(deliveries.effects()).isEqualTo(1);
    }

    @Test
    void claim_whileADeliveryIsGoingOnPastItsLease_skipsTheMessage() throws Exception {
        Message message = deliveries.claimed(Duration.ofMillis(1));

        Verdict verdict = outbox.deliverInTransaction(message, IDLE, trx -> {
            Deliveries.until(() -> OUTBOXES.mapped()
                    .fetchExists(OUTBOX, OUTBOX.RETRY_AT.lt(DSL.field("clock_timestamp()", OffsetDateTime.class))));
            Claim claim = outbox.claim(ClaimRequest.of(10));
            assertThat(claim.seen()).isZero();
            deliveries.effect(trx);
        });

        assertThat(verdict).isEqualTo(Verdict.APPLIED);
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "read committed, true",
        "read committed, false",
        "repeatable read, true",
        "serializable, true",
        "serializable, false"
    })
    void deliver_onPoolOfOne_isReadCommittedAndLeavesTheConnectionAsItWas(String isolation, boolean autoCommit)
            throws Exception {
        try (HikariDataSource pool = Pools.pool(isolation, autoCommit, 1)) {
            JooqOutboxRepository pooled = JooqOutboxRepository.of(pool, OUTBOXES.table());

            Verdict verdict = pooled.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
                deliveries.effect(trx);
                assertThat(setting(trx, "transaction_isolation")).isEqualTo("read committed");
            });
            assertThat(verdict).isEqualTo(Verdict.APPLIED);
            assertThatThrownBy(() -> pooled.deliverInTransaction(deliveries.claimed(), IDLE, trx -> {
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            OUTBOXES.makeAllDue();
            Message lost = outbox.claim(1).get(0);
            outbox.markDone(lost);
            assertThat(pooled.deliverInTransaction(lost, IDLE, NEVER)).isEqualTo(Verdict.LEASE_LOST);

            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                Configuration session =
                        DSL.using(connection, SQLDialect.POSTGRES).configuration();
                assertThat(setting(session, "transaction_isolation")).isEqualTo(isolation);
                assertThat(setting(session, "idle_in_transaction_session_timeout"))
                        .isEqualTo("0");
            }
        }
        assertThat(deliveries.effects()).isEqualTo(1);
    }

    @Test
    void idleTimeout_insideTheTransaction_isTheOneGiven() throws Exception {
        AtomicReference<String> timeout = new AtomicReference<>();
        outbox.deliverInTransaction(
                deliveries.claimed(),
                Duration.ofMillis(1234),
                trx -> timeout.set(setting(trx, "idle_in_transaction_session_timeout")));
        assertThat(timeout).hasValue("1234ms");
    }

    @Test
    void idleTimeout_whenItPasses_endsTheTransactionAndFreesTheMessage() {
        Message message = deliveries.claimed();

        assertThatThrownBy(() -> outbox.deliverInTransaction(message, Duration.ofMillis(50), trx -> {
                    deliveries.effect(trx);
                    int backend = Deliveries.backend(trx);
                    Deliveries.until(() -> !deliveries.isAlive(backend));
                }))
                .isInstanceOf(SQLException.class);

        assertThat(deliveries.effects()).isZero();
        assertThat(outbox.markDone(message)).isEqualTo(Verdict.APPLIED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT0S", "PT0.0009S", "PT24H0.001S"})
    void idleTimeout_outsideItsRange_isRefused(Duration timeout) {
        Message message = deliveries.claimed();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.deliverInTransaction(message, timeout, NEVER))
                .withMessageContaining("idleTimeout must be from one millisecond to one day");
    }

    @Test
    void deliver_onConnectionInTheMiddleOfATransaction_isRefusedAndLeavesItOpen() throws SQLException {
        Message message = deliveries.claimed();
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            deliveries.effect(DSL.using(connection, SQLDialect.POSTGRES).configuration());
            JooqOutboxRepository shared =
                    JooqOutboxRepository.of(new SingleConnectionDataSource(connection, true), OUTBOXES.table());

            assertThatThrownBy(() -> shared.deliverInTransaction(message, IDLE, NEVER))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("must not join one of the caller's");

            assertThat(connection.getAutoCommit()).isFalse();
            connection.rollback();
        }
        assertThat(deliveries.effects()).isZero();
        assertThat(deliveries.isThere(message)).isTrue();
    }

    @Test
    void deliver_insideSpringTransaction_isRefused() {
        Message message = deliveries.claimed();
        DataSource dataSource = Postgres.dataSource();
        JooqOutboxRepository spring =
                JooqOutboxRepository.of(new TransactionAwareDataSourceProxy(dataSource), OUTBOXES.table());
        new TransactionTemplate(new DataSourceTransactionManager(dataSource))
                .executeWithoutResult(
                        status -> assertThatThrownBy(() -> spring.deliverInTransaction(message, IDLE, NEVER))
                                .isInstanceOf(OutboxException.class)
                                .hasMessageContaining("Spring has one open on this thread"));
    }

    @Test
    void deliver_byRepositoryForEnqueue_isRefused() {
        Message message = deliveries.claimed();
        assertThatThrownBy(() ->
                        JooqOutboxRepository.forEnqueue(OUTBOXES.table()).deliverInTransaction(message, IDLE, NEVER))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("JooqOutboxRepository.of(dataSource, table)");
    }

    @Test
    void deliver_onInterruptedThread_leavesTheFlagAlone() throws Exception {
        Message message = deliveries.claimed();
        try {
            Verdict verdict = outbox.deliverInTransaction(message, IDLE, trx -> {
                Thread.currentThread().interrupt();
                deliveries.effect(trx);
            });
            assertThat(verdict).isEqualTo(Verdict.APPLIED);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    private static String setting(Configuration configuration, String name) {
        return configuration
                .dsl()
                .fetchSingle("select current_setting({0})", DSL.val(name))
                .get(0, String.class);
    }
}
