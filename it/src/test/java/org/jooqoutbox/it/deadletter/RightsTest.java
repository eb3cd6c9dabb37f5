package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jooq.DSLContext;
import org.jooq.Name;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Whoever only looks needs no right to change anything. */
@Tag("conformance")
class RightsTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("rights");
    private static final DeadLetterQuery ALL = DeadLetterQuery.all();

    private final Letters letters = new Letters(OUTBOXES);

    @BeforeEach
    void fill() {
        OUTBOXES.clear();
        letters.dead(2);
    }

    @Test
    void role_thatMayOnlySelect_looksAndChangesNothing() {
        JooqOutboxRepository outbox = by("observer", "select");
        assertThat(outbox.deadLetters(ALL)).hasSize(2);
        assertThat(outbox.countDeadLetters(ALL)).hasSize(1);
        assertThat(outbox.previewReplay(ALL).replayed()).hasSize(2);
        assertThat(outbox.stats().dead()).isEqualTo(2);
        assertRefused(() -> outbox.replay(ALL));
        assertRefused(() -> outbox.purge(ALL));
    }

    @Test
    void role_thatMaySelectAndUpdate_replaysButDoesNotPurge() {
        JooqOutboxRepository outbox = by("replayer", "select, update");
        assertRefused(() -> outbox.purge(ALL));
        assertThat(outbox.replay(ALL).replayed()).hasSize(2);
    }

    /** Rows are locked before they are deleted, and PostgreSQL wants the right to UPDATE for that. */
    @Test
    void role_thatMaySelectAndDelete_needsToUpdateForAPurge() {
        JooqOutboxRepository outbox = by("purger", "select, delete");
        assertRefused(() -> outbox.purge(ALL));
        assertThat(by("dispatcher", "select, update, delete").purge(ALL)).hasSize(2);
    }

    private static void assertRefused(Runnable operation) {
        assertThatThrownBy(operation::run)
                .isInstanceOf(DataAccessException.class)
                .satisfies(e -> assertThat(((DataAccessException) e).sqlState()).isEqualTo("42501"));
    }

    private static JooqOutboxRepository by(String name, String rights) {
        String role = OUTBOXES.table().schema() + "_" + name;
        Name schema = DSL.name(OUTBOXES.table().schema());
        DSLContext dsl = OUTBOXES.dsl();
        dsl.execute("create role {0} login password 'secret'", DSL.name(role));
        dsl.execute("grant usage on schema {0} to {1}", schema, DSL.name(role));
        dsl.execute(
                "grant " + rights + " on {0} to {1}",
                DSL.name(OUTBOXES.table().schema(), OUTBOXES.table().name()),
                DSL.name(role));
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(role);
        dataSource.setPassword("secret");
        return JooqOutboxRepository.of(dataSource, OUTBOXES.table());
    }
}
