package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.delivered;
import static org.jooqoutbox.demo.Case.entry;

import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.Intent.Outcome;
import org.junit.jupiter.api.Test;

class JudgeTest {

    @Test
    void judge_deliveredAndAcknowledged_findsNothing() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .isEmpty();
    }

    @Test
    void judge_rolledBackAndNeverSeen_findsNothing() {
        assertThat(Case.meant(Outcome.ROLLED_BACK).judged()).isEmpty();
    }

    @Test
    void judge_committedAndNeverDelivered_isLost() {
        assertThat(Case.committed().judged()).containsExactly(Offence.Kind.LOST);
    }

    @Test
    void judge_acknowledgedAndNeverDelivered_isLost() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), entry(Event.ACKNOWLEDGED, 1), entry(Event.REFUSED, 1))
                        .judged())
                .containsExactly(Offence.Kind.LOST);
    }

    @Test
    void judge_stillPending_isLeftOver() {
        assertThat(Case.committed().leftOver("pending").judged()).containsExactly(Offence.Kind.LEFT_OVER);
    }

    @Test
    void judge_deadAndNotReplayed_isLeftOver() {
        assertThat(Case.committed().leftOver("dead").judged()).containsExactly(Offence.Kind.LEFT_OVER);
    }

    @Test
    void judge_rolledBackAndDelivered_isGhost() {
        assertThat(Case.meant(Outcome.ROLLED_BACK)
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .containsExactly(Offence.Kind.GHOST);
    }

    @Test
    void judge_rolledBackAndInTheTable_isGhost() {
        assertThat(Case.meant(Outcome.ROLLED_BACK).leftOver("pending").judged()).containsExactly(Offence.Kind.GHOST);
    }

    @Test
    void judge_messageThatNobodyMeant_isGhost() {
        assertThat(Case.unknownMessage()
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .containsExactly(Offence.Kind.GHOST);
    }

    @Test
    void judge_unknownOutcomeWithBooking_mustBeDelivered() {
        assertThat(Case.meant(Outcome.UNKNOWN).booked().judged()).containsExactly(Offence.Kind.LOST);
    }

    @Test
    void judge_unknownOutcomeWithoutBooking_mustNotBeDelivered() {
        assertThat(Case.meant(Outcome.UNKNOWN).judged()).isEmpty();
        assertThat(Case.meant(Outcome.UNKNOWN)
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .containsExactly(Offence.Kind.GHOST);
    }

    @Test
    void judge_anotherPayload_isAltered() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), entry(Event.DELIVERED, 1, "beef"), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .containsExactly(Offence.Kind.ALTERED);
    }

    @Test
    void judge_deliveredByAnotherService_isStray() {
        assertThat(Case.committed()
                        .replicaOf("office", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .containsExactly(Offence.Kind.STRAY);
    }

    @Test
    void judge_lateReportThatChangedSomething_isStale() {
        Case made = Case.committed().replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1));

        assertThat(made.staleReport("pending, 0 failures", "pending, 0 failures")
                        .judged())
                .isEmpty();
        assertThat(made.staleReport("pending, 0 failures", "gone").judged()).containsExactly(Offence.Kind.STALE);
    }
}
