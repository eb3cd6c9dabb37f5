package org.jooqoutbox.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooqoutbox.generated.Tables.OUTBOX;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jooq.impl.DSL;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.jooqoutbox.schema.OutboxTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The samples of docs/dead-letters.md, between the markers. */
class DeadLettersExamplesTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("operator");
    private static final MessageKind<String> INVOICE = MessageKind.json("invoice.issued");

    private final OutboxTable table = OUTBOXES.table();
    private final DataSource dataSource = OUTBOXES.dataSource();
    private final JooqOutboxRepository outbox = OUTBOXES.repository();
    private final List<String> printed = new ArrayList<>();
    private final List<DeadLetter> inspected = new ArrayList<>();
    private final List<String> auditLog = new ArrayList<>();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void counts_asInThePage_tellWhatIsThere() {
        dead(3, "the printer was out of paper");

        // sample: letters_count
        for (DeadLetter.Count count : outbox.countDeadLetters(DeadLetterQuery.all())) {
            print(count.count() + " of " + count.kind() + ", " + count.status() + ": " + count.error());
        }
        // end

        assertThat(printed).containsExactly("3 of invoice.issued, DEAD: the printer was out of paper");
    }

    @Test
    void find_preview_andReplay_asInThePage_bringThemBack() {
        List<UUID> ids = dead(3, "the printer was out of paper");
        dead(1, "the printer was on fire");
        died("2 hours");

        // sample: letters_find
        DeadLetterQuery outOfPaper = DeadLetterQuery.all()
                .kinds(Set.of("invoice.issued"))
                .errorContaining("out of paper")
                .olderThan(Duration.ofHours(1))
                .limit(1_000);
        for (DeadLetter letter : outbox.deadLetters(outOfPaper)) {
            print(letter + ", died " + letter.diedAt() + ": " + letter.lastError());
        }
        // end
        assertThat(printed).hasSize(3).allMatch(line -> line.endsWith("Z: the printer was out of paper"));

        // sample: letters_replay
        DeadLetter.Replay wouldDo = outbox.previewReplay(outOfPaper);
        print(wouldDo.replayed().size() + " to be replayed, "
                + wouldDo.conflicts().size() + " in conflict");
        DeadLetter.Replay did = outbox.replay(outOfPaper, 50); // due one after the other, 50 a second
        // end
        assertThat(did.replayed()).containsExactlyElementsOf(ids);
        assertThat(did).isEqualTo(wouldDo);
        assertThat(outbox.stats().dead()).isEqualTo(1);
    }

    @Test
    void pages_asInThePage_showEachLetterOnce() {
        List<UUID> ids = dead(1_200, "no");

        // sample: letters_pages
        DeadLetterQuery page = DeadLetterQuery.all().limit(500);
        List<DeadLetter> letters = outbox.deadLetters(page);
        while (!letters.isEmpty()) {
            letters.forEach(this::inspect);
            letters = outbox.deadLetters(page.after(letters.get(letters.size() - 1)));
        }
        // end

        assertThat(inspected).extracting(DeadLetter::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    /** The letter that died last is in conflict, and does not end the loop. */
    @Test
    void replay_ofMoreThanAPage_asInThePage_replaysAllButConflicts() {
        List<UUID> ids = dead(1_100, "no");
        UUID conflict = deadWithKey();

        // sample: letters_replay_all
        DeadLetterQuery page = DeadLetterQuery.all().limit(1_000);
        List<DeadLetter> letters = outbox.deadLetters(page);
        while (!letters.isEmpty()) {
            outbox.replay(letters.stream().map(DeadLetter::id).toList());
            letters = outbox.deadLetters(page.after(letters.get(letters.size() - 1)));
        }
        // end

        assertThat(outbox.deadLetters(DeadLetterQuery.all()))
                .extracting(DeadLetter::id)
                .containsExactly(conflict);
        assertThat(OUTBOXES.mapped().fetchCount(OUTBOX, OUTBOX.STATUS.eq("pending")))
                .isEqualTo(ids.size() + 1);
    }

    @Test
    void expired_asInThePage_areListedAndPurged() {
        outbox.enqueueInOwnTransaction(List.of(INVOICE.draft("1").withExpiresAt(Instant.EPOCH)));
        assertThat(outbox.claim(10)).isEmpty();
        died("31 days");

        // sample: letters_purge
        DeadLetterQuery longExpired = DeadLetterQuery.all()
                .statuses(DeadLetter.Status.EXPIRED)
                .olderThan(Duration.ofDays(30))
                .limit(10_000);
        List<UUID> gone = outbox.purge(longExpired);
        // end

        assertThat(gone).hasSize(1);
        assertThat(OUTBOXES.rows()).isEmpty();
    }

    @Test
    void audit_asInThePage_isToldWhatWasDone() {
        List<UUID> ids = dead(1, "no");

        // sample: letters_audit
        JooqOutboxRepository audited = JooqOutboxRepository.builder(table)
                .dataSource(dataSource)
                .audit(new DeadLetter.Audit() {
                    @Override
                    public void replayed(String outbox, List<UUID> ids) {
                        auditLog.add("replayed in " + outbox + ": " + ids);
                    }

                    @Override
                    public void purged(String outbox, List<UUID> ids) {
                        auditLog.add("purged from " + outbox + ": " + ids);
                    }
                })
                .build();
        // end
        audited.replay(DeadLetterQuery.all());

        assertThat(auditLog).containsExactly("replayed in " + table + ": " + ids);
    }

    private List<UUID> dead(int count, String error) {
        List<UUID> ids = outbox.enqueueInOwnTransaction(IntStream.range(0, count)
                        .mapToObj(i -> INVOICE.draft(Integer.toString(i)))
                        .toList())
                .ids();
        outbox.settle(outbox.claim(count).stream()
                .map(message -> Settlement.dead(message, error))
                .toList());
        return ids;
    }

    private UUID deadWithKey() {
        outbox.enqueueInOwnTransaction(List.of(INVOICE.draft("0").withDeduplicationKey("k")));
        Message message = outbox.claim(1).get(0);
        outbox.markDead(message, "no");
        outbox.enqueueInOwnTransaction(List.of(INVOICE.draft("1").withDeduplicationKey("k")));
        return message.id();
    }

    private static void died(String ago) {
        OUTBOXES.mapped().execute("update {0} set updated_at = now() - {1}::interval", OUTBOX, DSL.val(ago));
    }

    private void print(String line) {
        printed.add(line);
    }

    private void inspect(DeadLetter letter) {
        inspected.add(letter);
    }
}
