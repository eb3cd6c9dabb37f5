package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.DeadLetter.Status.DEAD;
import static org.jooqoutbox.DeadLetter.Status.EXPIRED;
import static org.jooqoutbox.DeadLetter.Status.PARKED;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.generated.tables.records.OutboxRecord;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("conformance")
class PurgeTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("purges");

    private final Letters letters = new Letters(OUTBOXES);
    private final JooqOutboxRepository outbox = OUTBOXES.repository();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void purge_ofStatuses_deletesTheseAndNothingElse() {
        UUID dead = letters.dead("kind", "error");
        UUID expired = letters.expired("kind", "error");
        UUID parked = letters.parked("kind", "error");
        UUID alive = letters.add(row -> {});
        assertThat(outbox.purge(DeadLetterQuery.all().statuses(EXPIRED))).containsExactly(expired);
        assertThat(outbox.purge(DeadLetterQuery.all().statuses(PARKED))).containsExactly(parked);
        assertThat(outbox.purge(DeadLetterQuery.all().statuses(DEAD))).containsExactly(dead);
        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getId).containsExactly(alive);
    }

    @Test
    void purge_limited_deletesTheFirstOfTheListing() {
        List<UUID> ids = letters.dead(5);
        letters.setTime(ids.get(4), OUTBOX.UPDATED_AT, "1 minute");
        letters.setTime(ids.get(2), OUTBOX.UPDATED_AT, "2 minutes");
        assertThat(outbox.purge(DeadLetterQuery.all().limit(2))).containsExactly(ids.get(2), ids.get(4));
        assertThat(OUTBOXES.rows()).hasSize(3);
    }

    @Test
    void purge_withConditions_heedsThem() {
        UUID hit = letters.dead("a", "refused");
        letters.dead("a", "denied");
        letters.dead("b", "refused");
        assertThat(outbox.purge(DeadLetterQuery.all().kinds(Set.of("a")).errorContaining("refused")))
                .containsExactly(hit);
        assertThat(OUTBOXES.rows()).hasSize(2);
    }

    @Test
    void purge_ofNothing_deletesNothing() {
        letters.dead(2);
        assertThat(outbox.purge(DeadLetterQuery.all().ids(List.of()))).isEmpty();
        assertThat(OUTBOXES.rows()).hasSize(2);
    }

    @Test
    void purge_whileSomebodyHoldsTheRow_neitherWaitsNorTakesIt() {
        List<UUID> ids = letters.dead(2);
        OUTBOXES.dsl().transaction(trx -> {
            outbox.dsl(trx)
                    .selectFrom(OUTBOX)
                    .where(OUTBOX.ID.eq(ids.get(0)))
                    .forUpdate()
                    .fetch();
            assertThat(outbox.purge(DeadLetterQuery.all())).containsExactly(ids.get(1));
        });
        assertThat(OUTBOXES.rows()).extracting(OutboxRecord::getId).containsExactly(ids.get(0));
    }
}
