package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jooqoutbox.Claim;
import org.jooqoutbox.OutboxException;
import org.jooqoutbox.OutboxRepository;
import org.jooqoutbox.Settlement;
import org.jooqoutbox.Settlement.Verdict;
import org.jspecify.annotations.Nullable;

/** The calls of one outbox. What comes back is checked: the repository may be anybody's. */
final class OutboxCalls {

    private final OutboxRepository<?> outbox;
    private final LongSupplier ticker;
    private boolean reachable = true; // known to the core's thread

    OutboxCalls(OutboxRepository<?> outbox, LongSupplier ticker) {
        this.outbox = outbox;
        this.ticker = ticker;
    }

    OutboxCall claim(Step.Claim step) {
        return new OutboxCall() {
            @Override
            Mailbox.Mail answer() {
                long sentAt = ticker.getAsLong();
                Claim claim = required(outbox.claim(step.request()));
                return (core, now) -> {
                    reachable = true;
                    core.claimed(claim, sentAt, now);
                };
            }

            @Override
            Mailbox.Mail failed(Throwable error) {
                return (core, now) -> core.claimFailed(explained(error, core), now);
            }
        };
    }

    OutboxCall lookAhead(Step.LookAhead step) {
        return new OutboxCall() {
            @Override
            Mailbox.Mail answer() {
                Optional<Duration> nextDue = outbox.nextDue(step.kinds());
                return (core, now) -> {
                    reachable = true;
                    core.lookedAhead(nextDue, now);
                };
            }

            @Override
            Mailbox.Mail failed(Throwable error) {
                return (core, now) -> core.lookAheadFailed(explained(error, core), now);
            }
        };
    }

    OutboxCall settle(Step.Settle step) {
        return new OutboxCall() {
            @Override
            Mailbox.Mail answer() {
                List<Settlement> settlements = settlements(step.outcomes());
                List<Verdict> verdicts = verdictForEach(settlements, outbox.settle(settlements));
                return (core, now) -> core.settled(step.outcomes(), verdicts, now);
            }

            @Override
            Mailbox.Mail failed(Throwable error) {
                return (core, now) -> core.settleFailed(step.outcomes(), error, now);
            }
        };
    }

    OutboxCall settleAndClaim(Step.SettleAndClaim step) {
        return new OutboxCall() {
            @Override
            Mailbox.Mail answer() {
                long sentAt = ticker.getAsLong();
                List<Settlement> settlements = settlements(step.outcomes());
                Claim.WithVerdicts both = outbox.settleAndClaim(settlements, step.request());
                List<Verdict> verdicts = verdictForEach(settlements, both.verdicts());
                Claim claim = required(both.claim());
                return (core, now) -> {
                    core.settled(step.outcomes(), verdicts, now);
                    core.claimed(claim, sentAt, now);
                };
            }

            @Override
            Mailbox.Mail failed(Throwable error) {
                return (core, now) -> {
                    core.settleFailed(step.outcomes(), error, now);
                    core.claimFailed(error, now);
                };
            }
        };
    }

    OutboxCall renew(Step.Renew step) {
        return new OutboxCall() {
            @Override
            Mailbox.Mail answer() {
                long sentAt = ticker.getAsLong();
                List<Verdict> verdicts = verdictForEach(
                        step.held(),
                        outbox.renew(step.held().stream().map(Held::message).toList(), step.lease()));
                return (core, now) -> core.renewed(step.held(), verdicts, sentAt, now);
            }

            @Override
            Mailbox.Mail failed(Throwable error) {
                return (core, now) -> core.renewFailed(step.held(), error, now);
            }
        };
    }

    // Of many outboxes none is checked at the start, and one that does not fit should say so better than PostgreSQL
    // can.
    private Throwable explained(Throwable error, DispatchCore core) {
        boolean first = reachable;
        reachable = false;
        if (first && core.isOneOfMany()) {
            try {
                outbox.verify();
            } catch (OutboxException e) {
                e.addSuppressed(error);
                return e;
            } catch (Throwable e) {
                error.addSuppressed(e);
            }
        }
        return error;
    }

    private static List<Settlement> settlements(List<PendingSettlement> outcomes) {
        return outcomes.stream().map(PendingSettlement::settlement).toList();
    }

    private Claim required(@Nullable Claim claim) {
        if (claim == null) {
            throw new OutboxException("outbox " + outbox.name() + ": the repository answered a claim with null");
        }
        return claim;
    }

    private List<Verdict> verdictForEach(List<?> sent, @Nullable List<Verdict> verdicts) {
        if (verdicts == null || verdicts.size() != sent.size()) {
            throw new OutboxException("outbox " + outbox.name() + ": the repository owes a verdict for each of "
                    + sent.size() + " messages, and gave " + (verdicts == null ? "none" : verdicts.size()));
        }
        return List.copyOf(verdicts);
    }
}
