package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.delivered;
import static org.jooqoutbox.demo.Case.entry;

import org.jooqoutbox.demo.Entry.Event;
import org.junit.jupiter.api.Test;

class BudgetRulesTest {

    @Test
    void failures_ofItsOwnHandlers_areRight() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), entry(Event.REFUSED, 1), entry(Event.RETRY, 1))
                        .replica("b", claimed(2, 1, 1), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .isEmpty();
    }

    @Test
    void failures_afterItsProcessEnded_areCharged() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0))
                        .replica("b", claimed(2, 4, 1), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .containsExactly(Offence.Kind.CHARGED);
    }

    @Test
    void failures_keptByAReplay_areCharged() {
        assertThat(Case.committed()
                        .replica(
                                "a",
                                claimed(1, 0),
                                entry(Event.REFUSED, 1),
                                entry(Event.DEAD, 1),
                                claimed(2, 1, 1),
                                delivered(2),
                                entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .containsExactly(Offence.Kind.CHARGED);
    }

    @Test
    void givenUp_withoutAFailureOfItsHandler_isCharged() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0))
                        .replica("b", entry(Event.DEAD, 1), claimed(2, 4), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .containsExactly(Offence.Kind.CHARGED);
    }

    @Test
    void postponed_andClaimedBeforeTheLeaseEnds_isRight() {
        assertThat(Case.committed()
                        .replica(
                                "a",
                                claimed(1, 0),
                                entry(Event.POSTPONED, 1),
                                claimed(2, 1),
                                delivered(2),
                                entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .isEmpty();
    }
}
