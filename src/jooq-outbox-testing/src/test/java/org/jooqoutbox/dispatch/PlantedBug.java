package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jooqoutbox.Claim;
import org.jooqoutbox.ClaimRequest;
import org.jooqoutbox.EnqueueResult;
import org.jooqoutbox.Message;
import org.jooqoutbox.MessageDraft;
import org.jooqoutbox.MessageKind;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jooqoutbox.testing.InMemoryOutboxRepository;
import org.jooqoutbox.testing.InMemoryOutboxRepository.Transaction;

/** Bugs of which each breaks a promise. A simulation that does not find them proves nothing. */
enum PlantedBug {

    /** A claimed message is due again at once. */
    NO_LEASE(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public Claim claim(ClaimRequest request) {
            return super.claim(request.lease(Duration.ofMillis(1)));
        }
    }),

    /** Failures and releases count whoever reports them. */
    NO_FENCE(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            return super.settle(settlements.stream()
                    .map(settlement -> withTokenOf(outbox, settlement))
                    .toList());
        }

        private Settlement withTokenOf(OutboxRepository<Transaction> shared, Settlement settlement) {
            Message current = current(shared, settlement.message());
            if (settlement instanceof Settlement.Failed failed) {
                return Settlement.failed(current, failed.error(), failed.retryAfter());
            }
            return settlement instanceof Settlement.Released ? Settlement.released(current) : settlement;
        }
    }),

    /** A message is deleted by its id. */
    SETTLE_BY_ID_ONLY(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            return super.settle(settlements.stream()
                    .map(settlement -> settlement instanceof Settlement.Done
                            ? Settlement.done(current(outbox, settlement.message()))
                            : settlement)
                    .toList());
        }
    }),

    /** Messages are acknowledged when they are handed out. */
    ACKNOWLEDGED_BEFORE_HANDLED(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public Claim claim(ClaimRequest request) {
            Claim claim = super.claim(request);
            super.settle(claim.messages().stream().map(Settlement::done).toList());
            return claim;
        }

        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            return Collections.nCopies(settlements.size(), Verdict.APPLIED);
        }
    }),

    /** What was given up is tried again. */
    UNBOUNDED_RETRY(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            return super.settle(settlements.stream()
                    .map(settlement -> settlement instanceof Settlement.Dead dead
                            ? Settlement.failed(dead.message(), dead.error(), Duration.ofSeconds(5))
                            : settlement)
                    .toList());
        }
    }),

    /** A message that kills its process is handed out for ever. */
    UNBOUNDED_DEATHS(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public Claim claim(ClaimRequest request) {
            return super.claim(request.maxDeaths(Integer.MAX_VALUE));
        }
    }),

    /** What is given back is not. */
    LOST_HAND_BACK(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            List<Verdict> verdicts = new ArrayList<>();
            for (Settlement settlement : settlements) {
                boolean released = settlement instanceof Settlement.Released;
                verdicts.add(
                        released
                                ? Verdict.APPLIED
                                : super.settle(List.of(settlement)).get(0));
            }
            return verdicts;
        }
    }),

    /** A renewal says that it worked, and did not. */
    LOST_RENEWAL(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public List<Verdict> renew(List<Message> messages, Duration lease) {
            return Collections.nCopies(messages.size(), Verdict.APPLIED);
        }
    }),

    /** A transactional delivery removes any message that has the id, whoever holds it by now. */
    TRANSACTION_WITHOUT_FENCE(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public Verdict deliverInTransaction(Message message, Duration idleTimeout, TransactionalWork<Transaction> work)
                throws Exception {
            return super.deliverInTransaction(current(outbox, message), idleTimeout, work);
        }
    }),

    /** A claim takes what is due, whatever waits before it. */
    NO_ORDER(outbox -> new ForwardingOutbox(outbox) {
        @Override
        public EnqueueResult enqueue(Transaction transaction, Collection<MessageDraft> drafts) {
            return super.enqueue(
                    transaction, drafts.stream().map(PlantedBug::withoutKey).toList());
        }
    });

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
    private final UnaryOperator<OutboxRepository<Transaction>> plant;

    PlantedBug(UnaryOperator<OutboxRepository<Transaction>> plant) {
        this.plant = plant;
    }

    /** The same outbox with this bug. */
    OutboxRepository<Transaction> in(OutboxRepository<Transaction> outbox) {
        return plant.apply(outbox);
    }

    private static MessageDraft withoutKey(MessageDraft draft) {
        MessageDraft copy = MessageKind.json(draft.kind()).draft(draft.payload());
        MessageDraft delayed = draft.delay().map(copy::withDelay).orElse(copy);
        return draft.timeToLive().map(delayed::withTimeToLive).orElse(delayed);
    }

    private static Message current(OutboxRepository<Transaction> outbox, Message message) {
        UUID id = message.id();
        return ((InMemoryOutboxRepository) outbox)
                .pending().stream()
                        .filter(other -> other.id().equals(id))
                        .findFirst()
                        .orElse(message);
    }
}
