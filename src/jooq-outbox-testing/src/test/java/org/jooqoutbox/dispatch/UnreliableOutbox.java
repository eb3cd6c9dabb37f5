package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.Message;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;

/** What can go wrong with each call: it takes time, fails before or after it took effect, or the process ends at that very moment. */
final class UnreliableOutbox extends ForwardingOutbox {

    /** Costs next to nothing: there are many. */
    private static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1;

        Fault(String how) {
            super(how, null, false, false);
        }
    }

    private final SimWorker worker;

    UnreliableOutbox(OutboxRepository<Transaction> behind, SimWorker worker) {
        super(behind);
        this.worker = worker;
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return unchecked(() -> super.claim(request));
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return unchecked(() -> super.settle(settlements));
    }

    @Override
    public Claim.WithVerdicts settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return unchecked(() -> new Claim.WithVerdicts(super.settle(settlements), super.claim(request)));
    }

    @Override
    public List<Verdict> renew(List<Message> messages, Duration lease) {
        return unchecked(() -> super.renew(messages, lease));
    }

    @Override
    public Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<Transaction> work)
            throws Exception {
        return call(() -> super.deliverInTransaction(message, idleTimeout, work));
    }

    @Override
    public Optional<Duration> nextDue(Collection<String> kinds) {
        return unchecked(() -> super.nextDue(kinds));
    }

    private <R> R unchecked(Callable<R> call) {
        try {
            return call(call);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private <R> R call(Callable<R> call) throws Exception {
        mayFail("the call never arrived");
        worker.takeSomeTime();
        R result = call.call();
        mayFail("the reply was lost");
        return result;
    }

    private void mayFail(String how) {
        worker.mayCrash();
        if (worker.hasFault()) {
            throw new Fault(how);
        }
    }
}
