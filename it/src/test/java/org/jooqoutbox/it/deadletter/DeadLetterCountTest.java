package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.DeadLetter.Status.DEAD;
import static org.jooqoutbox.DeadLetter.Status.EXPIRED;
import static org.jooqoutbox.DeadLetter.Status.PARKED;

import java.util.List;
import java.util.Set;
import org.jooqoutbox.DeadLetter.Count;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("conformance")
class DeadLetterCountTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("counts");
    private static final DeadLetterQuery ANY = DeadLetterQuery.all().statuses(DEAD, EXPIRED, PARKED);

    private final Letters letters = new Letters(OUTBOXES);

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void counts_areByKindStatusAndError_theMostFrequentFirst() {
        letters.dead("b", "refused");
        letters.dead("b", "refused");
        letters.dead("b", "refused");
        letters.expired("a", "refused");
        letters.parked("a", "refused");
        letters.dead("a", "refused");
        letters.dead("a", "denied");
        letters.dead("B", "refused");
        assertThat(count(ANY))
                .containsExactly(
                        new Count("b", DEAD, "refused", 3),
                        new Count("B", DEAD, "refused", 1),
                        new Count("a", DEAD, "denied", 1),
                        new Count("a", DEAD, "refused", 1),
                        new Count("a", EXPIRED, "refused", 1),
                        new Count("a", PARKED, "refused", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void error_ofManyLines_countsByItsFirst(String lineEnd) {
        letters.dead("kind", "refused" + lineEnd + "at line 1");
        letters.dead("kind", "refused" + lineEnd + "at line 2");
        letters.dead("kind", "refused");
        assertThat(count(ANY)).containsExactly(new Count("kind", DEAD, "refused", 3));
    }

    @Test
    void error_long_countsByItsFirst200Characters() {
        letters.dead("kind", "😀".repeat(200) + "a");
        letters.dead("kind", "😀".repeat(200) + "b");
        assertThat(count(ANY)).containsExactly(new Count("kind", DEAD, "😀".repeat(200), 2));
    }

    @Test
    void counts_takeConditionsButNoLimit() {
        letters.dead(5);
        letters.dead("other", "error");
        letters.expired("kind", "error");
        assertThat(count(DeadLetterQuery.all()
                        .kinds(Set.of("kind"))
                        .errorContaining("rr")
                        .limit(1)))
                .containsExactly(new Count("kind", DEAD, "error", 5));
    }

    private static List<Count> count(DeadLetterQuery query) {
        return OUTBOXES.repository().countDeadLetters(query);
    }
}
