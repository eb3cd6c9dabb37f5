package org.jooqoutbox.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.Claim.Coverage;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.junit.jupiter.api.Test;

/** From which time on a claim may have left messages. */
class ClaimAttemptTest {

    private static final Instant AT = Instant.parse("2030-01-01T00:01:00Z");
    private static final Duration SLACK = Duration.ofSeconds(2);
    private static final Instant LONG_AGO = AT.minusSeconds(30);
    private static final Instant JUST_NOW = AT.minusSeconds(1);

    private final ClaimAttempt attempt = new ClaimAttempt(
            ClaimRequest.of(10).kindLimits(Map.of("a", 5, "b", 8)),
            List.of("a", "b"),
            new KeyedTurns().ofKeyed(),
            new LowerBounds.From(Map.of(), 0, false));

    private Map<String, Instant> reached(int ofA, int ofB, Map<String, Instant> oldest) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < ofA + ofB; i++) {
            String kind = i < ofA ? "a" : "b";
            messages.add(new Message("o", new UUID(1, i), kind, "{}", Map.of(), 1, 0, 1, AT, null, null, i));
        }
        Claim claim =
                new Claim(messages, List.of(), List.of(), messages.size(), messages.size(), 0, Coverage.RECENT, AT);
        return attempt.reached(new ClaimResult(claim, false, null, Duration.ZERO, oldest), SLACK);
    }

    @Test
    void reached_kindsWithRoom_lieTheSlackBack() {
        assertThat(reached(0, 0, Map.of())).isEqualTo(Map.of("a", AT.minus(SLACK), "b", AT.minus(SLACK)));
        assertThat(reached(1, 1, Map.of("a", LONG_AGO, "b", LONG_AGO)))
                .isEqualTo(Map.of("a", AT.minus(SLACK), "b", AT.minus(SLACK)));
    }

    @Test
    void reached_kindWithoutRoom_isItsOldest() {
        assertThat(reached(5, 1, Map.of("a", LONG_AGO, "b", LONG_AGO)))
                .isEqualTo(Map.of("a", LONG_AGO, "b", AT.minus(SLACK)));
    }

    @Test
    void reached_kindWithoutRoomThatIsUpToDate_liesTheSlackBack() {
        assertThat(reached(5, 1, Map.of("a", JUST_NOW, "b", JUST_NOW))).containsEntry("a", AT.minus(SLACK));
    }

    @Test
    void reached_claimFullBeforeItCameToAKind_isWithoutIt() {
        assertThat(reached(2, 8, Map.of("b", LONG_AGO))).isEqualTo(Map.of("b", LONG_AGO));
    }
}
