package org.jooqoutbox.it.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.it.support.TestOutbox;
import org.jooqoutbox.jooq.JooqOutboxRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("conformance")
class AuditTest {

    private static final TestOutbox OUTBOXES = TestOutbox.create("audits");
    private static final DeadLetterQuery ALL = DeadLetterQuery.all();

    private final Letters letters = new Letters(OUTBOXES);
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void empty() {
        OUTBOXES.clear();
    }

    @Test
    void audits_afterTheCommit_areAllTold() {
        JooqOutboxRepository outbox = auditedBy(new Recorder("one"), new Recorder("two"));
        UUID id = letters.dead("kind", "error");
        outbox.replay(ALL);
        String replayed = OUTBOXES.table() + " replayed " + List.of(id) + ", seen as [pending]";
        assertThat(told).containsExactly("one: " + replayed, "two: " + replayed);
        told.clear();
        UUID gone = letters.dead("kind", "error");
        outbox.claim(1).forEach(outbox::markDone);
        outbox.purge(ALL);
        String purged = OUTBOXES.table() + " purged " + List.of(gone) + ", seen as []";
        assertThat(told).containsExactly("one: " + purged, "two: " + purged);
    }

    @Test
    void audit_ofNothing_isNotTold() {
        JooqOutboxRepository outbox = auditedBy(new Recorder("one"));
        letters.add(row -> {});
        outbox.replay(ALL);
        outbox.purge(ALL);
        letters.dead("kind", "error");
        outbox.previewReplay(ALL);
        outbox.deadLetters(ALL);
        assertThat(told).isEmpty();
    }

    @Test
    void audit_thatThrows_isLoggedByClassAndHoldsNobodyUp() {
        DeadLetter.Audit throwing = new DeadLetter.Audit() {
            @Override
            public void replayed(String outbox, List<UUID> ids) {
                throw new IllegalStateException("the secret");
            }

            @Override
            public void purged(String outbox, List<UUID> ids) {
                throw new AssertionError("the secret");
            }
        };
        JooqOutboxRepository outbox = auditedBy(throwing, new Recorder("two"));
        UUID id = letters.dead("kind", "error");
        String log = logOf(() -> {
            assertThat(outbox.replay(ALL).replayed()).containsExactly(id);
            letters.dead("kind", "error");
            assertThat(outbox.purge(ALL)).hasSize(1);
        });
        assertThat(told).hasSize(2);
        assertThat(log)
                .contains(OUTBOXES.table().toString(), "java.lang.IllegalStateException", "java.lang.AssertionError")
                .doesNotContain("the secret");
    }

    private static JooqOutboxRepository auditedBy(DeadLetter.Audit... audits) {
        JooqOutboxRepository.Builder builder =
                JooqOutboxRepository.builder(OUTBOXES.table()).dataSource(OUTBOXES.dataSource());
        List.of(audits).forEach(builder::audit);
        return builder.build();
    }

    private static String logOf(Runnable action) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    /** Writes down what it is told, and what another connection sees at that moment. */
    private final class Recorder implements DeadLetter.Audit {

        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public void replayed(String outbox, List<UUID> ids) {
            write(outbox + " replayed ", ids);
        }

        @Override
        public void purged(String outbox, List<UUID> ids) {
            write(outbox + " purged ", ids);
        }

        private void write(String what, List<UUID> ids) {
            List<String> seen =
                    OUTBOXES.rows().stream().map(row -> row.getStatus()).toList();
            told.add(name + ": " + what + ids + ", seen as " + seen);
        }
    }
}
