package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;

/** Tells the judge what a worker's calls did, whether or not the worker gets to know. */
final class WatchedOutbox extends ForwardingOutbox {

    private final Judge judge;
    private final int worker;

    WatchedOutbox(OutboxRepository<Transaction> behind, Judge judge, int worker) {
        super(behind);
        this.judge = judge;
        this.worker = worker;
    }

    @Override
    public Claim claim(ClaimRequest request) {
        Claim claim = super.claim(request);
        judge.claimed(worker, request, claim);
        return claim;
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        List<Verdict> verdicts = super.settle(settlements);
        for (int i = 0; i < verdicts.size(); i++) {
            judge.settled(worker, settlements.get(i), verdicts.get(i));
        }
        judge.checkLeases();
        return verdicts;
    }

    @Override
    public List<Verdict> renew(List<Message> messages, Duration lease) {
        List<Verdict> verdicts = super.renew(messages, lease);
        for (int i = 0; i < verdicts.size(); i++) {
            judge.renewed(worker, messages.get(i), verdicts.get(i), lease);
        }
        judge.checkLeases();
        return verdicts;
    }

    @Override
    public Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<Transaction> work)
            throws Exception {
        Verdict verdict = super.deliverInTransaction(message, idleTimeout, work);
        if (verdict == Verdict.APPLIED) {
            judge.effect(worker, message);
        }
        return verdict;
    }
}
