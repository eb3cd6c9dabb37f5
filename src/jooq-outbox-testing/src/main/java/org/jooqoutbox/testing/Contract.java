package org.jooqoutbox.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of a repository have in common. A crash is a claim that nobody settles. Times have a margin: the clock may go on by itself. */
abstract class Contract<T> {

    static final MessageKind<String> A = MessageKind.json("kind.a");
    static final MessageKind<String> B = MessageKind.json("kind.b");
    static final Duration LEASE = Duration.ofMinutes(10);
    static final Duration MARGIN = Duration.ofMinutes(1);
    static final ClaimRequest HUNDRED = ClaimRequest.of(100).lease(LEASE);

    OutboxHarness<T> harness;
    OutboxRepository<T> outbox;

    abstract OutboxHarness<T> newOutbox();

    @BeforeEach
    void open() {
        harness = newOutbox();
        outbox = harness.outbox();
    }

    final EnqueueResult enqueue(MessageDraft... drafts) {
        return harness.inTransaction(transaction -> outbox.enqueue(transaction, List.of(drafts)));
    }

    final UUID enqueueOne(MessageDraft draft) {
        return enqueue(draft).ids().get(0);
    }

    final List<UUID> enqueue(MessageKind<String> kind, int count) {
        return enqueue(IntStream.range(0, count)
                        .mapToObj(i -> kind.draft(Integer.toString(i)))
                        .toArray(MessageDraft[]::new))
                .ids();
    }

    /** Up to a hundred. What has an ordering key may be left to another claim, and that says so. */
    final List<Message> claim() {
        List<Message> messages = new ArrayList<>();
        Claim claim;
        do {
            claim = outbox.claim(HUNDRED);
            messages.addAll(claim.messages());
        } while (claim.coverage() == Claim.Coverage.PART
                && !(claim.messages().isEmpty() && claim.deadLettered().isEmpty())
                && messages.size() < HUNDRED.limit());
        return messages;
    }

    final Message claimOne() {
        List<Message> messages = claim();
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    final Verdict settle(Settlement settlement) {
        List<Verdict> verdicts = outbox.settle(List.of(settlement));
        assertThat(verdicts).hasSize(1);
        return verdicts.get(0);
    }

    final void applied(Settlement settlement) {
        assertThat(settle(settlement)).isEqualTo(Verdict.APPLIED);
    }

    /** Claims and never comes back. */
    final Claim crash() {
        Claim claim = outbox.claim(HUNDRED);
        endLeases();
        return claim;
    }

    final void endLeases() {
        harness.elapse(LEASE.plus(MARGIN));
    }

    final Instant now() {
        return outbox.claim(ClaimRequest.of(1).kinds(Set.of("kind.of.nobody"))).at();
    }

    final UUID deadLetter(MessageDraft draft, String error) {
        UUID id = enqueueOne(draft);
        applied(Settlement.dead(claimOne(), error));
        return id;
    }

    final DeadLetter letter(UUID id) {
        List<DeadLetter> letters = outbox.deadLetters(anyStatus().ids(List.of(id)));
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    final List<UUID> letterIds(DeadLetterQuery query) {
        return outbox.deadLetters(query).stream().map(DeadLetter::id).toList();
    }

    static DeadLetterQuery anyStatus() {
        return DeadLetterQuery.all()
                .statuses(DeadLetter.Status.DEAD, DeadLetter.Status.EXPIRED, DeadLetter.Status.PARKED);
    }

    static List<UUID> ids(List<Message> messages) {
        return messages.stream().map(Message::id).toList();
    }

    static UUID id(Message message) {
        return message.id();
    }
}
