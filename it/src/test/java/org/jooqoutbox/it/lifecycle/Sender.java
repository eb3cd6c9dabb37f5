package org.jooqoutbox.it.lifecycle;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.it.support.TestOutbox;

/** Enqueues messages whose ids the test knows. */
final class Sender {

    static final MessageKind<String> KIND = MessageKind.json("work");

    private Sender() {}

    static UUID send(TestOutbox outbox) {
        return send(outbox, 1).iterator().next();
    }

    static Set<UUID> send(TestOutbox outbox, int count) {
        return send(outbox.repository(), count);
    }

    static Set<UUID> send(OutboxRepository<?> outbox, int count) {
        Set<MessageDraft> drafts = IntStream.range(0, count)
                .mapToObj(i -> KIND.draft("{}").withId(UUID.randomUUID()))
                .collect(Collectors.toSet());
        outbox.enqueueInOwnTransaction(drafts);
        return drafts.stream().map(draft -> draft.id().orElseThrow()).collect(Collectors.toSet());
    }
}
