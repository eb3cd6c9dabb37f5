package org.jooqoutbox.it.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jooqoutbox.it.delivery.Deliveries.IDLE;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;

/** Connections that break at the worst moment: the verdict is what the server did, and never more than is known. */
@Tag("conformance")
class DeliveryFaultTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("faults");

    private final Deliveries deliveries = new Deliveries(OUTBOXES);
    private Message message;

    @BeforeEach
    void claim() {
        deliveries.clear();
        message = deliveries.claimed();
    }

    @Test
    void commit_whoseReplyIsLost_isFoundToHaveTakenEffect() throws Exception {
        DataSource dataSource = InterceptedDataSource.of(Postgres.dataSource(), "commit", real -> {
            real.commit();
            breakOff(real);
            throw broken();
        });

        assertThat(deliverOn(dataSource)).isEqualTo(Verdict.APPLIED);
        assertDelivered();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void commit_whoseReplyIsLostOnAPoolOfOne_isFoundToHaveTakenEffect(boolean autoCommit) throws Exception {
        try (HikariDataSource pool = Pools.pool(autoCommit, 1)) {
            DataSource dataSource = InterceptedDataSource.of(pool, "commit", real -> {
                real.commit();
                breakOff(real);
                throw broken();
            });

            assertThat(deliverOn(dataSource)).isEqualTo(Verdict.APPLIED);
            assertDelivered();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
            }
        }
    }

    @Test
    void commit_thatNeverArrived_throwsAndLeavesTheMessage() {
        SQLException lost = broken();
        DataSource dataSource = InterceptedDataSource.of(Postgres.dataSource(), "commit", real -> {
            breakOff(real);
            throw lost;
        });

        assertThat(catchThrowable(() -> deliverOn(dataSource))).isSameAs(lost).hasNoSuppressedExceptions();
        assertNotDelivered();
    }

    /** The connection lives, and goes back to where it came from: nothing that is open on it may be committed by that. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void commit_refusedBeforeItWasSent_throwsAndLeavesTheMessage(boolean autoCommit) {
        try (HikariDataSource pool = Pools.pool(autoCommit, 1)) {
            SQLException lost = broken();
            DataSource dataSource = InterceptedDataSource.of(pool, "commit", real -> {
                throw lost;
            });

            assertThat(catchThrowable(() -> deliverOn(dataSource))).isSameAs(lost);
            assertNotDelivered();
        }
    }

    @Test
    void commit_thatThrowsUncheckedAfterItTookEffect_isFoundToHaveTakenEffect() throws Exception {
        DataSource dataSource = InterceptedDataSource.of(Postgres.dataSource(), "commit", real -> {
            real.commit();
            throw new IllegalStateException("a pool's own bug");
        });

        assertThat(deliverOn(dataSource)).isEqualTo(Verdict.APPLIED);
        assertDelivered();
    }

    @Test
    void commit_lostWithTheServer_throwsAndSaysWhyItCouldNotBeLookedInto() {
        SQLException lost = broken();
        AtomicInteger commits = new AtomicInteger();
        DataSource once = onlyUntil(
                InterceptedDataSource.of(Postgres.dataSource(), "commit", real -> {
                    real.commit();
                    commits.incrementAndGet();
                    breakOff(real);
                    throw lost;
                }),
                commits);

        Throwable thrown = catchThrowable(() -> deliverOn(once));

        assertThat(thrown).isSameAs(lost);
        assertThat(thrown.getSuppressed()).singleElement().asString().contains("the server is gone");
        assertDelivered();
    }

    /**
     * The transaction was rolled back, and before anybody looked, the message was delivered by somebody else: it is gone, but not through the
     * commit that was lost.
     */
    @Test
    void commit_thatNeverArrivedAndMessageDeliveredBySomebodyElse_throws() {
        SQLException lost = broken();
        DataSource dataSource = InterceptedDataSource.of(Postgres.dataSource(), "commit", real -> {
            int backend = real.unwrap(BaseConnection.class).getBackendPID();
            breakOff(real);
            Deliveries.until(() -> !deliveries.isAlive(backend));
            OUTBOXES.makeAllDue();
            Message again = OUTBOXES.repository().claim(1).get(0);
            assertThat(OUTBOXES.repository().markDone(again)).isEqualTo(Verdict.APPLIED);
            throw lost;
        });

        assertThat(catchThrowable(() -> deliverOn(dataSource))).isSameAs(lost);
        assertThat(deliveries.effects()).isZero();
        assertThat(deliveries.isThere(message)).isFalse();
    }

    @Test
    void commit_thatTheServerRefuses_throwsAndLeavesTheMessage() {
        OUTBOXES.dsl()
                .execute(
                        "alter table {0} add constraint one unique (note) deferrable initially deferred",
                        OUTBOXES.business());
        try {
            assertThatThrownBy(() -> OUTBOXES.repository().deliverInTransaction(message, IDLE, trx -> {
                        deliveries.effect(trx, 1);
                        deliveries.effect(trx, 2);
                    }))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
            assertNotDelivered();
        } finally {
            OUTBOXES.dsl().execute("alter table {0} drop constraint one", OUTBOXES.business());
        }
    }

    @Test
    void backend_terminatedDuringTheWork_throwsAndLeavesTheMessage() {
        assertThatThrownBy(() -> OUTBOXES.repository().deliverInTransaction(message, IDLE, trx -> {
                    deliveries.effect(trx, 1);
                    terminate(Deliveries.backend(trx));
                    deliveries.effect(trx, 2);
                }))
                .isInstanceOf(DataAccessException.class);
        assertNotDelivered();
    }

    @Test
    void backend_terminatedBeforeTheCommit_throwsAndLeavesTheMessage() {
        assertThatThrownBy(() -> OUTBOXES.repository().deliverInTransaction(message, IDLE, trx -> {
                    deliveries.effect(trx);
                    terminate(Deliveries.backend(trx));
                }))
                .isInstanceOf(SQLException.class);
        assertNotDelivered();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rollback_thatFails_endsTheConnectionInsteadOfCommitting(boolean autoCommit) {
        try (HikariDataSource pool = Pools.pool(autoCommit, 1)) {
            DataSource dataSource = InterceptedDataSource.of(pool, "rollback", real -> {
                throw broken();
            });
            IllegalStateException thrown = new IllegalStateException("no");

            assertThat(catchThrowable(() -> JooqOutboxRepository.of(dataSource, OUTBOXES.table())
                            .deliverInTransaction(message, IDLE, trx -> {
                                deliveries.effect(trx);
                                throw thrown;
                            })))
                    .isSameAs(thrown);

            assertNotDelivered();
        }
    }

    @Test
    void connection_thatIsNotToBeHad_throwsAndLeavesTheMessage() {
        DataSource none = onlyUntil(Postgres.dataSource(), new AtomicInteger(1));
        assertThatThrownBy(() -> deliverOn(none)).hasMessage("the server is gone");
        assertNotDelivered();
    }

    private Verdict deliverOn(DataSource dataSource) throws Exception {
        return JooqOutboxRepository.of(dataSource, OUTBOXES.table())
                .deliverInTransaction(message, IDLE, deliveries::effect);
    }

    private void assertDelivered() {
        assertThat(deliveries.effects()).isEqualTo(1);
        assertThat(deliveries.isThere(message)).isFalse();
    }

    /** Its holder still holds it, once the server has noticed that the connection is gone. */
    private void assertNotDelivered() {
        Deliveries.until(() -> OUTBOXES.repository().markDone(message) == Verdict.APPLIED);
        assertThat(deliveries.effects()).isZero();
    }

    private void terminate(int backend) {
        OUTBOXES.dsl().execute("select pg_terminate_backend({0})", DSL.val(backend));
        Deliveries.until(() -> !deliveries.isAlive(backend));
    }

    /** As when the network fails: the server learns of it some time later. */
    private static void breakOff(Connection connection) throws SQLException {
        connection.unwrap(BaseConnection.class).abort(Runnable::run);
    }

    private static SQLException broken() {
        return new SQLException("an I/O error", "08006");
    }

    /** Hands out no connection any more once the count is above zero. */
    private static DataSource onlyUntil(DataSource dataSource, AtomicInteger count) {
        return InterceptedDataSource.before(dataSource, () -> {
            if (count.get() > 0) {
                throw new SQLException("the server is gone", "08001");
            }
        });
    }
}
