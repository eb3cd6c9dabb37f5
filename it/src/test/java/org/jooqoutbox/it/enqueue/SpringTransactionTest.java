package org.jooqoutbox.it.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.NoActiveTransactionException;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.it.support.Pools;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions, as Spring Boot wires them into jOOQ: with pools whose connections have auto-commit on, or off. */
@Tag("conformance")
@ParameterizedClass
@ValueSource(booleans = {true, false})
class SpringTransactionTest {

    private static final TestOutbox OUTBOX = TestOutbox.create("spring");
    private static final MessageKind<String> KIND = MessageKind.json("kind");

    private final HikariDataSource pool;
    private final TransactionAwareDataSourceProxy proxy;
    private final TransactionTemplate transactions;
    private final DSLContext dsl;

    SpringTransactionTest(boolean autoCommit) {
        pool = Pools.pool(autoCommit, 3);
        proxy = new TransactionAwareDataSourceProxy(pool);
        transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        dsl = DSL.using(proxy, SQLDialect.POSTGRES);
    }

    @BeforeEach
    void empty() {
        OUTBOX.clear();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void enqueue_insideSpringTransaction_commitsWithIt() {
        transactions.executeWithoutResult(status -> OUTBOX.repository().enqueue(dsl, KIND.draft("1")));
        assertThat(OUTBOX.rows()).hasSize(1);
    }

    @Test
    void enqueue_insideSpringTransactionRolledBack_vanishesWithIt() {
        transactions.executeWithoutResult(status -> {
            OUTBOX.repository().enqueue(dsl, KIND.draft("1"));
            status.setRollbackOnly();
        });
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void enqueue_outsideSpringTransaction_isRefused() {
        assertThatThrownBy(() -> OUTBOX.repository().enqueue(dsl, KIND.draft("1")))
                .isInstanceOf(NoActiveTransactionException.class)
                .hasMessageContaining("Spring");
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void claim_insideSpringTransaction_isRefusedAndCallersWorkStaysUncommitted() {
        JooqOutboxRepository outbox = JooqOutboxRepository.of(proxy, OUTBOX.table());
        transactions.executeWithoutResult(status -> {
            outbox.enqueue(dsl, KIND.draft("1"));
            assertThatThrownBy(() -> outbox.claim(1))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("transaction of its own");
            assertThat(OUTBOX.rows()).isEmpty();
            status.setRollbackOnly();
        });
        assertThat(OUTBOX.rows()).isEmpty();
    }

    @Test
    void claim_outsideSpringTransaction_works() {
        JooqOutboxRepository outbox = JooqOutboxRepository.of(proxy, OUTBOX.table());
        transactions.executeWithoutResult(status -> outbox.enqueue(dsl, KIND.draft("1")));
        assertThat(outbox.claim(1)).hasSize(1);
    }
}
