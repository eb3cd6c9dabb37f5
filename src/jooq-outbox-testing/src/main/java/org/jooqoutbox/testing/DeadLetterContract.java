package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetter.Status;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.Settlement;
import org.junit.jupiter.api.Test;

/** Dead letters: finding them, page by page, counting and removing them. */
abstract class DeadLetterContract<T> extends Contract<T> {

    private static final Duration YEARS = Duration.ofDays(365 * 60);

    /** The first of these died first. */
    private List<UUID> lettersThatDiedInTurn(int count) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(deadLetter(A.draft(Integer.toString(i)), "error " + i));
            harness.elapse(Duration.ofMinutes(1));
        }
        return ids;
    }

    private MessageDraft parked() {
        return A.draft("1").withAvailableAt(now().plus(YEARS));
    }

    @Test
    void deadLetters_none_listsNothing() {
        enqueue(A, 2);
        claim();
        assertThat(outbox.deadLetters(100)).isEmpty();
        assertThat(outbox.countDeadLetters(anyStatus())).isEmpty();
    }

    @Test
    void deadLetters_several_listsThoseThatDiedLastFirst() {
        List<UUID> ids = lettersThatDiedInTurn(3);
        assertThat(letterIds(DeadLetterQuery.all())).containsExactly(ids.get(2), ids.get(1), ids.get(0));
        assertThat(outbox.deadLetters(2)).extracting(DeadLetter::id).containsExactly(ids.get(2), ids.get(1));
    }

    @Test
    void deadLetter_byItsId_isFoundWhateverItsStatus() {
        UUID dead = deadLetter(A.draft("1"), "no");
        UUID parked = enqueueOne(parked());
        assertThat(outbox.deadLetter(dead))
                .get()
                .extracting(DeadLetter::lastError)
                .isEqualTo("no");
        assertThat(outbox.deadLetter(parked))
                .get()
                .extracting(DeadLetter::status)
                .isEqualTo(DeadLetter.Status.PARKED);
        assertThat(outbox.deadLetter(enqueueOne(A.draft("1")))).isEmpty();
    }

    @Test
    void deadLetters_pageByPage_listsEachOnce() {
        enqueue(A, 7);
        outbox.settle(
                claim().stream().map(message -> Settlement.dead(message, "e")).toList());
        DeadLetterQuery page = DeadLetterQuery.all().limit(3);
        List<UUID> listed = new ArrayList<>();
        for (List<DeadLetter> letters = outbox.deadLetters(page);
                !letters.isEmpty();
                letters = outbox.deadLetters(page.after(letters.get(letters.size() - 1)))) {
            letters.forEach(letter -> listed.add(letter.id()));
        }
        assertThat(listed)
                .doesNotHaveDuplicates()
                .hasSize(7)
                .containsExactlyElementsOf(letterIds(DeadLetterQuery.all()));
    }

    @Test
    void deadLetters_oneOfThem_saysWhenItWasWrittenAndDied() {
        UUID id = enqueueOne(A.draft("1"));
        harness.elapse(Duration.ofHours(1));
        applied(Settlement.dead(claimOne(), "e"));
        DeadLetter letter = letter(id);
        assertThat(letter.diedAt()).isCloseTo(now(), within(1, ChronoUnit.MINUTES));
        assertThat(Duration.between(letter.createdAt(), letter.diedAt()))
                .isBetween(Duration.ofHours(1), Duration.ofHours(1).plus(MARGIN));
    }

    @Test
    void deadLetters_ofIds_listsThese() {
        List<UUID> ids = lettersThatDiedInTurn(3);
        assertThat(letterIds(DeadLetterQuery.all().ids(List.of(ids.get(0), ids.get(2), new UUID(1, 1)))))
                .containsExactlyInAnyOrder(ids.get(0), ids.get(2));
        assertThat(letterIds(DeadLetterQuery.all().ids(List.of()))).isEmpty();
    }

    @Test
    void deadLetters_ofKinds_listsThese() {
        deadLetter(A.draft("1"), "e");
        UUID b = deadLetter(B.draft("2"), "e");
        assertThat(letterIds(DeadLetterQuery.all().kinds(Set.of("kind.b", "kind.c"))))
                .containsExactly(b);
    }

    @Test
    void deadLetters_errorContaining_takesTheTextLiterally() {
        UUID percent = deadLetter(A.draft("1"), "Disk 100% full_");
        deadLetter(A.draft("2"), "Disk 100 times full?");
        assertThat(letterIds(DeadLetterQuery.all().errorContaining("0% full_"))).containsExactly(percent);
        assertThat(letterIds(DeadLetterQuery.all().errorContaining("Disk"))).hasSize(2);
        assertThat(letterIds(DeadLetterQuery.all().errorContaining("disk"))).isEmpty();
        assertThat(letterIds(DeadLetterQuery.all().errorContaining("\\"))).isEmpty();
    }

    @Test
    void deadLetters_olderThan_leavesOutTheYoungOnes() {
        UUID old = deadLetter(A.draft("1"), "e");
        harness.elapse(Duration.ofHours(2));
        deadLetter(A.draft("2"), "e");
        assertThat(letterIds(DeadLetterQuery.all().olderThan(Duration.ofHours(1))))
                .containsExactly(old);
        assertThat(letterIds(DeadLetterQuery.all().olderThan(Duration.ofHours(3))))
                .isEmpty();
    }

    @Test
    void deadLetters_conditions_addUp() {
        deadLetter(A.draft("1"), "broken pipe");
        UUID wanted = deadLetter(B.draft("2"), "broken pipe");
        deadLetter(B.draft("3"), "timeout");
        DeadLetterQuery query = DeadLetterQuery.all().kinds(Set.of("kind.b")).errorContaining("broken");
        assertThat(letterIds(query)).containsExactly(wanted);
    }

    @Test
    void deadLetters_parked_areListedWithoutBeingClaimed() {
        UUID id = enqueueOne(parked());
        assertThat(outbox.deadLetters(DeadLetterQuery.all())).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo(id);
            assertThat(letter.status()).isEqualTo(Status.PARKED);
        });
        assertThat(letterIds(DeadLetterQuery.all().statuses(Status.DEAD))).isEmpty();
    }

    @Test
    void count_several_groupsThemTheMostFrequentFirst() {
        deadLetter(A.draft("1"), "timeout\nat line 1");
        deadLetter(A.draft("2"), "timeout\nat line 2");
        deadLetter(B.draft("3"), "timeout\nat line 3");
        deadLetter(B.draft("4"), "timeout\nat line 4");
        deadLetter(B.draft("5"), "timeout");
        deadLetter(B.draft("6"), "x".repeat(300));
        assertThat(outbox.countDeadLetters(DeadLetterQuery.all().limit(1)))
                .containsExactly(
                        new DeadLetter.Count("kind.b", Status.DEAD, "timeout", 3),
                        new DeadLetter.Count("kind.a", Status.DEAD, "timeout", 2),
                        new DeadLetter.Count("kind.b", Status.DEAD, "x".repeat(200), 1));
    }

    @Test
    void count_conditions_hold() {
        deadLetter(A.draft("1"), "e");
        deadLetter(B.draft("2"), "e");
        enqueue(parked());
        assertThat(outbox.countDeadLetters(DeadLetterQuery.all().kinds(Set.of("kind.a"))))
                .containsExactlyInAnyOrder(
                        new DeadLetter.Count("kind.a", Status.DEAD, "e", 1),
                        new DeadLetter.Count("kind.a", Status.PARKED, "", 1));
    }

    @Test
    void purge_some_deletesTheseAndNoOthers() {
        UUID a = deadLetter(A.draft("1"), "e");
        UUID b = deadLetter(B.draft("2"), "e");
        UUID waiting = enqueueOne(A.draft("3"));
        assertThat(outbox.purge(DeadLetterQuery.all().kinds(Set.of("kind.a")))).containsExactly(a);
        assertThat(letterIds(anyStatus())).containsExactly(b);
        assertThat(claimOne().id()).isEqualTo(waiting);
    }

    @Test
    void purge_limited_deletesNoMore() {
        List<UUID> ids = lettersThatDiedInTurn(3);
        assertThat(outbox.purge(DeadLetterQuery.all().limit(2))).containsExactlyInAnyOrder(ids.get(1), ids.get(2));
        assertThat(letterIds(anyStatus())).containsExactly(ids.get(0));
    }

    @Test
    void purge_idsThatAreNoDeadLetters_areLeftAlone() {
        UUID waiting = enqueueOne(A.draft("1"));
        assertThat(outbox.purge(anyStatus().ids(List.of(waiting, new UUID(1, 1)))))
                .isEmpty();
        assertThat(claimOne().id()).isEqualTo(waiting);
    }

    @Test
    void query_badArguments_areRefused() {
        DeadLetterQuery query = DeadLetterQuery.all();
        assertThatIllegalArgumentException().isThrownBy(() -> outbox.deadLetters(0));
        assertThatIllegalArgumentException().isThrownBy(() -> query.limit(10_001));
        assertThatIllegalArgumentException().isThrownBy(() -> query.kinds(Set.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> query.errorContaining(""));
        assertThatIllegalArgumentException().isThrownBy(() -> query.olderThan(Duration.ofNanos(-1)));
    }
}
