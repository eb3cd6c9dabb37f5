package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.delivered;
import static org.jooqoutbox.demo.Case.entry;

import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.junit.jupiter.api.Test;

class PoisonRulesTest {

    /** Beside the message that the case is about. */
    private static final Entry NEIGHBOUR = new Entry(Event.CLAIMED, new UUID(0, 2), 1, "kind", "0 0");

    private static Case poisoned(int processes) {
        Case made = Case.committed().poison();
        for (int attempt = 1; attempt <= processes; attempt++) {
            made.killedReplica("a", claimed(attempt, 4 * attempt), entry(Event.HALTED, attempt));
        }
        return made.replica("b", entry(Event.DEAD, processes));
    }

    @Test
    void poison_fourProcessesThenPurged_isRight() {
        assertThat(poisoned(4).purged().judged()).isEmpty();
    }

    @Test
    void poison_oneProcessMoreOrLess_isNotContained() {
        assertThat(poisoned(5).purged().judged()).containsExactly(Offence.Kind.POISON);
        assertThat(poisoned(3).purged().judged()).containsExactly(Offence.Kind.POISON);
    }

    @Test
    void poison_lostByAReplicaBeforeItsHandlerBegan_countsAsADeath() {
        assertThat(Case.committed()
                        .poison()
                        .replica("a", claimed(1, 0), entry(Event.LEASE_LOST, 1))
                        .killedReplica("b", claimed(2, 4), entry(Event.HALTED, 2))
                        .killedReplica("c", claimed(3, 8), entry(Event.HALTED, 3))
                        .killedReplica("d", claimed(4, 12), entry(Event.HALTED, 4))
                        .replica("e", entry(Event.DEAD, 4))
                        .purged()
                        .judged())
                .isEmpty();
    }

    @Test
    void poison_releasedInBetween_isNoDeath() {
        assertThat(poisoned(4)
                        .replica("c", claimed(5, 30), entry(Event.RELEASED, 5))
                        .purged()
                        .judged())
                .isEmpty();
    }

    @Test
    void poison_thatEndedNothing_isReportedBecauseNothingWasShown() {
        assertThat(Case.committed()
                        .poison()
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .contains(Offence.Kind.POISON);
    }

    @Test
    void poison_inCompanyTheSecondTime_isNotContained() {
        Case made = Case.committed()
                .poison()
                .killedReplica("a", claimed(1, 0), NEIGHBOUR, entry(Event.HALTED, 1))
                .killedReplica("b", claimed(2, 4), NEIGHBOUR, entry(Event.HALTED, 2));

        assertThat(Judge.judge(made.evidence()))
                .filteredOn(offence -> offence.kind() == Offence.Kind.POISON)
                .extracting(Offence::detail)
                .anyMatch(detail -> detail.contains("which held 1 others"))
                .noneMatch(detail -> detail.contains("ended a (attempt 1)"));
    }

    @Test
    void poison_neverGivenUp_isNotContained() {
        Case made = Case.committed().poison().purged();
        for (int attempt = 1; attempt <= 4; attempt++) {
            made.killedReplica("a", claimed(attempt, 4 * attempt), entry(Event.HALTED, attempt));
        }

        assertThat(made.judged()).containsExactly(Offence.Kind.POISON);
    }

    @Test
    void poison_notPurged_isLeftOver() {
        assertThat(poisoned(4).leftOver("dead").judged()).containsExactly(Offence.Kind.LEFT_OVER);
    }
}
