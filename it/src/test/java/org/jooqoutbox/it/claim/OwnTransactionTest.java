package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Claims and settlements run in transactions of their own, whatever the pool and the database's defaults are. */
@Tag("conformance")
class OwnTransactionTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("own");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    @BeforeEach
    void empty() {
        OUTBOX.clear();
    }

    @Test
    void claim_onConnectionInTheMiddleOfATransaction_isRefusedAndLeavesItOpen() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            DataSource shared = new SingleConnectionDataSource(connection, true);
            JooqOutboxRepository outbox = JooqOutboxRepository.of(shared, OUTBOX.table());
            outbox.enqueue(DSL.using(connection, SQLDialect.POSTGRES), KIND.draft("1"));

            assertThatThrownBy(() -> outbox.claim(1))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("must not join one of the caller's");

            assertThat(connection.getAutoCommit()).isFalse();
            connection.rollback();
        }
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void claim_poolThatHasNoConnection_saysWhatThePoolSaid() {
        DataSource exhausted = new PGSimpleDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                throw new SQLException("the pool is empty");
            }
        };
        assertThatThrownBy(
                        () -> JooqOutboxRepository.of(exhausted, OUTBOX.table()).claim(1))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("the pool is empty");
    }

    @Test
    void of_contextInsideTransaction_isRefused() {
        OUTBOX.dsl().transaction(trx -> {
            assertThatThrownBy(() -> JooqOutboxRepository.of(trx.dsl(), OUTBOX.table()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("DataSource");
        });
    }

    @Test
    void claim_ofRepositoryForEnqueue_isRefused() {
        assertThatThrownBy(() -> JooqOutboxRepository.forEnqueue(OUTBOX.table()).claim(1))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("JooqOutboxRepository.of(dataSource, table)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void claimAndSettle_onPoolOfOne_leaveTheConnectionAsItWas(boolean autoCommit) throws SQLException {
        try (HikariDataSource pool = Pools.pool(autoCommit, 1)) {
            JooqOutboxRepository outbox = JooqOutboxRepository.of(pool, OUTBOX.table());
            outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
            Message message = outbox.claim(1).get(0);
            assertThat(outbox.markDone(message)).isEqualTo(Verdict.APPLIED);
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
            }
        }
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"read committed", "repeatable read", "serializable"})
    void claimAndSettle_underAnyDefaultIsolation_work(String isolation) {
        JooqOutboxRepository outbox = JooqOutboxRepository.of(withDefaultIsolation(isolation), OUTBOX.table());
        outbox.enqueueInOwnTransaction(List.of(KIND.draft("1")));
        assertThat(outbox.markDone(outbox.claim(1).get(0))).isEqualTo(Verdict.APPLIED);
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void claim_ofContextBackedByDataSource_callsItsListeners() {
        List<String> executed = new ArrayList<>();
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration().set(ExecuteListener.onExecuteStart(context -> executed.add(context.sql())));
        JooqOutboxRepository.of(dsl, OUTBOX.table()).claim(1);
        assertThat(executed).anyMatch(sql -> sql.contains("skip locked"));
    }

    @Test
    void failedStatement_onPoolWithoutAutoCommit_leavesTheConnectionAsItWas() throws SQLException {
        try (Connection connection = Postgres.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            JooqOutboxRepository missing = JooqOutboxRepository.of(
                    new SingleConnectionDataSource(connection, true), OutboxTable.of("nowhere", "outbox"));
            assertThatThrownBy(() -> missing.claim(1)).hasMessageContaining("nowhere");
            assertThat(connection.getAutoCommit()).isFalse();
        }
    }

    private static DataSource withDefaultIsolation(String isolation) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(Postgres.user());
        dataSource.setPassword(Postgres.password());
        dataSource.setOptions("-c default_transaction_isolation=" + isolation.replace(" ", "\\ "));
        return dataSource;
    }
}
