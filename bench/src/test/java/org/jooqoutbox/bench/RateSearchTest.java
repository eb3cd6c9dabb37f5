package org.jooqoutbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jooqoutbox.bench.RateSearch.Found;
import org.jooqoutbox.bench.RateSearch.Probe;
import org.jooqoutbox.bench.Verdict.Limit;
import org.junit.jupiter.api.Test;

class RateSearchTest {

    private final List<Double> tried = new ArrayList<>();

    @Test
    void search_limitAboveTheStart_isFoundFromBelow() throws Exception {
        Found found = new RateSearch(100, 1e6, 6).search(upTo(3_000));

        assertThat(found.rate()).isBetween(2_900.0, 3_000.0);
        assertThat(found.limit()).isEqualTo(Limit.BACKLOG);
        assertThat(tried).startsWith(100.0, 200.0, 400.0);
    }

    @Test
    void search_limitBelowTheStart_isFoundFromAbove() throws Exception {
        assertThat(new RateSearch(4_000, 1e6, 6).search(upTo(70)).rate()).isBetween(65.0, 70.0);
    }

    @Test
    void search_noLimit_endsAtTheMostThatIsTried() throws Exception {
        Found found = new RateSearch(100, 1_000, 2).search(upTo(1e9));

        assertThat(found).isEqualTo(new Found(800, Limit.NONE));
    }

    @Test
    void search_nothingIsSustained_findsNone() throws Exception {
        assertThat(new RateSearch(4, 1e6, 2).search(upTo(0))).isEqualTo(new Found(0, Limit.BACKLOG));
    }

    @Test
    void search_shortProbesAreTooHopeful_isTakenBack() throws Exception {
        Probe hopeful = (rate, closely) -> verdict(rate, closely ? 500 : 1_000);

        assertThat(new RateSearch(100, 1e6, 1).search(hopeful).rate()).isBetween(500 / 1.2, 500.0);
    }

    @Test
    void search_failsOnlyOnce_hasNotFailed() throws Exception {
        Probe shaky = (rate, closely) -> {
            tried.add(rate);
            return verdict(rate, tried.size() % 2 == 1 ? 0 : 3_000);
        };

        assertThat(new RateSearch(100, 1e6, 6).search(shaky).rate()).isCloseTo(3_000, within(100.0));
    }

    private Probe upTo(double limit) {
        return (rate, closely) -> {
            tried.add(rate);
            return verdict(rate, limit);
        };
    }

    private static Verdict verdict(double rate, double limit) {
        return new Verdict(rate, rate <= limit ? Limit.NONE : Limit.BACKLOG);
    }
}
