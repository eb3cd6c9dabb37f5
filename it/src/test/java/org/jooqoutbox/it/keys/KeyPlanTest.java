package org.jooqoutbox.it.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.OutboxRepository.BlockedKey;
import org.jooqoutbox.OutboxRepository.BlockedKey.Reason;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.it.support.PagesRead;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What is asked about ordering keys stays cheap and exact whatever the planner does. */
@Tag("conformance")
class KeyPlanTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("keyplans");

    private final KeyedRows rows = new KeyedRows(OUTBOXES);

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    /** The first key alone has a hundred thousand messages. The second time, the planner knows. */
    @Test
    void questions_aboutLongAndManyKeys_readFewPages() {
        rows.addMany(100_000, "'a'", "now()");
        rows.addMany(100_000, "'b' || i % 20000", "now() + interval '1 day'");
        OUTBOXES.mapped()
                .execute(
                        "insert into {0} (kind, payload, retry_at)"
                                + " select 'kind', '1', now() + i * interval '1 s' from generate_series(1, 100000) i",
                        OUTBOX);
        for (int time = 1; time <= 2; time++) {
            assertThat(PagesRead.of(OUTBOXES, outbox -> outbox.nextDue(List.of("kind", "nobody's"))))
                    .as("nextDue")
                    .isLessThan(1_000);
            assertThat(PagesRead.of(OUTBOXES, outbox -> outbox.blockedKeys("a", 50)))
                    .as("blockedKeys")
                    .isLessThan(2_000);
            rows.analyze();
        }
    }

    /** Ten thousand looks into the index, and one for each message that is counted: no more, however long the backlog. */
    @Test
    void stats_ofManyKeys_readABoundedNumberOfPages() {
        TestOutbox fresh = TestOutbox.create("keystats");
        KeyedRows many = new KeyedRows(fresh);
        many.addMany(400_000, "'k' || i % 20000", "now() + interval '1 day'");
        assertThat(PagesRead.of(fresh, JooqOutboxRepository::stats)).isLessThan(80_000);
        many.analyze();
        assertThat(PagesRead.of(fresh, JooqOutboxRepository::stats)).isLessThan(80_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "enable_indexscan=off",
                "enable_indexscan=off -c enable_bitmapscan=off",
                "enable_seqscan=off",
                "enable_nestloop=off",
                "enable_hashjoin=off -c enable_mergejoin=off",
                "enable_sort=off",
                "plan_cache_mode=force_generic_plan",
                "jit=on -c jit_above_cost=0"
            })
    void answers_underAnyPlan_areTheSame(String options) {
        for (int i = 0; i < 30; i++) {
            String dueIn = i % 3 == 0 ? "10 minutes" : "1 hour";
            int unsettled = i % 3 == 0 ? 1 : 0;
            rows.add("k" + (10 + i), dueIn, row -> row.with(OUTBOX.UNSETTLED, unsettled));
            rows.add("k" + (10 + i), "-1 hour", row -> {});
        }
        JooqOutboxRepository outbox = under(options);

        List<BlockedKey> keys = outbox.blockedKeys("k10", 12);
        assertThat(keys)
                .extracting(BlockedKey::key)
                .containsExactly("k11", "k12", "k14", "k15", "k17", "k18", "k20", "k21", "k23", "k24", "k26", "k27");
        assertThat(keys).allMatch(key -> key.reason() == Reason.DELAYED && key.waiting() == 2);
        assertThat(outbox.nextDue(List.of("kind")))
                .hasValueSatisfying(next -> assertThat(next).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10)));
        assertThat(outbox.stats())
                .extracting(OutboxStats::due, OutboxStats::inFlight, OutboxStats::delayed, OutboxStats::waiting)
                .containsExactly(0L, 10L, 20L, 30L);
        assertThat(outbox.giveUp(List.of(keys.get(0).head(), keys.get(1).head()), "e"))
                .hasSize(2);
        assertThat(outbox.stats().dead()).isEqualTo(2);
    }

    private static JooqOutboxRepository under(String options) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(Postgres.jdbcUrl());
        dataSource.setUser(Postgres.user());
        dataSource.setPassword(Postgres.password());
        dataSource.setOptions("-c " + options);
        return JooqOutboxRepository.of(dataSource, OUTBOXES.table());
    }
}
