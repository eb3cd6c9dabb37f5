package org.jooqoutbox.it.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jooq.DSLContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.Postgres;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A claim that has its snapshot, and by it has chosen the heads of keys, while somebody else goes on with them: it takes no message whose
 * predecessor is not settled, and no second one of a key that is under a lease. A head that is due, but not as the claim chose it, is seen.
 */
@Tag("conformance")
class KeyInterleavingTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("keysteps");
    private static final ClaimRequest REQUEST =
            ClaimRequest.of(10).lease(Duration.ofHours(1)).kinds(Set.of("a"));
    private static final String CHOSEN = "where \"walk\".\"fits\"";

    /** Not used by anybody else in this database. */
    private static final long GATE = 7_116_104_105L;

    private final JooqOutboxRepository outbox = OUTBOXES.repository();
    private final JooqOutboxRepository late = JooqOutboxRepository.of(heldUp(), OUTBOXES.table());
    private final KeyedRows rows = new KeyedRows(OUTBOXES);

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    /** What somebody else does with the first message of a key of three, and perhaps with the second. */
    private enum Meanwhile {
        CLAIMS_IT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                claim(outbox);
            }
        },
        DELIVERS_IT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                outbox.markDone(claim(outbox));
            }
        },
        DELIVERS_IT_AND_CLAIMS_THE_NEXT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                Claim next = outbox.settleAndClaim(List.of(Settlement.done(claim(outbox))), REQUEST)
                        .claim();
                assertThat(next.messages()).hasSize(1);
            }
        },
        DELIVERS_TWO_AND_CLAIMS_THE_LAST {
            @Override
            void happen(JooqOutboxRepository outbox) {
                DELIVERS_IT.happen(outbox);
                DELIVERS_IT_AND_CLAIMS_THE_NEXT.happen(outbox);
            }
        },
        RELEASES_IT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                outbox.settle(List.of(Settlement.released(claim(outbox))));
            }
        },
        FAILS_AT_IT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                outbox.settle(List.of(Settlement.failed(claim(outbox), "no", Duration.ZERO)));
            }
        },
        GIVES_IT_UP_AND_CLAIMS_THE_NEXT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                outbox.settle(List.of(Settlement.dead(claim(outbox), "no")));
                claim(outbox);
            }
        },
        LETS_ITS_LEASE_LAPSE {
            @Override
            void happen(JooqOutboxRepository outbox) {
                claim(outbox);
                OUTBOXES.makeAllDue();
            }
        },
        LETS_ITS_LEASE_LAPSE_AND_CLAIMS_IT_AGAIN {
            @Override
            void happen(JooqOutboxRepository outbox) {
                LETS_ITS_LEASE_LAPSE.happen(outbox);
                claim(outbox);
            }
        },
        CHANGES_NOTHING_OF_IT {
            @Override
            void happen(JooqOutboxRepository outbox) {
                OUTBOXES.mapped().update(OUTBOX).set(OUTBOX.LAST_ERROR, "moved").execute();
            }
        };

        abstract void happen(JooqOutboxRepository outbox);

        private static Message claim(JooqOutboxRepository outbox) {
            return outbox.claim(REQUEST).messages().get(0);
        }
    }

    @ParameterizedTest
    @EnumSource(Meanwhile.class)
    void claim_whileSomebodyElseGoesOn_takesNothingOutOfTurn(Meanwhile meanwhile) {
        rows.insert("a", "k", 3);

        Claim claim = claimHeldUp(() -> meanwhile.happen(outbox));

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.seen()).isEqualTo(meanwhile == Meanwhile.CHANGES_NOTHING_OF_IT ? 1 : 0);
        assertThat(leased()).hasSizeLessThanOrEqualTo(1).isSubsetOf(head());
    }

    /** Its lease had ended before: it is due in the snapshot, and so is nothing else. */
    @ParameterizedTest
    @EnumSource(Meanwhile.class)
    void claim_ofLapsedHeadWhileSomebodyElseGoesOn_takesNothingOutOfTurn(Meanwhile meanwhile) {
        rows.insert("a", "k", 3);
        outbox.claim(REQUEST);
        OUTBOXES.makeAllDue();

        Claim claim = claimHeldUp(() -> meanwhile.happen(outbox));

        assertThat(claim.messages()).isEmpty();
        assertThat(claim.seen()).isEqualTo(meanwhile == Meanwhile.CHANGES_NOTHING_OF_IT ? 1 : 0);
        assertThat(leased()).hasSizeLessThanOrEqualTo(1).isSubsetOf(head());
    }

    @Test
    void claim_whileNothingHappens_takesTheHead() {
        List<UUID> ids = rows.insert("a", "k", 3);
        assertThat(claimHeldUp(() -> {}).messages()).extracting(Message::id).containsExactly(ids.get(0));
    }

    @Test
    void claim_ofLockedHead_leavesItsKey() {
        List<UUID> ids = rows.insert("a", "k", 3);
        UUID other = rows.insert("a", "l");
        OUTBOXES.dsl().transaction(somebody -> {
            OUTBOXES.repository()
                    .dsl(somebody)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(ids.get(0)))
                    .forUpdate()
                    .fetch();
            assertThat(outbox.claim(REQUEST).messages()).extracting(Message::id).containsExactly(other);
        });
    }

    /** What was settled in a transaction that is not committed still keeps its key waiting. */
    @Test
    void claim_behindUncommittedDelivery_waits() throws Exception {
        List<UUID> ids = rows.insert("a", "k", 3);
        Message first = outbox.claim(REQUEST).messages().get(0);
        outbox.deliverInTransaction(
                first,
                Duration.ofMinutes(1),
                transaction -> assertThat(outbox.claim(REQUEST).seen()).isZero());
        assertThat(outbox.claim(REQUEST).messages()).extracting(Message::id).containsExactly(ids.get(1));
    }

    @Test
    void replay_ofEarlierMessage_letsItGoFirst() {
        List<UUID> ids = rows.insert("a", "k", 3);
        outbox.settle(List.of(Settlement.dead(outbox.claim(REQUEST).messages().get(0), "no")));
        outbox.replay(DeadLetterQuery.all());
        assertThat(outbox.claim(REQUEST).messages()).extracting(Message::id).containsExactly(ids.get(0));
    }

    /** A claim that waits after it has its snapshot, and goes on when this has happened. */
    private Claim claimHeldUp(Runnable meanwhile) {
        return OUTBOXES.dsl().connectionResult(gate -> {
            DSLContext gatekeeper = DSL.using(gate, SQLDialect.POSTGRES);
            gatekeeper.execute("select pg_advisory_lock({0})", DSL.inline(GATE));
            CompletableFuture<Claim> claim = CompletableFuture.supplyAsync(() -> late.claim(REQUEST));
            try {
                awaitSomebodyAtTheGate(gatekeeper);
                meanwhile.run();
            } finally {
                gatekeeper.execute("select pg_advisory_unlock({0})", DSL.inline(GATE));
            }
            return claim.join();
        });
    }

    private static void awaitSomebodyAtTheGate(DSLContext gatekeeper) {
        while (gatekeeper.fetchCount(
                        DSL.table("pg_locks"),
                        DSL.condition(
                                "locktype = 'advisory' and not granted"
                                        + " and (classid::bigint << 32) + objid::bigint = {0}",
                                DSL.inline(GATE)))
                == 0) {
            Thread.onSpinWait();
        }
    }

    private static DSLContext heldUp() {
        DSLContext dsl = DSL.using(Postgres.dataSource(), SQLDialect.POSTGRES);
        dsl.configuration().set(ExecuteListener.onRenderEnd(context -> {
            String sql = context.sql();
            if (sql.contains("skip locked")) {
                assertThat(sql).contains(CHOSEN);
                // It is asked of each step, so that it is asked before anything is locked.
                String gate = " and pg_catalog.pg_advisory_xact_lock_shared(" + GATE
                        + " + 0 * \"walk\".\"step\") is not null";
                context.sql(sql.replace(CHOSEN, CHOSEN + gate));
            }
        }));
        return dsl;
    }

    private static List<UUID> leased() {
        return OUTBOXES.mapped()
                .selectFrom(OUTBOX)
                .where(OUTBOX.STATUS.eq("pending"))
                .and(OUTBOX.RETRY_AT.gt(DSL.currentOffsetDateTime()))
                .fetch(OUTBOX.ID);
    }

    private static List<UUID> head() {
        return OUTBOXES.mapped()
                .selectFrom(OUTBOX)
                .where(OUTBOX.STATUS.eq("pending"))
                .orderBy(OUTBOX.SEQ)
                .limit(1)
                .fetch(OUTBOX.ID);
    }
}
