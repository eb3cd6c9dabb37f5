package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.entry;

import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.Intent.Outcome;
import org.junit.jupiter.api.Test;

class PostingRulesTest {

    private static Case handled() {
        return Case.committed()
                .transactional()
                .replica("a", claimed(1, 0), entry(Event.POSTED, 1, "f00d"), entry(Event.ACKNOWLEDGED, 1));
    }

    @Test
    void posting_oneRow_isRight() {
        assertThat(handled().posting("shop", "f00d").judged()).isEmpty();
    }

    @Test
    void posting_acknowledgedWithoutRow_isNotPosted() {
        assertThat(handled().judged()).containsExactly(Offence.Kind.NOT_POSTED);
    }

    @Test
    void posting_twoRows_isPostedAgain() {
        assertThat(handled().posting("shop", "f00d").posting("shop", "f00d").judged())
                .containsExactly(Offence.Kind.POSTED_AGAIN);
    }

    @Test
    void posting_writtenAgainAfterTheProcessWasKilled_isRightWithOneRow() {
        Case made = Case.committed()
                .transactional()
                .killedReplica("a", claimed(1, 0), entry(Event.POSTED, 1, "f00d"))
                .replica("b", claimed(2, 4), entry(Event.POSTED, 2, "f00d"), entry(Event.ACKNOWLEDGED, 2));

        assertThat(made.posting("shop", "f00d").judged()).isEmpty();
        assertThat(made.posting("shop", "f00d").judged()).containsExactly(Offence.Kind.POSTED_AGAIN);
    }

    @Test
    void posting_committedByAKilledProcess_isRight() {
        assertThat(Case.committed()
                        .transactional()
                        .killedReplica("a", claimed(1, 0), entry(Event.POSTED, 1, "f00d"))
                        .posting("shop", "f00d")
                        .judged())
                .isEmpty();
    }

    @Test
    void posting_messageGoneWithoutAcknowledgement_isStale() {
        assertThat(Case.committed()
                        .transactional()
                        .replica("a", claimed(1, 0), entry(Event.POSTED, 1, "f00d"), entry(Event.LEASE_LOST, 1))
                        .posting("shop", "f00d")
                        .judged())
                .containsExactly(Offence.Kind.STALE);
    }

    @Test
    void posting_ofAnOrderThatWasRolledBack_isGhost() {
        assertThat(Case.meant(Outcome.ROLLED_BACK)
                        .transactional()
                        .posting("shop", "f00d")
                        .judged())
                .containsExactly(Offence.Kind.GHOST);
    }

    @Test
    void posting_ofAMessageThatNobodyMeant_isGhost() {
        assertThat(Case.unknownMessage().posting("shop", "f00d").judged()).containsExactly(Offence.Kind.GHOST);
    }

    @Test
    void posting_inAnotherServiceOrOfAnotherPayload_isStrayOrAltered() {
        assertThat(handled().posting("office", "f00d").judged()).containsExactly(Offence.Kind.STRAY);
        assertThat(handled().posting("shop", "beef").judged()).containsExactly(Offence.Kind.ALTERED);
    }
}
