package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.DeadLetter;
import org.jooqoutbox.DeadLetterQuery;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.OutboxStats;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;
import org.jspecify.annotations.Nullable;

/** An outbox in front of another one. */
class ForwardingOutbox implements OutboxRepository<Transaction> {

    private final OutboxRepository<Transaction> behind;

    ForwardingOutbox(OutboxRepository<Transaction> behind) {
        this.behind = behind;
    }

    @Override
    public String name() {
        return behind.name();
    }

    @Override
    public EnqueueResult enqueue(Transaction transaction, Collection<MessageDraft> drafts) {
        return behind.enqueue(transaction, drafts);
    }

    @Override
    public EnqueueResult enqueueInOwnTransaction(Collection<MessageDraft> drafts) {
        return behind.enqueueInOwnTransaction(drafts);
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return behind.claim(request);
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return behind.settle(settlements);
    }

    @Override
    public boolean settlesAndClaimsAtOnce() {
        return true;
    }

    @Override
    public List<Verdict> renew(List<Message> messages, Duration lease) {
        return behind.renew(messages, lease);
    }

    @Override
    public Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<Transaction> work)
            throws Exception {
        return behind.deliverInTransaction(message, idleTimeout, work);
    }

    @Override
    public OutboxStats stats() {
        return behind.stats();
    }

    @Override
    public List<DeadLetter> deadLetters(DeadLetterQuery query) {
        return behind.deadLetters(query);
    }

    @Override
    public List<DeadLetter.Count> countDeadLetters(DeadLetterQuery query) {
        return behind.countDeadLetters(query);
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query) {
        return behind.replay(query);
    }

    @Override
    public DeadLetter.Replay replay(DeadLetterQuery query, int perSecond) {
        return behind.replay(query, perSecond);
    }

    @Override
    public DeadLetter.Replay previewReplay(DeadLetterQuery query) {
        return behind.previewReplay(query);
    }

    @Override
    public List<UUID> purge(DeadLetterQuery query) {
        return behind.purge(query);
    }

    @Override
    public void verify() {
        behind.verify();
    }

    @Override
    public Optional<Duration> nextDue(Collection<String> kinds) {
        return behind.nextDue(kinds);
    }

    @Override
    public List<BlockedKey> blockedKeys(@Nullable String after, int limit) {
        return behind.blockedKeys(after, limit);
    }

    @Override
    public List<UUID> retryNow(Collection<UUID> ids) {
        return behind.retryNow(ids);
    }

    @Override
    public List<UUID> giveUp(Collection<UUID> ids, String reason) {
        return behind.giveUp(ids, reason);
    }
}
