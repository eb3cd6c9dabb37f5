package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.delivered;
import static org.jooqoutbox.demo.Case.entry;

import org.jooqoutbox.demo.Entry.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseRulesTest {

    private static final Entry[] SECOND = {claimed(2, 5), delivered(2), entry(Event.ACKNOWLEDGED, 2)};

    @Test
    void delivered_againAfterItWasAcknowledged_isDuplicatedAndStale() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .replica("b", SECOND)
                        .judged())
                .containsExactlyInAnyOrder(Offence.Kind.DUPLICATED, Offence.Kind.STALE);
    }

    @Test
    void delivered_againAfterTheProcessWasKilled_isRight() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0), delivered(1))
                        .replica("b", SECOND)
                        .judged())
                .isEmpty();
    }

    @Test
    void delivered_againAfterTheProcessWasKilledAndTheDeliveryAcknowledged_isDuplicated() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .replica("b", SECOND)
                        .judged())
                .contains(Offence.Kind.DUPLICATED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Event.class,
            names = {"LEASE_LOST", "ABANDONED", "UNCONFIRMED"})
    void delivered_againAfterALostLease_isRight(Event event) {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), delivered(1), entry(event, 1))
                        .replica("b", SECOND)
                        .judged())
                .isEmpty();
    }

    @Test
    void delivered_againByAProcessThatLives_isDuplicated() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), delivered(1))
                        .replica("b", SECOND)
                        .judged())
                .containsExactly(Offence.Kind.DUPLICATED);
    }

    @Test
    void delivered_twiceInOneAttempt_isDuplicated() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0), delivered(1), delivered(1))
                        .judged())
                .containsExactly(Offence.Kind.DUPLICATED);
    }

    @Test
    void claimed_whileTheLeaseRan_isDuplicated() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0))
                        .replica("b", claimed(2, 2.999999), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .containsExactly(Offence.Kind.DUPLICATED);
    }

    @Test
    void claimed_whenTheLeaseEnded_isRight() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0))
                        .replica("b", claimed(2, 3), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Event.class,
            names = {"RETRY", "POSTPONED", "RELEASED", "UNCONFIRMED"})
    void claimed_soonAfterItWasGivenBack_isRight(Event event) {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), entry(event, 1))
                        .replica("b", claimed(2, 0.1), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .isEmpty();
    }

    @Test
    void claimed_soonAfterAFailureOfAKilledProcess_isRight() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0), entry(Event.REFUSED, 1))
                        .replica("b", claimed(2, 0.1), delivered(2), entry(Event.ACKNOWLEDGED, 2))
                        .judged())
                .isEmpty();
    }

    @Test
    void claimed_twiceAsTheSameAttempt_isDuplicated() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0))
                        .replica("b", claimed(1, 9), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .judged())
                .containsExactly(Offence.Kind.DUPLICATED);
    }

    @Test
    void acknowledged_byAnEarlierAttempt_isStale() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.ACKNOWLEDGED, 1))
                        .replica("b", claimed(2, 4), entry(Event.REFUSED, 2), entry(Event.LEASE_LOST, 2))
                        .judged())
                .containsExactly(Offence.Kind.STALE);
    }

    @Test
    void gone_withoutAnAcknowledgement_isStale() {
        assertThat(Case.committed()
                        .replica("a", claimed(1, 0), delivered(1), entry(Event.LEASE_LOST, 1))
                        .replica("b", claimed(2, 4), entry(Event.REFUSED, 2), entry(Event.LEASE_LOST, 2))
                        .judged())
                .containsExactly(Offence.Kind.STALE);
    }

    @Test
    void gone_afterADeliveryByAKilledProcess_isRight() {
        assertThat(Case.committed()
                        .killedReplica("a", claimed(1, 0), delivered(1))
                        .judged())
                .isEmpty();
    }
}
