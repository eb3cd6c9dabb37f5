package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetter.Status;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.it.support.PagesRead;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing that is done with dead letters reads the backlog, nor those that expired where they are not asked for: counted in pages, not in
 * milliseconds.
 */
@Tag("conformance")
class DeadLetterPlanTest {

    private static final TestOutbox ANALYZED = TestOutbox.create("analyzed");
    private static final TestOutbox UNKNOWN = TestOutbox.create("unknown");

    private static final DeadLetterQuery PARKED =
            DeadLetterQuery.all().statuses(Status.PARKED).limit(10);
    private static final DeadLetterQuery TEN = DeadLetterQuery.all()
            .kinds(Set.of("kind1", "kind2"))
            .olderThan(Duration.ofSeconds(1))
            .limit(10);

    @BeforeAll
    static void fill() {
        for (TestOutbox outbox : List.of(ANALYZED, UNKNOWN)) {
            Letters letters = new Letters(outbox);
            letters.addMany(50_000, "'kind' || i % 4", "'pending'", "now() - i * interval '1 s'", "0", "i % 3");
            letters.addMany(50_000, "'kind' || i % 4", "'pending'", "now() + i * interval '1 s'", "0", "i % 3");
            letters.addMany(20_000, "'kind' || i % 4", "'expired'", "now()", "0", "1");
            letters.addMany(200, "'kind' || i % 4", "'dead'", "now()", "0", "1");
            letters.addMany(40, "'kind' || i % 4", "'pending'", "now() + interval '100 years'", "0", "1");
        }
        ANALYZED.mapped().execute("analyze {0}", OUTBOX);
    }

    static Stream<Named<Consumer<JooqOutboxRepository>>> operations() {
        List<UUID> ids = ANALYZED.repository().deadLetters(DeadLetterQuery.all().limit(10)).stream()
                .map(DeadLetter::id)
                .toList();
        return Stream.of(
                named("a page", outbox -> outbox.deadLetters(DeadLetterQuery.all())),
                named("a page with conditions", outbox -> outbox.deadLetters(TEN)),
                named("parked ones", outbox -> outbox.deadLetters(PARKED)),
                named("those that expired", outbox -> outbox.deadLetters(TEN.statuses(Status.EXPIRED))),
                named(
                        "by id",
                        outbox -> outbox.deadLetters(DeadLetterQuery.all().ids(ids))),
                named("counts", outbox -> outbox.countDeadLetters(DeadLetterQuery.all())),
                named("preview", outbox -> outbox.previewReplay(TEN)),
                named("replay", outbox -> outbox.replay(TEN)),
                named("replay by id", outbox -> outbox.replay(ids)),
                named("replay of parked ones", outbox -> outbox.replay(PARKED, 5)),
                named("purge", outbox -> outbox.purge(TEN)),
                named("purge of parked ones", outbox -> outbox.purge(PARKED)));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operation_besideALargeBacklog_readsFewPages(Consumer<JooqOutboxRepository> operation) {
        assertThat(PagesRead.of(ANALYZED, operation)).isLessThan(1_000);
        assertThat(PagesRead.of(UNKNOWN, operation)).as("without statistics").isLessThan(1_000);
    }

    private static Named<Consumer<JooqOutboxRepository>> named(String name, Consumer<JooqOutboxRepository> operation) {
        return Named.of(name, operation);
    }
}
