package org.jooqoutbox.testing;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxStats;

/**
 * Assertions on an outbox, for AssertJ. None of them changes anything.
 *
 * <pre>{@code
 * OutboxAssert.assertThat(outbox).pending(INVOICE_ISSUED).containsExactly(new InvoiceIssued(7));
 * OutboxAssert.assertThat(outbox).hasNothingPending().hasNoDeadLetters();
 * }</pre>
 *
 * <p>When one fails, it shows payloads and errors: it is meant for test data.
 *
 * @param <S> the assertion itself
 */
public abstract class OutboxAssert<S extends OutboxAssert<S>> extends AbstractAssert<S, OutboxRepository<?>> {

    private static final int MOST_LETTERS = 10_000;

    private OutboxAssert(OutboxRepository<?> outbox, Class<?> type) {
        super(outbox, type);
    }

    /** Assertions on any outbox: what it tells by itself. */
    public static OfAny assertThat(OutboxRepository<?> outbox) {
        return new OfAny(outbox);
    }

    /** Assertions on an outbox in memory, whose messages can be looked at, too. */
    public static InMemory assertThat(InMemoryOutboxRepository outbox) {
        return new InMemory(outbox);
    }

    /** That so many messages wait to be delivered, due or not, under a lease or not, behind others of their ordering key or not. */
    public S hasPending(long expected) {
        isNotNull();
        OutboxStats stats = actual.stats();
        long pending = stats.due() + stats.inFlight() + stats.delayed() + stats.waiting();
        if (pending != expected) {
            failWithMessage(
                    "Expected outbox %s to have %d pending messages, but it has %d: %d due, %d under a lease, %d due later,"
                            + " %d behind others of their ordering key",
                    actual.name(), expected, pending, stats.due(), stats.inFlight(), stats.delayed(), stats.waiting());
        }
        return myself;
    }

    /** That no message waits to be delivered. Dead letters may be there. */
    public S hasNothingPending() {
        return hasPending(0);
    }

    /** That no message was given up, and none expired. */
    public S hasNoDeadLetters() {
        isNotNull();
        List<DeadLetter> letters = letters();
        if (!letters.isEmpty()) {
            failWithMessage(
                    "Expected outbox %s to have no dead letters, but it has:%n%s", actual.name(), listed(letters));
        }
        return myself;
    }

    /** The dead letters, expired messages included, those that died last first: at most 10,000. */
    public ListAssert<DeadLetter> deadLetters() {
        isNotNull();
        return Assertions.assertThat(letters()).as("dead letters of outbox %s", actual.name());
    }

    private List<DeadLetter> letters() {
        return actual.deadLetters(DeadLetterQuery.all()
                .statuses(DeadLetter.Status.DEAD, DeadLetter.Status.EXPIRED, DeadLetter.Status.PARKED)
                .limit(MOST_LETTERS));
    }

    private static String listed(List<DeadLetter> letters) {
        List<String> lines = new ArrayList<>();
        letters.forEach(letter -> lines.add("  " + letter.status() + " " + letter + ": " + letter.lastError()));
        return String.join(System.lineSeparator(), lines);
    }

    /** Assertions on any outbox. */
    public static final class OfAny extends OutboxAssert<OfAny> {

        private OfAny(OutboxRepository<?> outbox) {
            super(outbox, OfAny.class);
        }
    }

    /** Assertions on an outbox in memory. */
    public static final class InMemory extends OutboxAssert<InMemory> {

        private final InMemoryOutboxRepository outbox;

        private InMemory(InMemoryOutboxRepository outbox) {
            super(outbox, InMemory.class);
            this.outbox = outbox;
        }

        /** The messages that wait to be delivered, due or not, in the order in which they were enqueued. */
        public ListAssert<Message> pending() {
            isNotNull();
            return Assertions.assertThat(outbox.pending()).as("pending messages of outbox %s", outbox.name());
        }

        /** The payloads of those of this kind that wait to be delivered, due or not, in the order in which they were enqueued. */
        public <P> ListAssert<P> pending(MessageKind<P> kind) {
            isNotNull();
            List<P> payloads = new ArrayList<>();
            for (Message message : outbox.pending()) {
                if (message.kind().equals(kind.name())) {
                    payloads.add(decode(kind, message));
                }
            }
            return Assertions.assertThat(payloads).as("pending %s of outbox %s", kind, outbox.name());
        }

        private static <P> P decode(MessageKind<P> kind, Message message) {
            try {
                return kind.decode(message);
            } catch (Exception e) {
                throw new AssertionError(
                        "the payload of " + message + " could not be decoded: " + message.payload(), e);
            }
        }
    }
}
