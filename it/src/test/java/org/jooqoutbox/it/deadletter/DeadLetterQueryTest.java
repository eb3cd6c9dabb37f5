package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.DeadLetter.Status.DEAD;
import static org.jooqoutbox.DeadLetter.Status.EXPIRED;
import static org.jooqoutbox.DeadLetter.Status.PARKED;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.JSONB;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.it.support.TestOutbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("conformance")
class DeadLetterQueryTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("letters");
    private static final DeadLetterQuery ANY = DeadLetterQuery.all().statuses(DEAD, EXPIRED, PARKED);

    private final Letters letters = new Letters(OUTBOXES);

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void letter_withEverything_isListedAsItStands() {
        OffsetDateTime created = OffsetDateTime.parse("2020-01-02T03:04:05.678901Z");
        OffsetDateTime died = OffsetDateTime.parse("2021-01-02T03:04:05.678902Z");
        UUID id = letters.add(row -> row.with(OUTBOX.STATUS, "dead")
                .with(OUTBOX.KIND, "invoice.issued")
                .with(OUTBOX.PAYLOAD, JSONB.valueOf("{\"n\": 1}"))
                .with(OUTBOX.HEADERS, JSONB.valueOf("{\"trace\": \"a\"}"))
                .with(OUTBOX.ATTEMPTS, 12)
                .with(OUTBOX.FAILURES, 10)
                .with(OUTBOX.LAST_ERROR, "no")
                .with(OUTBOX.CREATED_AT, created)
                .with(OUTBOX.UPDATED_AT, died));
        assertThat(list(DeadLetterQuery.all()))
                .containsExactly(new DeadLetter(
                        id,
                        "invoice.issued",
                        "{\"n\": 1}",
                        Map.of("trace", "a"),
                        12,
                        10,
                        "no",
                        created.toInstant(),
                        died.toInstant(),
                        DEAD));
    }

    @Test
    void all_leavesOutWhatExpiredAndWhatIsAlive() {
        UUID dead = letters.dead("kind", "error");
        UUID parked = letters.parked("kind", "error");
        letters.expired("kind", "error");
        letters.add(row -> row.with(OUTBOX.LAST_ERROR, "error"));
        letters.setTime(letters.add(row -> row.with(OUTBOX.LAST_ERROR, "error")), OUTBOX.RETRY_AT, "10 years");
        assertThat(list(DeadLetterQuery.all())).extracting(DeadLetter::id).containsExactlyInAnyOrder(dead, parked);
    }

    @Test
    void statuses_chosen_areTold() {
        UUID dead = letters.dead("kind", "error");
        UUID parked = letters.parked("kind", "error");
        UUID expired = letters.expired("kind", "error");
        assertThat(ids(ANY.statuses(DEAD))).containsExactly(dead);
        assertThat(ids(ANY.statuses(EXPIRED))).containsExactly(expired);
        assertThat(ids(ANY.statuses(PARKED))).containsExactly(parked);
        assertThat(list(ANY)).extracting(DeadLetter::status).containsExactlyInAnyOrder(DEAD, PARKED, EXPIRED);
    }

    @Test
    void kinds_chosen_excludeOthers() {
        UUID a = letters.dead("a", "error");
        UUID b = letters.parked("b", "error");
        letters.dead("c", "error");
        letters.parked("c", "error");
        assertThat(ids(ANY.kinds(Set.of("a", "b", "nothing")))).containsExactlyInAnyOrder(a, b);
    }

    @Test
    void ids_chosen_areLookedUpWhateverTheirStatus() {
        UUID dead = letters.dead("kind", "error");
        UUID parked = letters.parked("kind", "error");
        UUID expired = letters.expired("kind", "error");
        UUID alive = letters.add(row -> {});
        letters.dead(3);
        List<UUID> all = List.of(dead, parked, expired, alive, UUID.randomUUID());
        assertThat(ids(ANY.ids(all))).containsExactlyInAnyOrder(dead, parked, expired);
        assertThat(ids(DeadLetterQuery.all().ids(all))).containsExactlyInAnyOrder(dead, parked);
        assertThat(ids(ANY.ids(List.of()))).isEmpty();
    }

    /** No index leads to it without reading the messages that wait in order: it is found by those who know its id. */
    @Test
    void parked_withOrderingKey_isFoundByItsIdOnly() {
        UUID id = letters.parked("kind", "error");
        OUTBOXES.mapped().update(OUTBOX).set(OUTBOX.ORDERING_KEY, "k").execute();
        assertThat(ids(ANY)).isEmpty();
        assertThat(ids(ANY.ids(List.of(id)))).containsExactly(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "_",
                "\\",
                "\\%",
                "'",
                "''",
                "\"",
                "?",
                ":x",
                "{0}",
                "$1",
                "😀",
                "é\n",
                "a%b_c\\d",
                "--",
                "*/"
            })
    void errorContaining_hostileText_isLiteral(String text) {
        UUID hit = letters.dead("kind", "before " + text + " after");
        UUID parked = letters.parked("kind", text);
        letters.dead("kind", "axbxcxd before after");
        letters.parked("kind", "");
        assertThat(ids(ANY.errorContaining(text))).containsExactlyInAnyOrder(hit, parked);
    }

    @Test
    void errorContaining_otherCase_findsNothing() {
        letters.dead("kind", "Refused");
        assertThat(ids(ANY.errorContaining("refused"))).isEmpty();
        assertThat(ids(ANY.errorContaining("Ref"))).hasSize(1);
    }

    /** Errors are stored without what text cannot hold, and are searched for in the same way. */
    @Test
    void errorContaining_whatTextCannotHold_findsItAsItWasStored() {
        UUID id = letters.dead("kind", "broken\uFFFDpipe\uFFFD");
        assertThat(ids(ANY.errorContaining("broken\0pipe\uD800"))).containsExactly(id);
    }

    @Test
    void olderThan_isMeasuredByTheDatabase() {
        UUID old = letters.dead("kind", "error");
        UUID oldParked = letters.parked("kind", "error");
        UUID young = letters.dead("kind", "error");
        letters.setTime(old, OUTBOX.UPDATED_AT, "-3 hours");
        letters.setTime(oldParked, OUTBOX.UPDATED_AT, "-2 hours");
        letters.setTime(young, OUTBOX.UPDATED_AT, "-1 hour");
        assertThat(ids(ANY.olderThan(Duration.ofMinutes(90)))).containsExactly(oldParked, old);
        assertThat(ids(ANY.olderThan(Duration.ofHours(2)))).containsExactly(oldParked, old);
        assertThat(ids(ANY.olderThan(Duration.ZERO))).hasSize(3);
        assertThat(ids(ANY.olderThan(Duration.ofSeconds(Long.MAX_VALUE)))).isEmpty();
    }

    @Test
    void conditions_combined_addUp() {
        UUID hit = letters.dead("a", "refused");
        UUID wrongAge = letters.dead("a", "refused");
        UUID wrongKind = letters.dead("b", "refused");
        UUID wrongError = letters.dead("a", "denied");
        UUID wrongStatus = letters.parked("a", "refused");
        UUID notAsked = letters.dead("a", "refused");
        List<UUID> old = List.of(hit, wrongKind, wrongError, wrongStatus, notAsked);
        old.forEach(id -> letters.setTime(id, OUTBOX.UPDATED_AT, "-2 hours"));
        DeadLetterQuery query = ANY.statuses(DEAD, EXPIRED)
                .kinds(Set.of("a"))
                .errorContaining("refused")
                .olderThan(Duration.ofHours(1));
        assertThat(ids(query)).containsExactlyInAnyOrder(hit, notAsked);
        assertThat(ids(query.ids(List.of(hit, wrongAge, wrongKind, wrongError, wrongStatus))))
                .containsExactly(hit);
    }

    @Test
    void listing_ofAllStatuses_hasTheNewestDeathFirst() {
        UUID oldest = letters.dead("kind", "error");
        UUID middle = letters.parked("a", "error");
        UUID newest = letters.expired("kind", "error");
        letters.setTime(oldest, OUTBOX.UPDATED_AT, "-3 hours");
        letters.setTime(middle, OUTBOX.UPDATED_AT, "-2 hours");
        assertThat(ids(ANY)).containsExactly(newest, middle, oldest);
        assertThat(ids(ANY.limit(2))).containsExactly(newest, middle);
    }

    /** Many have died in the same instant, some a microsecond apart; others die between the pages. */
    @Test
    void paging_whileOthersDie_showsEachLetterOnce() {
        List<UUID> before = letters.dead(250);
        OffsetDateTime died = OffsetDateTime.parse("2024-01-02T03:04:05.000001Z");
        IntStream.range(0, 250)
                .forEach(i -> OUTBOXES.mapped()
                        .update(OUTBOX)
                        .set(OUTBOX.UPDATED_AT, died.plusNanos(1_000L * (i / 50)))
                        .where(OUTBOX.ID.eq(before.get(i)))
                        .execute());
        List<UUID> seen = new ArrayList<>();
        List<DeadLetter> page = list(ANY.limit(30));
        while (!page.isEmpty()) {
            page.forEach(letter -> seen.add(letter.id()));
            letters.dead("kind", "another");
            page = list(ANY.limit(30).after(page.get(page.size() - 1)));
        }
        assertThat(seen).hasSize(250).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(before);
        assertThat(list(ANY.limit(10_000)).stream()
                        .map(DeadLetter::id)
                        .filter(before::contains)
                        .toList())
                .containsExactlyElementsOf(seen);
    }

    private static List<DeadLetter> list(DeadLetterQuery query) {
        return OUTBOXES.repository().deadLetters(query);
    }

    private static List<UUID> ids(DeadLetterQuery query) {
        return list(query).stream().map(DeadLetter::id).toList();
    }
}
