package org.jooqoutbox.it.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Business rows and messages commit or vanish together, or nothing is written and a sentence says why. */
@Tag("conformance")
class EnqueueTransactionTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("transactions");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private final JooqOutboxRepository outbox = OUTBOX.repository();
    private final DSLContext dsl = OUTBOX.dsl();

    @BeforeEach
    void empty() {
        OUTBOX.clear();
        dsl.deleteFrom(DSL.table(OUTBOX.business())).execute();
    }

    @Test
    void enqueue_committed_leavesBoth() {
        dsl.transaction(trx -> {
            insertBusiness(trx, 1);
            outbox.enqueue(trx, KIND.draft("1"));
        });
        assertThat(businessRows()).isEqualTo(1);
        assertThat(OUTBOX.rows()).hasSize(1);
    }

    @Test
    void enqueue_throughTheTransactionsDslContext_isTheSame() {
        dsl.transaction(trx -> {
            outbox.enqueue(trx.dsl(), KIND.draft("1"));
        });
        assertThat(OUTBOX.rows()).hasSize(1);
    }

    @Test
    void enqueue_rolledBack_leavesNeither() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    insertBusiness(trx, 1);
                    outbox.enqueue(trx, KIND.draft("1"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(businessRows()).isZero();
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void enqueue_uncommitted_isInvisibleToClaims() {
        dsl.transaction(trx -> {
            outbox.enqueue(trx, KIND.draft("1"));
            assertThat(outbox.claim(10)).isEmpty();
        });
        assertThat(outbox.claim(10)).hasSize(1);
    }

    @Test
    void enqueue_inNestedTransactionRolledBack_leavesTheOuterOnes() {
        dsl.transaction(trx -> {
            outbox.enqueue(trx, KIND.draft("\"outer\""));
            assertThatThrownBy(() -> trx.dsl().transaction(nested -> {
                        insertBusiness(nested, 1);
                        outbox.enqueue(nested, KIND.draft("\"inner\""));
                        throw new IllegalStateException("only the inner");
                    }))
                    .hasMessage("only the inner");
            outbox.enqueue(trx, KIND.draft("\"after\""));
        });
        assertThat(businessRows()).isZero();
        assertThat(OUTBOX.rows()).extracting(row -> row.getPayload().data()).containsExactly("\"outer\"", "\"after\"");
    }

    @Test
    void enqueue_nestedCommittedOuterRolledBack_leavesNothing() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    trx.dsl().transaction(nested -> {
                        outbox.enqueue(nested, KIND.draft("1"));
                    });
                    throw new IllegalStateException("all of it");
                }))
                .hasMessage("all of it");
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void enqueue_onCapturedOuterContext_isRefused(boolean autoCommit) {
        try (HikariDataSource pool = Pools.pool(autoCommit, 3)) {
            DSLContext outer = DSL.using(pool, SQLDialect.POSTGRES);
            assertThatThrownBy(() -> outer.transaction(trx -> {
                        insertBusiness(trx, 1);
                        outbox.enqueue(outer, KIND.draft("1"));
                    }))
                    .isInstanceOf(NoActiveTransactionException.class)
                    .hasMessageContaining(OUTBOX.table().toString())
                    .hasMessageContaining("Pass the Configuration that your transaction's lambda received");
        }
        assertThat(businessRows()).isZero();
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void enqueue_withoutAnyTransaction_isRefused(boolean autoCommit) {
        try (HikariDataSource pool = Pools.pool(autoCommit, 1)) {
            assertThatThrownBy(() -> outbox.enqueue(DSL.using(pool, SQLDialect.POSTGRES), KIND.draft("1")))
                    .isInstanceOf(NoActiveTransactionException.class);
        }
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void enqueue_onPoolWithoutAutoCommitInsideTransaction_works() {
        try (HikariDataSource pool = Pools.pool(false, 1)) {
            DSL.using(pool, SQLDialect.POSTGRES).transaction(trx -> {
                outbox.enqueue(trx, KIND.draft("1"));
            });
        }
        assertThat(OUTBOX.rows()).hasSize(1);
    }

    @Test
    void enqueue_onPlainConnection_followsItsAutoCommit() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            DSLContext context = DSL.using(connection, SQLDialect.POSTGRES);
            assertThatThrownBy(() -> outbox.enqueue(context, KIND.draft("1")))
                    .isInstanceOf(NoActiveTransactionException.class)
                    .hasMessageContaining("auto-commit is on");

            connection.setAutoCommit(false);
            outbox.enqueue(context, KIND.draft("2"));
            connection.commit();
        }
        assertThat(OUTBOX.rows()).extracting(row -> row.getPayload().data()).containsExactly("2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void enqueue_withThreadLocalProvider_knowsWhetherATransactionIsOpen(boolean autoCommit) {
        try (HikariDataSource pool = Pools.pool(autoCommit, 2)) {
            Configuration configuration =
                    new DefaultConfiguration().set(SQLDialect.POSTGRES).set(pool);
            configuration.set(new ThreadLocalTransactionProvider(configuration.connectionProvider()));
            DSLContext bound = DSL.using(configuration);

            assertThatThrownBy(() -> outbox.enqueue(bound, KIND.draft("1")))
                    .isInstanceOf(NoActiveTransactionException.class);
            bound.transaction(() -> {
                outbox.enqueue(bound, KIND.draft("2"));
            });
            assertThatThrownBy(() -> bound.transaction(() -> {
                        outbox.enqueue(bound, KIND.draft("3"));
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
        }
        assertThat(OUTBOX.rows()).extracting(row -> row.getPayload().data()).containsExactly("2");
    }

    @Test
    void enqueue_onReadOnlyConnection_isRefusedBeforeTheDatabaseSeesIt() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            assertThatThrownBy(() -> outbox.enqueue(DSL.using(connection, SQLDialect.POSTGRES), KIND.draft("1")))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void enqueue_inTransactionSetReadOnlyBySql_failsAsJooqFails() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    trx.dsl().execute("set transaction read only");
                    outbox.enqueue(trx, KIND.draft("1"));
                }))
                .isExactlyInstanceOf(DataAccessException.class)
                .satisfies(e -> assertThat(((DataAccessException) e).sqlState()).isEqualTo("25006"));
    }

    @Test
    void enqueue_withoutConnection_isRefused() {
        assertThatThrownBy(() -> outbox.enqueue(DSL.using(SQLDialect.POSTGRES), KIND.draft("1")))
                .isInstanceOf(NoActiveTransactionException.class)
                .hasMessageContaining("no JDBC connection");
    }

    @Test
    void enqueue_withOtherDialect_isRefused() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> outbox.enqueue(DSL.using(connection, SQLDialect.DEFAULT), KIND.draft("1")))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("POSTGRES");
        }
    }

    @Test
    void enqueue_withTransactionCheck_believesIt() throws SQLException {
        try (Connection shared = Postgres.dataSource().getConnection();
                HikariDataSource pool = Pools.pool(false, 1)) {
            shared.setAutoCommit(false);
            JooqOutboxRepository yes = JooqOutboxRepository.builder(OUTBOX.table())
                    .transactionCheck(dataSource -> dataSource == pool)
                    .build();
            JooqOutboxRepository no = JooqOutboxRepository.builder(OUTBOX.table())
                    .transactionCheck(dataSource -> false)
                    .build();
            DSLContext context = DSL.using(pool, SQLDialect.POSTGRES);
            yes.enqueue(context, KIND.draft("1"));
            assertThatThrownBy(() -> no.enqueue(context, KIND.draft("2")))
                    .isInstanceOf(NoActiveTransactionException.class)
                    .hasMessageContaining("TransactionCheck");
        }
    }

    @Test
    void enqueue_leavesTheCallersConnectionAsItWas() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            Configuration configuration =
                    new DefaultConfiguration().set(SQLDialect.POSTGRES).set(new DefaultConnectionProvider(connection));
            outbox.enqueue(configuration, KIND.draft("1"));
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.isClosed()).isFalse();
            connection.rollback();
        }
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void enqueue_ofNothing_doesNothing() {
        dsl.transaction(trx -> {
            assertThat(outbox.enqueue(trx, List.of()).ids()).isEmpty();
        });
    }

    @Test
    void enqueueInOwnTransaction_outsideAnyTransaction_commits() {
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
        assertThat(OUTBOX.rows()).hasSize(1);
    }

    @Test
    void enqueueInOwnTransaction_whileCallersRollsBack_stays() {
        assertThatThrownBy(() -> dsl.transaction(trx -> {
                    outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(OUTBOX.rows()).hasSize(1);
    }

    private static void insertBusiness(Configuration trx, int id) {
        trx.dsl().execute("insert into {0} (id, note) values ({1}, 'x')", DSL.table(OUTBOX.business()), DSL.val(id));
    }

    private int businessRows() {
        return dsl.fetchCount(DSL.table(OUTBOX.business()));
    }
}
