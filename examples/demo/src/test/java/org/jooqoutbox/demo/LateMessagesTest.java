package org.jooqoutbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.demo.Entry.Event;
import org.junit.jupiter.api.Test;

class LateMessagesTest {

    private final UUID succeeds = UUID.randomUUID();
    private final UUID fails = UUID.randomUUID();
    private final List<String> told = new ArrayList<>();
    private String row = "pending";
    private final LateMessages late = new LateMessages(succeeds, fails, id -> row);

    private void heard(Event event, UUID message, int attempt) {
        late.heard(new Entry(event, message, attempt, "kind", ""), told::add);
    }

    @Test
    void firstHandler_asks_waits() {
        heard(Event.ASKED, succeeds, 1);

        assertThat(told).isEmpty();
    }

    @Test
    void firstHandler_whenThereIsASecond_succeedsOrFails() {
        heard(Event.ASKED, succeeds, 1);
        heard(Event.ASKED, succeeds, 2);
        heard(Event.ASKED, fails, 4);
        heard(Event.ASKED, fails, 5);

        assertThat(told).containsExactly("deliver " + succeeds + " 1", "refuse " + fails + " 4");
        assertThat(late.happened()).isFalse();
    }

    @Test
    void secondHandler_whenTheFirstWasAnswered_doesTheOpposite() {
        for (UUID message : List.of(succeeds, fails)) {
            heard(Event.ASKED, message, 1);
            heard(Event.ASKED, message, 2);
        }
        told.clear();
        heard(Event.LEASE_LOST, succeeds, 1);
        heard(Event.LEASE_LOST, fails, 1);

        assertThat(told).containsExactly("refuse " + succeeds + " 2", "deliver " + fails + " 2");
        assertThat(late.happened()).isTrue();
        assertThat(late.reports()).hasSize(2).noneMatch(StaleReport::changedSomething);
    }

    @Test
    void secondHandler_whileTheFirstWasNotAnswered_waits() {
        heard(Event.ASKED, succeeds, 1);
        heard(Event.ASKED, succeeds, 2);
        told.clear();
        heard(Event.LEASE_LOST, succeeds, 2);

        assertThat(told).isEmpty();
    }

    @Test
    void thirdHandler_always_succeeds() {
        heard(Event.ASKED, succeeds, 1);
        heard(Event.ASKED, succeeds, 2);
        told.clear();
        heard(Event.ASKED, succeeds, 3);

        assertThat(told).containsExactly("deliver " + succeeds + " 3", "refuse " + succeeds + " 2");
    }

    @Test
    void report_thatChangedTheRow_saysSo() {
        heard(Event.ASKED, fails, 1);
        heard(Event.ASKED, fails, 2);
        row = "pending, 1 failure";
        heard(Event.LEASE_LOST, fails, 1);

        assertThat(late.reports()).containsExactly(new StaleReport(fails, "pending", "pending, 1 failure"));
        assertThat(late.reports()).allMatch(StaleReport::changedSomething);
    }

    @Test
    void otherMessages_areLeftAlone() {
        heard(Event.ASKED, UUID.randomUUID(), 1);
        heard(Event.ASKED, UUID.randomUUID(), 2);

        assertThat(told).isEmpty();
    }
}
