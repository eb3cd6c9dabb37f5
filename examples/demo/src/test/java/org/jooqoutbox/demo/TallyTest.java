package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.delivered;
import static org.jooqoutbox.demo.Case.entry;

import org.jooqoutbox.demo.Entry.Event;
import org.jooqoutbox.demo.Intent.Outcome;
import org.junit.jupiter.api.Test;

class TallyTest {

    @Test
    void tally_ofAnEventfulMessage_countsEachPartOfIt() {
        Evidence evidence = Case.committed()
                .killedReplica("a", claimed(1, 0), delivered(1))
                .replica(
                        "b",
                        claimed(2, 4),
                        entry(Event.REFUSED, 2),
                        entry(Event.RETRY, 2),
                        claimed(3, 5),
                        entry(Event.REFUSED, 3),
                        entry(Event.DEAD, 3),
                        claimed(5, 6),
                        delivered(5),
                        entry(Event.ACKNOWLEDGED, 5))
                .evidence();

        assertThat(Tally.of("shop", evidence, 1)).isEqualTo(new Tally("shop", 1, 1, 1, 1, 1, 1, 0, 0, 1));
    }

    @Test
    void tally_ofWhatRolledBackAndWhatIsLeft_countsMessages() {
        assertThat(Tally.of("shop", Case.meant(Outcome.ROLLED_BACK).evidence(), 0))
                .isEqualTo(new Tally("shop", 0, 0, 0, 0, 0, 0, 1, 0, 0));
        assertThat(Tally.of("shop", Case.committed().leftOver("pending").evidence(), 0))
                .isEqualTo(new Tally("shop", 1, 0, 0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void tally_ofAnotherService_isZero() {
        Evidence evidence = Case.committed()
                .replica("a", claimed(1, 0), delivered(1))
                .leftOver("pending")
                .evidence();

        assertThat(Tally.of("office", evidence, 0)).isEqualTo(new Tally("office", 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void tally_ofAMessageWithARow_countsItAsDelivered() {
        Evidence evidence =
                Case.committed().transactional().posting("shop", "f00d").evidence();

        assertThat(Tally.of("shop", evidence, 0)).isEqualTo(new Tally("shop", 1, 1, 0, 0, 0, 0, 0, 0, 0));
    }
}
