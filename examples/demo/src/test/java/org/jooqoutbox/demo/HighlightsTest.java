package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.demo.Case.claimed;
import static org.jooqoutbox.demo.Case.entry;

import java.util.List;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.junit.jupiter.api.Test;

class HighlightsTest {

    private static final UUID NEIGHBOUR = new UUID(0, 2);

    private static List<String> lines(Case made, Offence... offences) {
        return new Highlights(made.evidence(), List.of(offences)).lines();
    }

    private static Case postedTwiceOnceInVain() {
        return Case.committed()
                .transactional()
                .killedReplica("a", claimed(1, 0), entry(Event.POSTED, 1, "f00d"))
                .replica("b", claimed(2, 4), entry(Event.POSTED, 2, "f00d"), entry(Event.ACKNOWLEDGED, 2))
                .posting("shop", "f00d");
    }

    @Test
    void transactional_oneRowEach_saysSo() {
        assertThat(lines(postedTwiceOnceInVain()))
                .anySatisfy(line -> assertThat(line)
                        .contains("handlers wrote 2 rows for 1 messages")
                        .contains("1 rows are there: exactly one for each message"));
    }

    @Test
    void transactional_aRowTooMany_doesNotSaySo() {
        assertThat(lines(postedTwiceOnceInVain().posting("shop", "f00d")))
                .anyMatch(line -> line.contains("2 rows are there."))
                .noneMatch(line -> line.contains("exactly one"));
    }

    @Test
    void poison_tellsProcessesAndNeighbours() {
        Case made = Case.committed()
                .poison()
                .killedReplica(
                        "a",
                        claimed(1, 0),
                        new Entry(Event.CLAIMED, NEIGHBOUR, 1, "kind", "0 0"),
                        entry(Event.HALTED, 1))
                .killedReplica("b", claimed(2, 4), entry(Event.HALTED, 2));

        assertThat(lines(made)).anyMatch(line -> line.contains("never given up"));
        made.replica("c", entry(Event.DEAD, 2));
        assertThat(lines(made))
                .anyMatch(line ->
                        line.contains("took 2 processes, in the first of them beside 1 others, and was then given up")
                                && line.endsWith("The others lost nothing."));
        assertThat(lines(made, new Offence(Offence.Kind.CHARGED, NEIGHBOUR, "")))
                .anyMatch(line -> line.contains("1 of the others were harmed"));
    }
}
