package org.jooqoutbox.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jooqoutbox.ClaimRequest;

/** What is to be done next. The core decides it, the engine does it and tells the core what came of it. */
sealed interface Step {

    /** Claim messages. */
    record Claim(ClaimRequest request) implements Step {}

    /** Ask when something of these kinds is due. */
    record LookAhead(Collection<String> kinds) implements Step {}

    /** Hand messages to their handler, without waiting for it. */
    record Run(Job job) implements Step {}

    /** Write outcomes. */
    record Settle(List<PendingSettlement> outcomes) implements Step {}

    /** Write outcomes and claim messages, at once. */
    record SettleAndClaim(List<PendingSettlement> outcomes, ClaimRequest request) implements Step {}

    /** Renew leases. */
    record Renew(List<Held> held, Duration lease) implements Step {}

    /** Interrupt a handler, if it runs. */
    record Interrupt(Job job) implements Step {}

    /** Do nothing until then, or until something happens. */
    record Wait(long until) implements Step {}

    /** Everything is done. */
    record Finished() implements Step {}
}
